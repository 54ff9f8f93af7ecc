import Foundation

extension Figure {
  /// Writes one file, PNG (192 dpi) or SVG by its extension, whole or not at all.
  ///
  /// - Throws: ``PlottingError``, also for another extension.
  public func write(toFile path: String, using gnuplot: Gnuplot? = nil) throws {
    try FigureFormat.require(path)
    let scratch = FileManager.default.temporaryDirectory
      .appendingPathComponent("sibyl-figure-\(UUID().uuidString)", isDirectory: true)
    try onFile(scratch.path) {
      try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    }
    defer { try? FileManager.default.removeItem(at: scratch) }
    let drawn = try write(to: scratch.appendingPathComponent("figure").path, using: gnuplot)
    try onFile(path) {
      let source = path.lowercased().hasSuffix(".png") ? drawn.png : drawn.svg
      try Data(contentsOf: URL(fileURLWithPath: source))
        .write(to: URL(fileURLWithPath: path), options: .atomic)
    }
  }
}

/// File formats of figures.
public enum FigureFormat {
  /// - Throws: ``PlottingError/file(path:problem:)`` unless the path ends in .png or .svg.
  public static func require(_ path: String) throws(PlottingError) {
    let name = path.lowercased()
    guard name.hasSuffix(".png") || name.hasSuffix(".svg") else {
      throw .file(path: path, problem: "is no figure's name; it must end in .png or .svg")
    }
  }
}
