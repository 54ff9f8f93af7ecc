import Foundation

/// The external program that draws: runs a script in a scratch folder, without a user's settings.
///
/// Data and labels travel inside the script and the output names are fixed, so no path or name from
/// outside is ever interpreted by gnuplot. The same script gives the same bytes.
public struct Gnuplot: Sendable {
  /// Path of the executable.
  public let executable: String

  /// Pixels of the PNG for each pixel of 1/96 inch of the figure.
  static let pixelRatio = 2

  /// Finds gnuplot on the search path, or takes the executable named.
  ///
  /// - Throws: ``PlottingError/gnuplotMissing(path:)``.
  public init(executable: String? = nil) throws(PlottingError) {
    let candidates =
      executable.map { [$0] }
      ?? (ProcessInfo.processInfo.environment["PATH"] ?? "")
      .split(separator: ":").map { "\($0)/gnuplot" }
    guard let found = candidates.first(where: FileManager.default.isExecutableFile(atPath:))
    else { throw .gnuplotMissing(path: executable) }
    self.executable = found
  }

  /// Draws `script` to `basePath`.png and `basePath`.svg, each written whole and renamed.
  ///
  /// - Throws: ``PlottingError``.
  public func render(_ script: GnuplotScript, to basePath: String) throws -> FigurePaths {
    let scratch = FileManager.default.temporaryDirectory
      .appendingPathComponent("sibyl-figure-\(UUID().uuidString)", isDirectory: true)
    try onFile(scratch.path) {
      try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    }
    defer { try? FileManager.default.removeItem(at: scratch) }
    try onFile(scratch.path) {
      try Data(Self.source(of: script).utf8).write(to: scratch.appendingPathComponent("figure.gp"))
    }
    try run("figure.gp", in: scratch)

    let paths = FigurePaths(png: basePath + ".png", svg: basePath + ".svg")
    for (name, path) in [("figure.png", paths.png), ("figure.svg", paths.svg)] {
      try onFile(path) {
        let drawn = try Data(contentsOf: scratch.appendingPathComponent(name))
        try drawn.write(to: URL(fileURLWithPath: path), options: .atomic)
      }
    }
    return paths
  }

  private func run(_ file: String, in folder: URL) throws {
    let messages = folder.appendingPathComponent("messages.txt")
    try onFile(messages.path) { try Data().write(to: messages) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = ["-d", file]  // -d: a user's start-up file must not change our figures
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try onFile(messages.path) { try FileHandle(forWritingTo: messages) }
    do { try process.run() } catch { throw PlottingError.gnuplotMissing(path: executable) }
    process.waitUntilExit()
    guard process.terminationStatus == 0, process.terminationReason == .exit else {
      let said = (try? String(contentsOf: messages, encoding: .utf8)) ?? ""
      throw PlottingError.gnuplotFailed(
        status: process.terminationStatus, message: Self.firstMessage(in: said))
    }
  }

  /// gnuplot echoes the offending command before it says what is wrong: the message proper starts
  /// with the file's name and line.
  private static func firstMessage(in output: String) -> String {
    let lines = output.split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
    return lines.first { $0.contains("\" line ") } ?? lines.first ?? "no message"
  }

  /// The SVG terminal takes a point of type for a pixel, the PNG terminal for 4/3 pixels (96 dpi).
  private static func source(of script: GnuplotScript) -> String {
    let (width, height) = (script.width, script.height)
    let ratio = pixelRatio
    return """
      set encoding utf8
      set minussign
      \(script.data)
      set terminal pngcairo enhanced size \(width * ratio),\(height * ratio) \
      font '\(Style.font),\(Style.fontSize)' fontscale \(ratio) linewidth \(ratio) \
      pointscale \(ratio) background rgb 'white'
      set output 'figure.png'
      \(script.commands)
      unset output
      reset
      set terminal svg enhanced size \(width),\(height) dynamic fontscale 1.3333 \
      font '\(Style.font),\(Style.fontSize)' background rgb 'white'
      set output 'figure.svg'
      \(script.commands)
      unset output

      """
  }
}

/// Turns Foundation's errors into ours, naming the file.
func onFile<T>(_ path: String, _ body: () throws -> T) throws -> T {
  do {
    return try body()
  } catch let error as PlottingError {
    throw error
  } catch {
    let reason = (error as NSError).localizedDescription
      .split(whereSeparator: \.isNewline).joined(separator: " ")
    throw PlottingError.file(path: path, problem: reason)
  }
}
