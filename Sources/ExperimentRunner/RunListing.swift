import ArrayFiles
import Foundation
import Inference

/// The runs below a results folder, read from their manifests.
public struct RunListing {
  private struct Run {
    let name: String
    let manifest: ExperimentReport.Manifest
    /// stage.metric → value
    let metrics: [String: Double]
  }

  private let folder: String
  private let runs: [Run]

  /// - Throws: `FileError` for a manifest that cannot be read; a missing folder holds no runs.
  public init(folder: String) throws {
    self.folder = folder
    let manager = FileManager.default
    var runs: [Run] = []
    for topic in ((try? manager.contentsOfDirectory(atPath: folder)) ?? []).sorted() {
      let topicFolder = "\(folder)/\(topic)"
      for name in ((try? manager.contentsOfDirectory(atPath: topicFolder)) ?? []).sorted() {
        let path = "\(topicFolder)/\(name)"
        guard manager.fileExists(atPath: "\(path)/manifest.json") else { continue }
        let metrics = try JSONFile.read(
          [String: [String: Double]].self, "\(path)/metrics.json")
        runs.append(
          Run(
            name: "\(topic)/\(name)",
            manifest: try JSONFile.read(
              ExperimentReport.Manifest.self, "\(path)/manifest.json"),
            metrics: metrics.reduce(into: [:]) { flat, stage in
              for (metric, value) in stage.value { flat["\(stage.key).\(metric)"] = value }
            }))
      }
    }
    self.runs = runs
  }

  public var table: String {
    guard !runs.isEmpty else { return "no finished runs in \(folder)" }
    return Self.columns(
      [["run", "finished", "seconds", "seed", "title"]]
        + runs.map { run in
          [
            run.name, run.manifest.finishedAt,
            String(format: "%.0f", run.manifest.secondsByStage.values.reduce(0, +)),
            "\(run.manifest.seed)", run.manifest.title,
          ]
        })
  }

  public func details(of name: String) throws -> String {
    let run = try find(name)
    let manifest = run.manifest
    let rows =
      [
        ["title", manifest.title], ["kind", manifest.kind ?? PosteriorExperiment.name],
        ["simulator", manifest.simulator], ["seed", "\(manifest.seed)"],
        ["sibyl", "\(manifest.sibylVersion), commit \(manifest.commit)"],
        ["host", manifest.host], ["finished", manifest.finishedAt],
      ]
      + manifest.secondsByStage.sorted { $0.key < $1.key }.map {
        ["seconds.\($0.key)", String(format: "%.1f", $0.value)]
      }
      + run.metrics.sorted { $0.key < $1.key }.map { [$0.key, String(format: "%.6g", $0.value)] }
    return Self.columns(rows) + "\n\n" + manifest.configuration
  }

  public func comparison(of names: [String]) throws -> String {
    let chosen = try names.map(find)
    let metrics = Set(chosen.flatMap { Array($0.metrics.keys) }).sorted()
    return Self.columns(
      [["metric"] + names]
        + metrics.map { metric in
          [metric]
            + chosen.map { run in run.metrics[metric].map { String(format: "%.6g", $0) } ?? "–" }
        })
  }

  private func find(_ name: String) throws -> Run {
    guard let run = runs.first(where: { $0.name == name }) else {
      let suggestion = NearestName.suggest(name, among: runs.map(\.name))
      throw ResultsError(
        folder,
        "holds no finished run '\(name)'"
          + (suggestion.map { "; did you mean '\($0)'?" } ?? ""))
    }
    return run
  }

  private static func columns(_ rows: [[String]]) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max()! }
    return rows.map { row in
      zip(row, widths).enumerated().map { index, cell in
        index == row.count - 1
          ? cell.0 : cell.0 + String(repeating: " ", count: cell.1 - cell.0.count)
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
