import ArrayFiles
import Foundation
import Testing

/// A folder that exists as long as the test.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/sibyl-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func callAsFunction(_ name: String) -> String { path + "/" + name }

  /// Writes a file, plainly.
  func file(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: self(name)))
    return self(name)
  }

  var contents: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

/// A file written by NumPy 2.4 or safetensors 0.8.
func data(_ name: String) -> String {
  Bundle.module.resourceURL!.appendingPathComponent("Data/" + name).path
}

func bytes(_ path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// Runs `body` on every proper beginning of a file and on every copy with one byte inverted. It
/// must return or throw `FileError`; returns how many copies of each kind were rejected.
func rejections(
  of source: String, body: (String) throws -> Void
) throws -> (truncated: Int, altered: Int) {
  let folder = try TemporaryFolder()
  let whole = try bytes(source)
  var rejected = (truncated: 0, altered: 0)
  for i in whole.indices {
    let truncated = try folder.file("truncated", whole[..<i])
    do { try body(truncated) } catch is FileError { rejected.truncated += 1 }
    var altered = whole
    altered[i] = ~altered[i]
    let path = try folder.file("altered", altered)
    do { try body(path) } catch is FileError { rejected.altered += 1 }
  }
  return rejected
}

enum Python {
  static let hasNumPy = (try? run("import numpy")) != nil
  static let hasSafetensors = (try? run("import safetensors.numpy")) != nil

  struct Failure: Error { var message: String }

  /// Standard output of a script.
  @discardableResult
  static func run(_ script: String, _ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script] + arguments
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let message = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(message: String(decoding: message, as: UTF8.self))
    }
    return String(decoding: text, as: UTF8.self)
  }
}
