import Foundation

/// Named tensors of 32-bit floats and text metadata, in Hugging Face's safetensors format: the
/// length of a JSON header (8 bytes), the header, the data.
public struct SafetensorsFile: Sendable {
  /// In the order of their data; `values` in row-major order.
  public var tensors: [(name: String, shape: [Int], values: [Float])]
  public var metadata: [String: String]

  public init(
    tensors: [(name: String, shape: [Int], values: [Float])] = [], metadata: [String: String] = [:]
  ) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// Reads all tensors; F16, BF16 and F64 become Float.
  ///
  /// Throws `FileError` for a malformed or truncated file, for offsets that leave holes, overlap or
  /// disagree with the shapes, for other types, and for an F64 value beyond the range of Float.
  public static func read(_ path: String) throws -> SafetensorsFile {
    let file = try InputFile(path)
    func malformed(_ problem: String) -> FileError {
      FileError(path: path, problem: "not a valid safetensors file: " + problem)
    }
    guard file.size >= 8 else { throw malformed("expected at least 8 bytes, found \(file.size)") }
    let length = try file.bytes(at: 0, count: 8).integer(at: 0, 8)
    // The format limits the header to 100 MB.
    guard length <= 100_000_000, length <= UInt64(file.size - 8) else {
      throw malformed("header of \(length) bytes, found \(file.size - 8); is the file truncated?")
    }
    let json = Data(try file.bytes(at: 8, count: Int(length)))
    let header: SafetensorsHeader
    do {
      header = try JSONDecoder().decode(SafetensorsHeader.self, from: json)
    } catch {
      throw malformed("the header is not the JSON object that the format prescribes")
    }

    let dataStart = 8 + Int(length)
    let dataSize = file.size - dataStart
    var result = SafetensorsFile(metadata: header.metadata)
    var position = 0
    let entries = header.entries.sorted { a, b in
      let (first, second) = (a.value.dataOffsets, b.value.dataOffsets)
      return first == second ? a.key < b.key : first.lexicographicallyPrecedes(second)
    }
    for (name, entry) in entries {
      let quoted = "tensor " + FileError.quoted(name)
      guard let type = entry.elementType else {
        throw malformed("\(quoted) has type \(entry.dtype), expected F32, F64, F16 or BF16")
      }
      guard entry.dataOffsets.count == 2, entry.dataOffsets[0] == position,
        entry.dataOffsets[1] >= position, entry.dataOffsets[1] <= dataSize
      else {
        throw malformed(
          "\(quoted) has offsets \(entry.dataOffsets), expected \(position) to at most \(dataSize)"
            + "; is the file truncated?")
      }
      let size = entry.dataOffsets[1] - position
      guard entry.elementCount == size / type.size, size % type.size == 0 else {
        throw malformed("\(quoted) has shape \(entry.shape) but \(size) bytes of \(entry.dtype)")
      }
      var source = FileSource(file, position: dataStart + position)
      let values = try type.read(count: size / type.size, from: &source)
      result.tensors.append((name, entry.shape, values))
      position += size
    }
    guard position == dataSize else {
      throw malformed("the tensors take \(position) bytes, found \(dataSize)")
    }
    return result
  }

  /// Writes all tensors as F32 in the given order, atomically. Equal contents give equal files.
  /// Names must differ and shapes fit their values. Throws `FileError`.
  public func write(to path: String) throws {
    var names: Set<String> = ["__metadata__"]
    var fields: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }
        .map { "\(Self.json($0.key)):\(Self.json($0.value))" }
      fields.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var position = 0
    for (name, shape, values) in tensors {
      precondition(names.insert(name).inserted, "two tensors named \(name)")
      precondition(
        shape.reduce(1, *) == values.count, "\(name): shape \(shape), \(values.count) values")
      let end = position + 4 * values.count
      let lengths = shape.map(String.init).joined(separator: ",")
      fields.append(
        "\(Self.json(name)):{\"dtype\":\"F32\",\"shape\":[\(lengths)],"
          + "\"data_offsets\":[\(position),\(end)]}")
      position = end
    }
    var header = Array("{\(fields.joined(separator: ","))}".utf8)
    // Padded with spaces so that the data are aligned.
    header += repeatElement(0x20, count: (8 - header.count % 8) % 8)
    try AtomicFile.write(to: path) { sink in
      var length: [UInt8] = []
      length.append(integer: header.count, 8)
      try sink.write(length)
      try sink.write(header)
      for tensor in tensors { try tensor.values.withUnsafeBytes { try sink.write($0) } }
    }
  }

  /// A JSON string literal.
  private static func json(_ text: String) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": literal += "\\\""
      case "\\": literal += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        literal += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: literal.unicodeScalars.append(scalar)
      }
    }
    return literal + "\""
  }
}
