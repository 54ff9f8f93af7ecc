import Foundation

/// Collects arrays and writes them as one `.npz` file.
///
/// The members are stored uncompressed with a fixed date, so that equal arrays give equal files.
public struct NPZWriter: Sendable {
  private struct Member: Sendable {
    var name: String
    var header: [UInt8]
    var dataSize: Int
    var withData: @Sendable ((UnsafeRawBufferPointer) throws -> Void) throws -> Void

    var size: Int { header.count + dataSize }
  }

  private var members: [Member] = []

  public init() {}

  /// Adds an array; a name may occur once.
  public mutating func add<S>(_ name: String, _ array: NDArray<S>) {
    let descriptor = NPY.descriptor(of: S.self)
    add(name, header: NPYHeader.encoded(descriptor: descriptor, shape: array.shape), array.values)
  }

  /// Adds a vector of text, which NumPy reads as `<U…`.
  public mutating func add(_ name: String, _ strings: [String]) {
    // NumPy has no text of width 0.
    let width = max(1, strings.map(\.unicodeScalars.count).max() ?? 0)
    var data: [UInt8] = []
    for string in strings {
      for scalar in string.unicodeScalars { data.append(integer: scalar.value, 4) }
      data.append(contentsOf: repeatElement(0, count: 4 * (width - string.unicodeScalars.count)))
    }
    add(name, header: NPYHeader.encoded(descriptor: "<U\(width)", shape: [strings.count]), data)
  }

  /// Writes the archive atomically. Throws `FileError`.
  public func write(to path: String) throws {
    try AtomicFile.write(to: path) { sink in
      var directory: [UInt8] = []
      var offset = 0
      for member in members {
        let crc32 = try checksum(of: member)
        let local = ZipRecord.local(name: member.name, crc32: crc32, size: member.size)
        try sink.write(local)
        try sink.write(member.header)
        try member.withData { try sink.write($0) }
        directory += ZipRecord.central(
          name: member.name, crc32: crc32, size: member.size, offset: offset)
        offset += local.count + member.size
      }
      try sink.write(directory)
      try sink.write(
        ZipRecord.end(count: members.count, directorySize: directory.count, offset: offset))
    }
  }

  private mutating func add<Element: Sendable & BitwiseCopyable>(
    _ name: String, header: [UInt8], _ values: [Element]
  ) {
    let name = name + ".npy"
    precondition(!members.contains { $0.name == name }, "two arrays named \(name)")
    precondition(name.utf8.count < 65_536, "a name longer than a zip archive can hold")
    members.append(
      Member(name: name, header: header, dataSize: values.count * MemoryLayout<Element>.stride) {
        body in try values.withUnsafeBytes { try body($0) }
      })
  }

  private func checksum(of member: Member) throws -> UInt32 {
    var sum = Checksum()
    member.header.withUnsafeBytes { sum.update($0) }
    try member.withData { sum.update($0) }
    return sum.crc32
  }
}

/// The records of a zip archive with stored members (APPNOTE 4.3.7, 4.3.12, 4.3.14 to 4.3.16).
private enum ZipRecord {
  private static let limit = 0xFFFF_FFFF
  /// 1 January 1980, the earliest date of the format.
  private static let date = 0x0021

  static func local(name: String, crc32: UInt32, size: Int) -> [UInt8] {
    let isLarge = size >= limit
    var record: [UInt8] = []
    record.append(integer: 0x0403_4b50, 4)
    appendCommon(to: &record, name: name, crc32: crc32, size: size, isLarge: isLarge)
    record.append(integer: isLarge ? 20 : 0, 2)
    record += Array(name.utf8)
    if isLarge {
      record.append(integer: 1, 2)
      record.append(integer: 16, 2)
      record.append(integer: size, 8)
      record.append(integer: size, 8)
    }
    return record
  }

  static func central(name: String, crc32: UInt32, size: Int, offset: Int) -> [UInt8] {
    var extra: [UInt8] = []
    if size >= limit {
      extra.append(integer: size, 8)
      extra.append(integer: size, 8)
    }
    if offset >= limit { extra.append(integer: offset, 8) }
    let extraCount = extra.isEmpty ? 0 : extra.count + 4
    var record: [UInt8] = []
    record.append(integer: 0x0201_4b50, 4)
    record.append(integer: 45, 2)
    appendCommon(
      to: &record, name: name, crc32: crc32, size: size, isLarge: size >= limit,
      needsVersion45: !extra.isEmpty)
    record.append(integer: extraCount, 2)
    // No comment, disk 0, no attributes.
    record.append(contentsOf: repeatElement(0, count: 10))
    record.append(integer: min(offset, limit), 4)
    record += Array(name.utf8)
    if !extra.isEmpty {
      record.append(integer: 1, 2)
      record.append(integer: extra.count, 2)
      record += extra
    }
    return record
  }

  static func end(count: Int, directorySize: Int, offset: Int) -> [UInt8] {
    var record: [UInt8] = []
    if count >= 0xFFFF || directorySize >= limit || offset >= limit {
      record.append(integer: 0x0606_4b50, 4)
      record.append(integer: 44, 8)
      record.append(integer: 45, 2)
      record.append(integer: 45, 2)
      record.append(integer: 0, 8)
      record.append(integer: count, 8)
      record.append(integer: count, 8)
      record.append(integer: directorySize, 8)
      record.append(integer: offset, 8)
      record.append(integer: 0x0706_4b50, 4)
      record.append(integer: 0, 4)
      record.append(integer: offset + directorySize, 8)
      record.append(integer: 1, 4)
    }
    record.append(integer: 0x0605_4b50, 4)
    record.append(integer: 0, 4)
    record.append(integer: min(count, 0xFFFF), 2)
    record.append(integer: min(count, 0xFFFF), 2)
    record.append(integer: min(directorySize, limit), 4)
    record.append(integer: min(offset, limit), 4)
    record.append(integer: 0, 2)
    return record
  }

  /// From "version needed" to the length of the name, the same in both kinds of header.
  private static func appendCommon(
    to record: inout [UInt8], name: String, crc32: UInt32, size: Int, isLarge: Bool,
    needsVersion45: Bool = false
  ) {
    record.append(integer: isLarge || needsVersion45 ? 45 : 20, 2)
    // Bit 11: the name is UTF-8.
    record.append(integer: name.utf8.allSatisfy { $0 < 128 } ? 0 : 1 << 11, 2)
    record.append(integer: 0, 2)
    record.append(integer: 0, 2)
    record.append(integer: date, 2)
    record.append(integer: crc32, 4)
    record.append(integer: min(size, limit), 4)
    record.append(integer: min(size, limit), 4)
    record.append(integer: name.utf8.count, 2)
  }
}
