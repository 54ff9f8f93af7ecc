import CZlib
import Foundation

/// The uncompressed bytes of a zip member, checked against its CRC-32 when all are read.
struct ZipSource: ByteSource {
  private let file: InputFile
  private let member: ZipMember
  private let inflater: Inflater?
  private var sum = Checksum()
  private(set) var remaining: Int

  init(_ file: InputFile, _ member: ZipMember) throws {
    self.file = file
    self.member = member
    self.inflater = member.isDeflated ? Inflater() : nil
    self.remaining = member.size
  }

  var path: String { file.path + "[" + member.name + "]" }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws {
    guard buffer.count <= remaining else {
      throw FileError(
        path: path, problem: "truncated: expected \(buffer.count) bytes, \(remaining) are left")
    }
    if let inflater {
      try inflater.read(into: buffer, from: file, member: member, path: path)
    } else {
      try file.read(at: member.dataOffset + member.size - remaining, into: buffer)
    }
    sum.update(UnsafeRawBufferPointer(buffer))
    remaining -= buffer.count
    // An empty read after the last one comes here again, harmlessly.
    if remaining == 0 && sum.crc32 != member.crc32 {
      throw FileError(
        path: path,
        problem: "damaged: CRC-32 is \(hex(sum.crc32)), the archive promises \(hex(member.crc32))")
    }
  }

  private func hex(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

/// A raw deflate stream with its input buffer. A class, because zlib's state points back at the
/// `z_stream` and must not move.
private final class Inflater {
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let input = UnsafeMutablePointer<UInt8>.allocate(capacity: Inflater.inputSize)
  private var consumed = 0
  private static let inputSize = 1 << 16

  init() {
    let status = sibyl_inflate_init_raw(stream)
    precondition(status == Z_OK, "zlib cannot allocate its state (status \(status))")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, from file: InputFile, member: ZipMember,
    path: String
  ) throws {
    var done = 0
    while done < buffer.count {
      if stream.pointee.avail_in == 0 {
        let count = min(Inflater.inputSize, member.compressedSize - consumed)
        try file.read(
          at: member.dataOffset + consumed,
          into: UnsafeMutableRawBufferPointer(start: input, count: count))
        consumed += count
        stream.pointee.next_in = input
        stream.pointee.avail_in = uInt(count)
      }
      // zlib counts in 32 bits.
      let wanted = min(buffer.count - done, 1 << 30)
      stream.pointee.next_out = buffer.baseAddress!.assumingMemoryBound(to: Bytef.self) + done
      stream.pointee.avail_out = uInt(wanted)
      let status = inflate(stream, Z_NO_FLUSH)
      let produced = wanted - Int(stream.pointee.avail_out)
      done += produced
      let isStuck =
        produced == 0 && stream.pointee.avail_in == 0 && consumed == member.compressedSize
      guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR, !isStuck,
        status != Z_STREAM_END || done == buffer.count
      else {
        throw FileError(path: path, problem: "damaged: the compressed data cannot be expanded")
      }
    }
  }
}
