import ArrayFiles
import Foundation

/// A folder for results: written under a temporary name and renamed when it is complete.
struct OutputFolder {
  let path: String

  /// - Throws: `FileError` when the path is a file, or a folder that is not empty and `force` is false.
  init(_ path: String, force: Bool) throws {
    self.path = path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
    guard isFolder.boolValue else { throw FileError(path: path, problem: "is not a folder") }
    let contents = try FileManager.default.contentsOfDirectory(atPath: path)
    guard force || contents.isEmpty else {
      throw FileError(path: path, problem: "already holds files; --force replaces them")
    }
  }

  /// Moves what a folder holds into another, folder by folder.
  private static func merge(_ source: URL, into target: URL) throws {
    let manager = FileManager.default
    for name in try manager.contentsOfDirectory(atPath: source.path) {
      let (from, to) = (source.appendingPathComponent(name), target.appendingPathComponent(name))
      var (isFolder, wasFolder): (ObjCBool, ObjCBool) = (false, false)
      let exists = manager.fileExists(atPath: to.path, isDirectory: &wasFolder)
      _ = manager.fileExists(atPath: from.path, isDirectory: &isFolder)
      if exists && isFolder.boolValue && wasFolder.boolValue {
        try merge(from, into: to)
      } else {
        if exists { try manager.removeItem(at: to) }
        try manager.moveItem(at: from, to: to)
      }
    }
    try manager.removeItem(at: source)
  }

  /// Lets `body` fill a folder that becomes this one; nothing is left behind when it throws.
  ///
  /// In a folder that exists, files of the same names are replaced and all others are left alone.
  func fill(_ body: (_ folder: String) throws -> Void) throws {
    let manager = FileManager.default
    let target = URL(fileURLWithPath: path).standardizedFileURL
    let temporary = target.deletingLastPathComponent().appendingPathComponent(
      ".\(target.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier)"
    ).path
    do {
      try manager.createDirectory(atPath: temporary, withIntermediateDirectories: true)
    } catch {
      throw FileError(path: path, problem: "cannot be created (\(error.localizedDescription))")
    }
    do {
      try body(temporary)
      if manager.fileExists(atPath: target.path) {
        try Self.merge(URL(fileURLWithPath: temporary), into: target)
      } else {
        try manager.moveItem(atPath: temporary, toPath: target.path)
      }
    } catch {
      try? manager.removeItem(atPath: temporary)
      throw error
    }
  }
}
