import ArrayFiles
import Foundation

/// A folder for results, refused when it already holds something.
struct OutputFolder {
  let path: String

  /// - Throws: `FileError` when the folder is not empty and `force` is false.
  init(_ path: String, force: Bool) throws {
    self.path = path
    let contents = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    guard force || contents.isEmpty else {
      throw FileError(path: path, problem: "already holds files; --force replaces them")
    }
    if !FileManager.default.fileExists(atPath: path) { return }
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    guard isFolder.boolValue else { throw FileError(path: path, problem: "is not a folder") }
  }

  func create() throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw FileError(path: path, problem: "cannot be created (\(error.localizedDescription))")
    }
  }
}
