import Foundation

/// One member of a zip archive, as its central directory describes it.
struct ZipMember: Sendable {
  var name: String
  var isDeflated: Bool
  var crc32: UInt32
  var compressedSize: Int
  var size: Int
  /// Where the member's data begin in the file.
  var dataOffset: Int
}

/// The central directory of a zip archive, zip64 included.
///
/// Reference: PKWARE, ".ZIP File Format Specification" 6.3.10 (APPNOTE), sections 4.3.7 to 4.3.16.
enum ZipDirectory {
  static func read(_ file: InputFile) throws -> [ZipMember] {
    let path = file.path
    func malformed(_ problem: String) -> FileError {
      FileError(path: path, problem: "not a valid zip archive: " + problem)
    }
    guard file.size >= 22 else {
      throw malformed("expected at least 22 bytes, found \(file.size)")
    }
    // The end record is followed by a comment of up to 65,535 bytes only.
    let tailSize = min(file.size, 22 + 65_535)
    let tail = try file.bytes(at: file.size - tailSize, count: tailSize)
    let end = (0...(tailSize - 22)).reversed().first {
      tail.integer(at: $0, 4) == 0x0605_4b50
        && Int(tail.integer(at: $0 + 20, 2)) == tailSize - 22 - $0
    }
    guard let end else { throw malformed("no end-of-directory record, is the file truncated?") }
    var count = tail.integer(at: end + 10, 2)
    var directorySize = tail.integer(at: end + 12, 4)
    var directoryOffset = tail.integer(at: end + 16, 4)
    let endPosition = file.size - tailSize + end

    if endPosition >= 20 {
      let locator = try file.bytes(at: endPosition - 20, count: 20)
      if locator.integer(at: 0, 4) == 0x0706_4b50 {
        let position = locator.integer(at: 8, 8)
        guard endPosition >= 76, position <= UInt64(endPosition - 76) else {
          throw malformed("the zip64 directory lies beyond the end")
        }
        let record = try file.bytes(at: Int(position), count: 56)
        guard record.integer(at: 0, 4) == 0x0606_4b50 else {
          throw malformed("no zip64 end-of-directory record at byte \(position)")
        }
        count = record.integer(at: 32, 8)
        directorySize = record.integer(at: 40, 8)
        directoryOffset = record.integer(at: 48, 8)
      }
    }
    guard directorySize <= UInt64(endPosition),
      directoryOffset <= UInt64(endPosition) - directorySize
    else { throw malformed("the directory lies beyond the end, is the file truncated?") }
    let directory = try file.bytes(at: Int(directoryOffset), count: Int(directorySize))

    var members: [ZipMember] = []
    var position = 0
    for _ in 0..<count {
      guard directory.count - position >= 46, directory.integer(at: position, 4) == 0x0201_4b50
      else { throw malformed("directory entry \(members.count + 1) of \(count) is damaged") }
      let nameLength = Int(directory.integer(at: position + 28, 2))
      let extraLength = Int(directory.integer(at: position + 30, 2))
      let commentLength = Int(directory.integer(at: position + 32, 2))
      let next = position + 46 + nameLength + extraLength + commentLength
      guard next <= directory.count else {
        throw malformed("directory entry \(members.count + 1) of \(count) is damaged")
      }
      let nameStart = position + 46
      let name = String(decoding: directory[nameStart..<(nameStart + nameLength)], as: UTF8.self)
      let quoted = FileError.quoted(name)
      guard directory.integer(at: position + 8, 2) & 1 == 0 else {
        throw malformed("member \(quoted) is encrypted")
      }
      let method = directory.integer(at: position + 10, 2)
      guard method == 0 || method == 8 else {
        throw malformed("member \(quoted) uses compression method \(method), expected 0 or 8")
      }
      var sizes = [
        directory.integer(at: position + 24, 4), directory.integer(at: position + 20, 4),
        directory.integer(at: position + 42, 4),
      ]
      let extra = Array(
        directory[(nameStart + nameLength)..<(nameStart + nameLength + extraLength)])
      guard replaceLarge(&sizes, from: extra) else {
        throw malformed("member \(quoted) lacks its zip64 sizes")
      }
      let (size, compressedSize, headerOffset) = (sizes[0], sizes[1], sizes[2])
      // A local header takes 30 bytes and its name. Deflate shrinks at most 1032-fold, so a larger
      // size is a lie that must not become an allocation.
      guard headerOffset <= directoryOffset, directoryOffset - headerOffset >= 30,
        compressedSize <= directoryOffset - headerOffset - 30,
        method == 0 ? size == compressedSize : size / 1032 <= compressedSize + 1
      else { throw malformed("member \(quoted) lies beyond the end or has impossible sizes") }
      let local = try file.bytes(at: Int(headerOffset), count: 30)
      guard local.integer(at: 0, 4) == 0x0403_4b50 else {
        throw malformed("no local header of \(quoted) at byte \(headerOffset)")
      }
      let dataOffset = headerOffset + 30 + local.integer(at: 26, 2) + local.integer(at: 28, 2)
      guard dataOffset + compressedSize <= directoryOffset else {
        throw malformed("member \(quoted) lies beyond the end, is the file truncated?")
      }
      members.append(
        ZipMember(
          name: name, isDeflated: method == 8,
          crc32: UInt32(directory.integer(at: position + 16, 4)),
          compressedSize: Int(compressedSize), size: Int(size), dataOffset: Int(dataOffset)))
      position = next
    }
    return members
  }

  /// Replaces those of size, compressed size and offset that are too large for 32 bits by the
  /// values of the zip64 extra field (id 1), where only these are present, in this order.
  private static func replaceLarge(_ values: inout [UInt64], from extra: [UInt8]) -> Bool {
    let large = values.indices.filter { values[$0] == 0xFFFF_FFFF }
    if large.isEmpty { return true }
    var position = 0
    while position + 4 <= extra.count {
      let length = Int(extra.integer(at: position + 2, 2))
      if extra.integer(at: position, 2) == 1 {
        guard length >= 8 * large.count, position + 4 + length <= extra.count else { return false }
        for (i, index) in large.enumerated() {
          values[index] = extra.integer(at: position + 4 + 8 * i, 8)
        }
        // Within Int, so that sums of them cannot overflow.
        return values.allSatisfy { $0 < 1 << 60 }
      }
      position += 4 + length
    }
    return false
  }
}

extension [UInt8] {
  /// The little-endian integer of `size` bytes at `position`.
  func integer(at position: Int, _ size: Int) -> UInt64 {
    (0..<size).reduce(0) { $0 | UInt64(self[position + $1]) << (8 * UInt64($1)) }
  }

  /// Appends a little-endian integer of `size` bytes.
  mutating func append(integer value: some BinaryInteger, _ size: Int) {
    for i in 0..<size { append(UInt8(truncatingIfNeeded: value >> (8 * i))) }
  }
}
