import Foundation

/// The arrays of an `.npz` file: a zip archive of `.npy` members, stored or deflated, zip64
/// included. Arrays are read on demand, each checked against its CRC-32.
public struct NPZArchive: Sendable {
  public let path: String
  /// Names in the archive's order, without ".npy".
  public let names: [String]
  private let file: InputFile
  private let members: [String: ZipMember]

  /// Opens the archive and reads its directory. Throws `FileError`.
  public init(path: String) throws {
    self.path = path
    file = try InputFile(path)
    var names: [String] = []
    var members: [String: ZipMember] = [:]
    for member in try ZipDirectory.read(file) where member.name.hasSuffix(".npy") {
      let name = String(member.name.dropLast(4))
      guard members.updateValue(member, forKey: name) == nil else {
        throw FileError(path: path, problem: "holds two arrays named \(FileError.quoted(name))")
      }
      names.append(name)
    }
    self.names = names
    self.members = members
  }

  /// The shape of an array; reads its header only. Throws `FileError`.
  public func shape(of name: String) throws -> [Int] {
    var source = try source(name)
    return try NPYHeader.read(from: &source).shape
  }

  /// Reads an array of numbers as `NPY.read` does. Throws `FileError`, which lists the names there
  /// are if `name` is not among them.
  public func read<S: ArrayScalar>(_ name: String, as: S.Type) throws -> NDArray<S> {
    var source = try source(name)
    return try NPY.read(from: &source)
  }

  /// Reads an array of text (NumPy's `<U…` and `|S…`), flattened. Throws `FileError`.
  public func strings(_ name: String) throws -> [String] {
    var source = try source(name)
    let header = try NPYHeader.read(from: &source)
    guard case .text(let isUnicode, let swapped, let width) = header.content else {
      throw FileError(path: source.path, problem: "holds numbers, expected text")
    }
    var bytes = [UInt8](repeating: 0, count: source.remaining)
    try bytes.withUnsafeMutableBytes { try source.read(into: $0) }
    return (0..<header.count).map { i in
      let element = bytes[(i * width)..<((i + 1) * width)]
      guard isUnicode else {
        return String(decoding: element.prefix { $0 != 0 }, as: UTF8.self)
      }
      let scalars = stride(from: element.startIndex, to: element.endIndex, by: 4).map { start in
        let value = UInt32(bytes.integer(at: start, 4))
        return swapped ? value.byteSwapped : value
      }
      return String(decoding: scalars.prefix { $0 != 0 }, as: UTF32.self)
    }
  }

  private func source(_ name: String) throws -> ZipSource {
    try ZipSource(file, member(name))
  }

  private func member(_ name: String) throws -> ZipMember {
    guard let member = members[name] else {
      throw FileError(
        path: path,
        problem: "has no array \(FileError.quoted(name)); it has "
          + (names.isEmpty ? "none" : FileError.list(names)))
    }
    return member
  }
}

// MARK: - Arrays larger than memory

extension NPZArchive {
  /// The rows of an array, read where they lie in the archive; nil for a compressed array.
  ///
  /// Their bytes are not checked against the CRC-32; `verify` does that. Throws `FileError`.
  public func rows(_ name: String) throws -> NPYRows? {
    let member = try member(name)
    guard !member.isDeflated else { return nil }
    var source = try ZipSource(file, member)
    let header = try NPYHeader.read(from: &source)
    return try NPYRows(
      file, header, dataOffset: member.dataOffset + member.size - source.remaining,
      path: source.path)
  }

  /// Writes an array to an `.npy` file of its own, expanded. Throws `FileError`, also for damaged
  /// bytes, and what `progress` throws, which is told how many bytes of all are done.
  public func extract(
    _ name: String, to path: String,
    progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws {
    try AtomicFile.write(to: path) { sink in
      try forEachBlock(name) { block, done, total in
        try sink.write(block)
        try progress(done, total)
      }
    }
  }

  /// Reads an array once to check it against its CRC-32. Throws as `extract` does.
  public func verify(
    _ name: String, progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws {
    try forEachBlock(name) { _, done, total in try progress(done, total) }
  }

  /// The CRC-32 that the archive's directory gives for an array. Throws `FileError`.
  public func checksum(of name: String) throws -> UInt32 { try member(name).crc32 }

  private func forEachBlock(
    _ name: String, _ body: (UnsafeRawBufferPointer, _ done: Int, _ total: Int) throws -> Void
  ) throws {
    var source = try source(name)
    let total = source.remaining
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { block.deallocate() }
    repeat {
      let part = UnsafeMutableRawBufferPointer(
        rebasing: block[..<min(block.count, source.remaining)])
      try source.read(into: part)
      try body(UnsafeRawBufferPointer(part), total - source.remaining, total)
    } while source.remaining > 0
  }
}
