import ArrayFiles
import Foundation
import Inference
import Interferometry
import NumericalMethods
import Observations
import Plotting

extension Stage {
  public static let observe = Stage("observe", sections: ["truths", "arrays"])
  public static let reconstruct = Stage(
    "reconstruct", sections: ["truths", "arrays", "reconstruct"])
  public static let score = Stage("score", sections: ["truths", "arrays", "reconstruct"])
}

/// A truth seen by an array.
struct BlindCase: Sendable {
  let array: String
  let truth: String

  var name: String { "\(array)-\(truth)" }
}

/// Known skies are observed, imaged from their visibilities alone, and only then compared with the images.
///
/// `observe` leaves visibilities and truths in folders apart, `reconstruct` opens the visibilities only,
/// `score` is the only one to open the truths.
struct BlindImaging: ExperimentKind {
  static let name = "blind_imaging"
  static let stages: [Stage] = [.observe, .reconstruct, .score]

  let simulatorName = "interferometry"
  let fingerprint: String
  private let truths: [String: Truth]
  private let arrays: [String: BlindObservation]
  /// By array, then by truth, as in the file.
  private let cases: [BlindCase]
  private let settings: BlindReconstruction.Settings

  var warnings: [String] { Set(cases.map(\.array)).sorted().compactMap { arrays[$0]!.warning } }

  init(_ file: ExperimentFile) throws {
    let configuration = file.configuration
    settings = try configuration.section("reconstruct", defaults: .init())
    let (truthNodes, arrayNodes) = (
      try Self.entries(configuration.node("truths")), try Self.entries(configuration.node("arrays"))
    )
    arrays = try Dictionary(
      uniqueKeysWithValues: arrayNodes.map { ($0.key, try BlindObservation($0.node, file)) })
    truths = try Dictionary(
      uniqueKeysWithValues: truthNodes.map { ($0.key, try Truth($0.node, file)) })
    cases = arrayNodes.flatMap { array in
      truthNodes.map { BlindCase(array: array.key, truth: $0.key) }
    }
    // Images and files of stations may change while the experiment file does not.
    let contents = truths.sorted { $0.key < $1.key }.map { name, truth in
      guard case .image(let image) = truth else { return name }
      return "\(image.width) \(image.pixels)"
    }
    let stations = arrays.sorted { $0.key < $1.key }.map { "\($0.value.coverage.stations)" }
    fingerprint = Sibyl.fingerprint([Self.name] + contents + stations)
  }

  /// The entries of a section whose keys become names of files.
  private static func entries(
    _ node: ConfigurationNode
  ) throws -> [(key: String, node: ConfigurationNode)] {
    let entries = try node.mapping
    guard !entries.isEmpty else { throw node.error("is empty, expected at least one") }
    for (key, entry) in entries where key.wholeMatch(of: /[A-Za-z0-9_]+/) == nil {
      throw entry.error("is no name, expected letters, digits and underscores")
    }
    return entries
  }

  // MARK: - Stages

  func perform(_ stage: Stage, of run: ExperimentRun) throws -> [String: Double] {
    switch stage {
    case .observe: return try observe(run)
    case .reconstruct: return try reconstruct(run)
    case .score: return try score(run)
    default: preconditionFailure("'\(stage.name)' is a stage of another kind")
    }
  }

  private func visibilities(_ run: ExperimentRun, _ blindCase: BlindCase) -> String {
    "\(run.folder(.observe))/visibilities/\(blindCase.name).uvfits"
  }

  private func truth(_ run: ExperimentRun, _ blindCase: BlindCase) -> String {
    "\(run.folder(.observe))/truths/\(blindCase.name).fits"
  }

  private func imageFolder(_ run: ExperimentRun, _ blindCase: BlindCase) -> String {
    "\(run.folder(.reconstruct))/\(blindCase.name)"
  }

  private func observe(_ run: ExperimentRun) throws -> [String: Double] {
    for folder in ["truths", "visibilities"] {
      try FileManager.default.createDirectory(
        atPath: "\(run.folder(.observe))/\(folder)", withIntermediateDirectories: true)
    }
    var count = 0
    for (index, blindCase) in cases.enumerated() {
      let (truth, array) = (truths[blindCase.truth]!, arrays[blindCase.array]!)
      // Noise of its own, whatever other cases there are.
      let seed = UInt64(
        Sibyl.fingerprint(["\(run.experiment.file.seed)", blindCase.name]), radix: 16)!
      let set = truth.observed(
        SyntheticObservation(coverage: array.coverage), field: array.field, seed: seed,
        threads: run.monitor.threads)
      for warning in set.warnings { run.monitor.note("\(blindCase.name): \(warning)") }
      try set.writeUVFITS(to: visibilities(run, blindCase))
      try truth.picture(on: array.grid(for: set)).write(to: self.truth(run, blindCase))
      count += set.visibilities.count
      try run.monitor.advance(
        WorkProgress(label: "observe", completed: index + 1, total: cases.count))
    }
    return ["cases": Double(cases.count), "visibilities": Double(count)]
  }

  private func reconstruct(_ run: ExperimentRun) throws -> [String: Double] {
    let reconstruction = BlindReconstruction(
      settings: settings, seed: run.experiment.file.seed, monitor: run.monitor)
    for blindCase in cases {
      let folder = imageFolder(run, blindCase)
      guard !FileManager.default.fileExists(atPath: BlindReconstruction.Record.path(folder)) else {
        run.monitor.note("\(blindCase.name): done before")
        continue
      }
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      run.monitor.note(blindCase.name)
      let path = visibilities(run, blindCase)
      let set = try VisibilitySet.read(path)
      try reconstruction.write(
        set, path: path, like: arrays[blindCase.array]!.grid(for: set), to: folder)
    }
    let records = try cases.map(record(run))
    return [
      "converged": Double(records.count { $0.hasConverged }), "cases": Double(records.count),
    ]
  }

  private func record(
    _ run: ExperimentRun
  ) -> (BlindCase) throws -> BlindReconstruction.Record {
    {
      try JSONFile.read(
        BlindReconstruction.Record.self, BlindReconstruction.Record.path(imageFolder(run, $0)))
    }
  }

  private func score(_ run: ExperimentRun) throws -> [String: Double] {
    let all = try cases.map { blindCase in
      let truth = try SkyImage.read(truth(run, blindCase))
      let images = try BlindReconstruction.Method.allCases.map {
        try SkyImage.read(BlindReconstruction.path($0, imageFolder(run, blindCase)))
      }
      let scores = try BlindScores(blindCase, truth: truth, images: images)
      try scores.figure(truth: truth, images: images)
        .write(to: "\(run.folder(.score))/\(blindCase.name)")
      return scores
    }
    try JSONFile.write(all, to: "\(run.folder(.score))/result.json")
    var metrics: [String: Double] = [:]
    for method in BlindReconstruction.Method.allCases {
      for scores in all {
        metrics["\(scores.array)_\(scores.truth)_\(method.rawValue)"] =
          scores.score(method)?.crossCorrelation
      }
      let known = all.compactMap { $0.score(method)?.crossCorrelation }
      if !known.isEmpty {
        metrics["mean_\(method.rawValue)"] = known.reduce(0, +) / Double(known.count)
      }
    }
    return metrics
  }

  // MARK: - Report

  func describe(_ run: ExperimentRun, in report: inout Report) throws {
    let all = try JSONFile.read([BlindScores].self, "\(run.folder(.score))/result.json")
    let methods = BlindReconstruction.Method.allCases
    report.section("Scores")
    report.addTable(
      headers: ["array", "truth"]
        + BlindScores.Score.titles.flatMap { title in methods.map { "\(title) \($0.title)" } },
      rows: all.map { scores in
        [scores.array, scores.truth]
          + BlindScores.Score.titles.indices.flatMap { index in
            methods.map { method in
              scores.score(method).map { String(format: "%.3f", $0.values[index]) } ?? "–"
            }
          }
      },
      caption:
        "Correlation of the pixels ρ and structural similarity SSIM, 1 at best, and error of the "
        + "pixels NRMSE, 0 at best. CLEAN's images are restored ones.")
    report.section("Images")
    for blindCase in cases {
      try report.addFigure(
        pngPath: "\(run.folder(.score))/\(blindCase.name).png",
        caption: "\(blindCase.truth), seen by \(blindCase.array).")
    }
    report.section("Reconstructions")
    report.addParagraph(
      "Made from the visibilities alone; cross-validation with \(settings.folds) folds chose λ and μ."
    )
    report.addTable(
      headers: ["array", "truth", "visibilities", "λ", "μ", "gap"]
        + methods.dropFirst().map { "components, \($0.title)" } + methods.map { "\($0.title), s" },
      rows: try cases.map { blindCase in
        let record = try record(run)(blindCase)
        return [
          blindCase.array, blindCase.truth, "\(record.visibilities)",
          String(format: "%.4g", record.l1), String(format: "%.4g", record.tsv),
          String(format: "%.1e", record.relativeGap),
        ] + methods.dropFirst().map { "\(record.components[$0.rawValue]!)" }
          + methods.map { String(format: "%.1f", record.seconds[$0.rawValue]!) }
      })
    for blindCase in cases {
      let record = try record(run)(blindCase)
      if !record.hasConverged {
        report.addWarning(
          "\(blindCase.name): the sparse image is at a gap of \(record.relativeGap), not at the "
            + "\(settings.tolerance) asked for.")
      }
      for (name, stop) in record.stop.sorted(by: { $0.key < $1.key }) where stop != "threshold" {
        report.addWarning("\(blindCase.name): \(name) stopped by \(stop).")
      }
    }
  }
}
