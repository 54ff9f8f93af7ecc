import Foundation

/// Measures Sibyl's side of a comparison: `SibylBenchmarks WORK FOLDER` prints one JSON line per setting.
///
/// `prepare` comes first and writes into FOLDER what both sides work on.
@main
enum SibylBenchmarks {
  static let works: [(name: String, run: @Sendable (_ folder: String) throws -> Void)] = [
    ("prepare", prepare),
    ("near-caustic", NearCaustic.measure),
    ("prior-curves", PriorCurves.measure),
    ("point-source", PointSources.measure),
    ("flow", FlowTraining.measure),
  ]

  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, let work = works.first(where: { $0.name == arguments[1] }) else {
      fail("usage: SibylBenchmarks \(works.map(\.name).joined(separator: "|")) FOLDER", code: 64)
    }
    do {
      try work.run(arguments[2])
    } catch {
      fail("\(error)", code: 1)
    }
  }

  private static func prepare(in folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try NearCaustic.prepare(in: folder)
    try PriorCurves.prepare(in: folder)
    try PointSources.prepare(in: folder)
    try FlowTraining.prepare(in: folder)
  }

  private static func fail(_ message: String, code: Int32) -> Never {
    FileHandle.standardError.write(Data("\(message)\n".utf8))
    exit(code)
  }
}
