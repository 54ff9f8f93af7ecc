import ArrayFiles
import Foundation
import Inference
import NumericalMethods
import SparseModeling

/// The periods of many objects: each is written when it is done, and all are joined at the end.
struct PeriodCatalogue {
  let files: [String]
  let configuration: PeriodAnalysis.Configuration
  let methods: [any ComparisonPeriodogram]
  let hasFigures: Bool
  let isResumed: Bool
  let output: String
  let force: Bool

  /// What an object's file holds, enough to go on without the light curve.
  private struct Entry: Codable {
    var object: String
    var file: String
    var configuration: PeriodAnalysis.Configuration
    var columns: [String] = []
    var rows: [[String]] = []
    /// Why there is no answer.
    var failure: String?
    var warnings: [String] = []
  }

  /// Exits with an error at the end if an object had none of the files' answers; all others are done.
  func run(_ common: CommonOptions) throws {
    let manager = FileManager.default
    if !isResumed { _ = try OutputFolder(output, force: force) }
    let objects = "\(output)/objects"
    do {
      try manager.createDirectory(atPath: objects, withIntermediateDirectories: true)
    } catch {
      throw FileError(path: output, problem: "cannot be created (\(error.localizedDescription))")
    }
    let names = Self.names(files)
    let configuration = withPath(hasFigures)
    let failures = try common.withMonitor { monitor in
      var entries: [Entry] = []
      // Threads take an object each; a few rounds at a time, so that there is progress to see.
      let size = 4 * monitor.threads
      for start in stride(from: 0, to: files.count, by: size) {
        try monitor.advance(
          WorkProgress(
            label: "objects", completed: start, total: files.count, detail: names[start]))
        let indices = start..<min(start + size, files.count)
        let part = parallelMap(indices.count, threads: monitor.threads) { place in
          Result {
            let index = indices.lowerBound + place
            return try finished(
              files[index], names[index], configuration, objects, monitor)
          }
        }
        for (index, result) in zip(indices, part) {
          let entry = try result.get()
          if let failure = entry.failure { monitor.note(failure) }
          for warning in entry.warnings { monitor.note("\(files[index]): \(warning)") }
          entries.append(entry)
        }
      }
      try monitor.advance(
        WorkProgress(label: "objects", completed: files.count, total: files.count))
      try write(entries)
      return entries.count { $0.failure != nil }
    }
    if !common.quiet { print("\(output)/periods.csv") }
    if failures > 0 {
      throw FileError(
        path: output, problem: "\(failures) of \(files.count) light curves could not be used")
    }
  }

  /// The path of λ is for a figure alone.
  private func withPath(_ hasPath: Bool) -> PeriodAnalysis.Configuration {
    var configuration = configuration
    configuration.hasPath = hasPath
    return configuration
  }

  /// The answer for an object, from its file if it is there and is to be kept.
  private func finished(
    _ file: String, _ name: String, _ configuration: PeriodAnalysis.Configuration,
    _ objects: String, _ monitor: WorkMonitor
  ) throws -> Entry {
    let path = "\(objects)/\(name).json"
    if isResumed, let entry = try? JSONFile.read(Entry.self, path), entry.file == file,
      entry.configuration == configuration
    {
      return entry
    }
    let entry = try entry(file, name, configuration, objects, monitor)
    try JSONFile.write(entry, to: path)
    return entry
  }

  private func entry(
    _ file: String, _ name: String, _ configuration: PeriodAnalysis.Configuration,
    _ objects: String, _ monitor: WorkMonitor
  ) throws -> Entry {
    var entry = Entry(object: name, file: file, configuration: configuration)
    do {
      let answer = try PeriodogramAnswer.make(
        try ObservedObject(file), configuration, methods: methods, monitor: monitor)
      let table = answer.table
      let columns = table.columns.prefix(table.commonColumns)
      entry.columns = columns.map(\.name)
      entry.rows = table.rows.indices.map { row in columns.map { $0.text(row) } }
      entry.warnings = answer.warnings
      if hasFigures {
        try OutputFolder("\(objects)/\(name)", force: true).fill { try answer.write(to: $0) }
      }
    } catch let error as FileError {
      entry.failure = "\(error)"
    }
    return entry
  }

  /// One table, its objects in the order of the files.
  private func write(_ entries: [Entry]) throws {
    let columns = entries.first { !$0.columns.isEmpty }?.columns ?? ["rank", "frequency", "period"]
    let rows = entries.flatMap { entry in entry.rows.map { [entry.object] + $0 } }
    try CSVTable.write(
      columns: (["object"] + columns).enumerated().map { index, name in
        CSVColumn(name, rows.map { $0[index] })
      }, to: "\(output)/periods.csv")
  }

  /// File names without their ending; those that occur twice get a number.
  private static func names(_ files: [String]) -> [String] {
    var seen: [String: Int] = [:]
    return files.map { file in
      let name = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
      seen[name, default: 0] += 1
      return seen[name]! > 1 ? "\(name)-\(seen[name]!)" : name
    }
  }
}
