import Foundation

/// An open file read at given positions (pread), so that threads can share it.
public final class InputFile: Sendable {
  public let path: String
  /// Bytes; zero for pipes and devices.
  public let size: Int
  fileprivate let descriptor: Int32

  /// Throws `FileError` for what cannot be opened, and for a folder.
  public init(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError.system(path, "open") }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let error = FileError.system(path, "read")
      close(descriptor)
      throw error
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      close(descriptor)
      throw FileError(path: path, problem: "is a folder, expected a file")
    }
    self.path = path
    self.size = Int(status.st_size)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Fills `buffer` with the bytes at `offset`; an error if the file ends before.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    var done = 0
    while done < buffer.count {
      // Linux transfers at most 2 GiB a call.
      let wanted = min(buffer.count - done, 1 << 30)
      let count = pread(
        descriptor, buffer.baseAddress! + done, wanted, off_t(offset + done))
      if count < 0 {
        if errno == EINTR { continue }
        throw FileError.system(path, "read")
      }
      guard count > 0 else {
        throw FileError(
          path: path,
          problem: "truncated: expected \(offset + buffer.count) bytes, the file ends at "
            + "\(offset + done)")
      }
      done += count
    }
  }

  /// `count` bytes at `offset`.
  public func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBytes { try read(at: offset, into: $0) }
    return bytes
  }
}

/// A forward stream of bytes of known length: a file, or a member of an archive.
protocol ByteSource {
  var path: String { get }
  /// Bytes not yet read.
  var remaining: Int { get }
  /// Fills `buffer` or throws.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws
}

/// An `InputFile` read forward from a position.
struct FileSource: ByteSource {
  let file: InputFile
  /// What messages call it: the file, or the member of an archive that is read.
  let path: String
  private(set) var position: Int

  init(_ file: InputFile, position: Int = 0, path: String? = nil) {
    self.file = file
    self.path = path ?? file.path
    self.position = position
  }

  var remaining: Int { max(0, file.size - position) }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws {
    try file.read(at: position, into: buffer)
    position += buffer.count
  }
}

/// Whole files in memory, for texts.
public enum FileContents {
  /// All bytes, also of pipes and devices, whose size is not known beforehand. Throws `FileError`.
  public static func read(_ path: String) throws -> [UInt8] {
    let file = try InputFile(path)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(file.size + 1)
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Foundation.read(file.descriptor, &block, block.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw FileError.system(path, "read")
      }
      if count == 0 { return bytes }
      bytes.append(contentsOf: block[..<count])
    }
  }

  /// A text file; bytes that are no UTF-8 are replaced. Throws `FileError`.
  public static func text(_ path: String) throws -> String {
    String(decoding: try read(path), as: UTF8.self)
  }
}
