import CZlib
import Foundation

/// CRC-32 (ISO 3309, as zlib and zip) of a stream of bytes.
public struct Checksum: Sendable {
  /// The checksum of what was added so far; 0 for no bytes.
  public private(set) var crc32: UInt32 = 0

  public init() {}

  /// Adds bytes. - Complexity: O(count)
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    let value = crc32_z(
      uLong(crc32), base.assumingMemoryBound(to: Bytef.self), bytes.count)
    crc32 = UInt32(truncatingIfNeeded: value)
  }

  /// The checksum of `data`.
  public static func crc32(_ data: Data) -> UInt32 {
    var sum = Checksum()
    data.withUnsafeBytes { sum.update($0) }
    return sum.crc32
  }

  /// The checksum of a file, read in blocks of 1 MiB. Throws `FileError`.
  public static func crc32(ofFile path: String) throws -> UInt32 {
    var source = FileSource(try InputFile(path))
    var block = [UInt8](repeating: 0, count: 1 << 20)
    var sum = Checksum()
    while source.remaining > 0 {
      let count = min(source.remaining, block.count)
      try block.withUnsafeMutableBytes { bytes in
        let part = UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])
        try source.read(into: part)
        sum.update(UnsafeRawBufferPointer(part))
      }
    }
    return sum.crc32
  }
}
