import Foundation

/// What this build is.
public enum Sibyl {
  public static let version = "0.1.0"

  /// The commit of the source tree this program was built in, "unknown" outside one.
  public static let commit: String = {
    guard let program = Bundle.main.executableURL else { return "unknown" }
    let folder = program.resolvingSymlinksInPath().deletingLastPathComponent().path
    let git = Process()
    let output = Pipe()
    git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    git.arguments = ["git", "-C", folder, "describe", "--always", "--dirty", "--abbrev=12"]
    git.standardOutput = output
    git.standardError = FileHandle.nullDevice
    guard (try? git.run()) != nil else { return "unknown" }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    git.waitUntilExit()
    let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    return git.terminationStatus == 0 && !text.isEmpty ? text : "unknown"
  }()

  /// A short name of a text, equal texts having equal ones (FNV-1a, 64 bits).
  static func fingerprint(_ texts: [String]) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in texts.joined(separator: "\u{0}").utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    return String(format: "%016llx", hash)
  }
}
