import Foundation
import Synchronization

/// Whole files or nothing: the data go to a temporary file in the same folder, which is flushed to
/// the disk and then renamed. A failure leaves neither a half-written file nor the temporary one.
public enum AtomicFile {
  private static let counter = Atomic<Int>(0)

  /// Writes `data`; throws `FileError` with the system's reason (full disk, no permission, missing
  /// folder).
  public static func write(_ data: Data, to path: String) throws {
    try write(to: path) { try $0.write(data) }
  }

  /// Writes what `body` sends to the sink; whatever `body` throws is passed on.
  ///
  /// A symbolic link keeps pointing at the file, which is replaced; a device or pipe is written
  /// directly.
  public static func write(to path: String, _ body: (FileSink) throws -> Void) throws {
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists && status.st_mode & S_IFMT == S_IFDIR {
      throw FileError(path: path, problem: "cannot write: is a folder")
    }
    if exists && status.st_mode & S_IFMT != S_IFREG {
      let descriptor = open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw FileError.system(path, "write") }
      defer { close(descriptor) }
      let sink = FileSink(descriptor: descriptor, path: path)
      try body(sink)
      return try sink.flush()
    }
    let target = exists ? resolved(path) : path
    let temporary = temporaryName(for: target)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError.system(path, "write") }
    do {
      do {
        let sink = FileSink(descriptor: descriptor, path: path)
        if exists { fchmod(descriptor, status.st_mode & 0o777) }
        try body(sink)
        try sink.flush()
        guard fsync(descriptor) == 0 else { throw FileError.system(path, "write") }
      } catch {
        close(descriptor)
        throw error
      }
      guard close(descriptor) == 0 else { throw FileError.system(path, "write") }
      guard rename(temporary, target) == 0 else { throw FileError.system(path, "write") }
    } catch {
      unlink(temporary)
      throw error
    }
    flushFolder(of: target)
  }

  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func folder(of path: String) -> Substring {
    path.lastIndex(of: "/").map { path[...$0] } ?? ""
  }

  /// Unique to the process and the call. The name is cut so that it never exceeds the file
  /// system's limit where the final name does not.
  private static func temporaryName(for path: String) -> String {
    let folder = folder(of: path)
    let base = path.dropFirst(folder.count).prefix(40)
    let number = counter.add(1, ordering: .relaxed).newValue
    return "\(folder).\(base).\(getpid())-\(number).tmp"
  }

  /// Makes the rename itself survive a power cut. The data are safe either way, so a file system
  /// that cannot do this is no error.
  private static func flushFolder(of path: String) {
    let folder = folder(of: path)
    let descriptor = open(folder.isEmpty ? "." : String(folder), O_RDONLY | O_CLOEXEC)
    if descriptor >= 0 {
      fsync(descriptor)
      close(descriptor)
    }
  }
}

/// Where the body of `AtomicFile.write` sends its bytes, buffered. Valid only inside the body.
public final class FileSink {
  private let descriptor: Int32
  private let path: String
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 16

  init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
    buffer.reserveCapacity(FileSink.bufferSize)
  }

  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    if buffer.count + bytes.count > FileSink.bufferSize { try flush() }
    if bytes.count >= FileSink.bufferSize {
      try send(bytes)
    } else {
      buffer.append(contentsOf: bytes)
    }
  }

  public func write(_ data: Data) throws {
    try data.withUnsafeBytes { try write($0) }
  }

  public func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }

  /// Writes UTF-8.
  public func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
  }

  func flush() throws {
    try buffer.withUnsafeBytes { try send($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func send(_ bytes: UnsafeRawBufferPointer) throws {
    var done = 0
    while done < bytes.count {
      let wanted = min(bytes.count - done, 1 << 30)
      let count = Foundation.write(descriptor, bytes.baseAddress! + done, wanted)
      if count < 0 {
        if errno == EINTR { continue }
        throw FileError.system(path, "write")
      }
      done += count
    }
  }
}
