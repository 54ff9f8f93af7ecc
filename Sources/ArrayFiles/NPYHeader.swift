import Foundation

/// The header of an `.npy` array, versions 1 to 3.
///
/// Reference: NumPy Enhancement Proposal 1, "A simple file format for NumPy arrays" (R. Kern 2007).
struct NPYHeader {
  /// What the array holds.
  enum Content: Equatable {
    case numbers(ElementType, swapped: Bool)
    /// Fixed-width text: UTF-32 (`U`) or bytes (`S`), with bytes per element.
    case text(isUnicode: Bool, swapped: Bool, width: Int)
  }

  var content: Content
  var fortranOrder: Bool
  var shape: [Int]

  var elementSize: Int {
    switch content {
    case .numbers(let type, _): type.size
    case .text(_, _, let width): width
    }
  }

  var count: Int { shape.reduce(1, *) }

  /// Reads the header from the beginning of `source` and checks that the data that follow have
  /// just the promised length.
  static func read(from source: inout some ByteSource) throws -> NPYHeader {
    let path = source.path
    func malformed(_ problem: String) -> FileError {
      FileError(path: path, problem: "not a valid .npy array: " + problem)
    }
    guard source.remaining >= 10 else {
      throw malformed("expected at least 10 bytes, found \(source.remaining)")
    }
    let start = try bytes(10, from: &source)
    guard start.prefix(6) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59] else {
      throw malformed("it does not begin with \\x93NUMPY")
    }
    guard (1...3).contains(start[6]) else {
      throw malformed("format version \(start[6]), expected 1, 2 or 3")
    }
    var length = Int(start[8]) | Int(start[9]) << 8
    if start[6] > 1 {
      guard source.remaining >= 2 else { throw malformed("truncated header") }
      let more = try bytes(2, from: &source)
      length |= Int(more[0]) << 16 | Int(more[1]) << 24
    }
    guard length <= source.remaining else {
      throw malformed("truncated: header of \(length) bytes, \(source.remaining) are left")
    }
    let text = String(decoding: try bytes(length, from: &source), as: UTF8.self)
    var parser = PythonLiteral(text)
    guard let entries = parser.dictionary() else {
      throw malformed("cannot parse the header \(FileError.quoted(text))")
    }
    guard case .text(let descriptor)? = entries["descr"] else {
      throw malformed("structured or missing data type in \(FileError.quoted(text))")
    }
    guard case .boolean(let fortranOrder)? = entries["fortran_order"],
      case .tuple(let shape)? = entries["shape"]
    else { throw malformed("no fortran_order or shape in \(FileError.quoted(text))") }
    guard let content = content(of: descriptor) else {
      throw malformed(
        "data type \(FileError.quoted(descriptor)) is not read; expected floats of 4 or 8 bytes, "
          + "integers or booleans")
    }
    let header = NPYHeader(content: content, fortranOrder: fortranOrder, shape: shape)
    var size = header.elementSize
    // A zero length must not hide an overflow of the other dimensions.
    for dimension in shape where dimension != 0 {
      let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
      guard !overflow else { throw malformed("shape \(shape) is too large") }
      size = product
    }
    if shape.contains(0) { size = 0 }
    guard size == source.remaining else {
      throw malformed(
        "\(size > source.remaining ? "truncated: " : "")shape \(shape) of \(descriptor) takes "
          + "\(size) bytes, found \(source.remaining)")
    }
    return header
  }

  /// The header of a C-order array as NumPy writes it, byte for byte: with room for the first
  /// dimension to grow, padded so that the data begin at a multiple of 64 bytes.
  static func encoded(descriptor: String, shape: [Int]) -> [UInt8] {
    let tuple =
      shape.count == 1
      ? "(\(shape[0]),)"
      : "(" + shape.map(String.init).joined(separator: ", ") + ")"
    var text = "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': \(tuple), }"
    if let first = shape.first {
      text += String(repeating: " ", count: max(0, 21 - String(first).count))
    }
    // Every shape that fits in memory stays far below version 1's limit of 65,535 bytes.
    let unpadded = 10 + text.utf8.count + 1
    text += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    let length = text.utf8.count
    return [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, UInt8(length & 255), UInt8(length >> 8)]
      + Array(text.utf8)
  }

  private static func content(of descriptor: String) -> Content? {
    guard let order = descriptor.first, "<>|=".contains(order) else { return nil }
    let code = descriptor.dropFirst()
    let swapped = order == ">"
    if let type = ElementType(rawValue: String(code)) {
      return .numbers(type, swapped: swapped && type.size > 1)
    }
    guard let kind = code.first, kind == "U" || kind == "S", let length = Int(code.dropFirst()),
      (0...(1 << 20)).contains(length)
    else { return nil }
    let isUnicode = kind == "U"
    return .text(isUnicode: isUnicode, swapped: swapped, width: isUnicode ? 4 * length : length)
  }

  private static func bytes(_ count: Int, from source: inout some ByteSource) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBytes { try source.read(into: $0) }
    return bytes
  }
}

/// The few Python literals that occur in array headers.
private struct PythonLiteral {
  enum Value {
    case text(String)
    case boolean(Bool)
    case tuple([Int])
  }

  private var rest: Substring

  init(_ text: String) { rest = text[...] }

  mutating func dictionary() -> [String: Value]? {
    guard take("{") else { return nil }
    var entries: [String: Value] = [:]
    while !take("}") {
      guard let key = quoted(), take(":"), let value = value() else { return nil }
      entries[key] = value
      if take(",") { continue }
      guard take("}") else { return nil }
      break
    }
    return rest.allSatisfy(\.isWhitespace) ? entries : nil
  }

  private mutating func value() -> Value? {
    if take("True") { return .boolean(true) }
    if take("False") { return .boolean(false) }
    if take("(") {
      var numbers: [Int] = []
      while !take(")") {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits) else { return nil }
        rest = rest.dropFirst(digits.count)
        // Python 2 wrote long integers as 3L.
        _ = take("L")
        numbers.append(number)
        if take(",") { continue }
        guard take(")") else { return nil }
        break
      }
      return .tuple(numbers)
    }
    return quoted().map(Value.text)
  }

  private mutating func quoted() -> String? {
    skipSpaces()
    guard let quote = rest.first, quote == "'" || quote == "\"" else { return nil }
    rest = rest.dropFirst()
    guard let end = rest.firstIndex(of: quote) else { return nil }
    defer { rest = rest[rest.index(after: end)...] }
    return String(rest[..<end])
  }

  private mutating func take(_ token: String) -> Bool {
    skipSpaces()
    guard rest.hasPrefix(token) else { return false }
    rest = rest.dropFirst(token.count)
    skipSpaces()
    return true
  }

  private mutating func skipSpaces() {
    rest = rest.drop(while: \.isWhitespace)
  }
}
