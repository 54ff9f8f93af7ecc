import ArrayFiles
import Foundation
import Testing

/// Files that these tests read and write.
enum ObservationFiles {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path

  /// A file beside these tests.
  static func data(_ name: String) -> String { folder + "/Data/" + name }

  /// A visibility file of the Event Horizon Telescope's first release.
  static func m87(_ name: String) -> String {
    folder + "/../../Experiments/data/m87/" + name
  }

  /// The path of a file in a folder of its own, which is removed afterwards.
  static func withTemporary<Value>(
    _ name: String, _ contents: Data? = nil, _ body: (String) throws -> Value
  ) throws -> Value {
    let folder = NSTemporaryDirectory() + "/sibyl-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/" + name
    try contents?.write(to: URL(fileURLWithPath: path))
    return try body(path)
  }

  /// What reading a file with these contents complains of, without the path.
  static func complaint(
    _ name: String, _ contents: Data, _ read: (String) throws -> Void
  ) throws -> String {
    try withTemporary(name, contents) { path in
      let error = #expect(throws: FileError.self) { try read(path) }
      let text = error?.description ?? ""
      #expect(text.hasPrefix(path) && !text.contains("\n"))
      return String(text.dropFirst(path.count))
    }
  }
}
