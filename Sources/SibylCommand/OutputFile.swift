import ArrayFiles
import Foundation

/// A file for results, looked at before any work is done for it.
struct OutputFile {
  let path: String

  /// - Throws: `FileError` when the path is a folder, its folder does not exist, or it is a file
  ///   that exists and `force` is false. Devices and pipes, such as /dev/stdout, are never refused.
  init(_ path: String, force: Bool) throws {
    self.path = path
    var status = stat()
    guard stat(path, &status) == 0 else {
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      guard FileManager.default.fileExists(atPath: folder) else {
        throw FileError(path: path, problem: "cannot be written: there is no folder '\(folder)'")
      }
      return
    }
    let kind = status.st_mode & S_IFMT
    if kind == S_IFDIR { throw FileError(path: path, problem: "is a folder, expected a file name") }
    guard force || kind != S_IFREG || Self.isStandardOutput(status) else {
      throw FileError(path: path, problem: "exists already; --force replaces it")
    }
  }

  /// A shell that redirects the output to a file has made the file already.
  private static func isStandardOutput(_ status: stat) -> Bool {
    var output = stat()
    return fstat(STDOUT_FILENO, &output) == 0
      && output.st_ino == status.st_ino && output.st_dev == status.st_dev
  }
}
