import ArrayFiles
import Foundation
import Inference
import Interferometry
import NumericalMethods
import Observations
import Plotting
import SparseModeling

/// Many images of each observation under many settings, judged by closure quantities that they have not seen; and
/// what those say of a ring that predict best.
///
/// Observations are days of files, or truths seen with the coverage, noise and time of files through unknown gains.
/// `observe` leaves visibilities and truths in folders apart, `survey` opens visibilities only, `score` is the only one
/// to open the truths.
///
/// Reference: Event Horizon Telescope Collaboration (2019), ApJL 875, L4, section 6 (surveys of parameters).
struct ClosureSurvey: ExperimentKind {
  static let name = "closure_survey"
  private static let inputs = ["days", "truths", "coverage", "image"]
  static let observation = Stage("observe", sections: inputs)
  static let survey = Stage("survey", sections: inputs + ["survey"])
  static let scoring = Stage("score", sections: inputs + ["survey"])
  static let stages = [observation, survey, scoring]

  /// The section `image`.
  struct Grid: CheckedSettings {
    /// Along each side.
    var pixels = 64
    /// Width, microarcseconds.
    var fieldOfView = 128.0

    var ranges: [SettingRange] {
      [
        SettingRange("pixels", pixels, 16...1024),
        SettingRange("field_of_view", fieldOfView, 1e-3...1e10),
      ]
    }
  }

  /// The section `coverage`.
  struct Gains: CheckedSettings {
    /// Standard deviation of ln|g| of each station and scan; phases are random.
    var gainScatter = 0.15

    var ranges: [SettingRange] { [SettingRange("gain_scatter", gainScatter, 0...10)] }
  }

  let simulatorName = "interferometry"
  let fingerprint: String
  let warnings: [String] = []
  private let days: [(name: String, files: [String])]
  private let truths: [(name: String, truth: Truth)]
  /// What truths are seen like.
  private let coverage: VisibilitySet?
  private let gains: Gains
  private let grid: Grid
  private let settings: SurveySettings

  private var names: [String] { days.map(\.name) + truths.map(\.name) }
  private var field: Double { grid.fieldOfView * SurveyGroupImages.microarcsecond }

  init(_ file: ExperimentFile) throws {
    let configuration = file.configuration
    settings = try SurveySettings(file)
    grid = try configuration.section("image", defaults: Grid())
    days = try Self.entries(configuration["days"]).map { ($0.key, try Self.files($0.node, file)) }
    truths = try Self.entries(configuration["truths"]).map {
      ($0.key, try Truth($0.node, file))
    }
    if let node = try configuration["coverage"] {
      gains = try node.decoded(over: Gains(), besides: ["files"])
      coverage = try SurveyVisibilities.joined(Self.files(node.node("files"), file))
    } else {
      (gains, coverage) = (Gains(), nil)
    }
    let names = days.map(\.name) + truths.map(\.name)
    guard !names.isEmpty else { throw try configuration.node("days").error("is empty") }
    let named = Set(days.map(\.name))
    for (name, node) in try Self.entries(configuration["truths"]) where named.contains(name) {
      throw node.error("has the name of a day, expected another")
    }
    if !truths.isEmpty, coverage == nil { _ = try configuration.node("coverage") }
    // Data and images may change while the experiment file does not.
    let sums = try days.flatMap(\.files).map { "\(try Checksum.crc32(ofFile: $0))" }
    let rows = (coverage?.visibilities ?? []).map { "\($0.u) \($0.v) \($0.time) \($0.sigma)" }
    let images = truths.map { name, truth in
      guard case .image(let image) = truth else { return name }
      return "\(image.width) \(image.pixels)"
    }
    fingerprint = Sibyl.fingerprint([Self.name] + sums + rows + images)
  }

  /// The entries of a section whose keys become names of files.
  private static func entries(
    _ node: ConfigurationNode?
  ) throws -> [(key: String, node: ConfigurationNode)] {
    let entries = try node?.mapping ?? []
    for (key, entry) in entries where key.wholeMatch(of: /[A-Za-z0-9_]+/) == nil {
      throw entry.error("is no name, expected letters, digits and underscores")
    }
    return entries
  }

  private static func files(_ node: ConfigurationNode, _ file: ExperimentFile) throws -> [String] {
    let files = try node.array.map { file.path(try $0.string) }
    guard !files.isEmpty else { throw node.error("is empty, expected files of visibilities") }
    return files
  }

  // MARK: - Stages

  func perform(_ stage: Stage, of run: ExperimentRun) throws -> [String: Double] {
    switch stage {
    case Self.observation: return try observe(run)
    case Self.survey: return try survey(run)
    case Self.scoring: return try score(run)
    default: preconditionFailure("'\(stage.name)' is a stage of another kind")
    }
  }

  /// Files of a truth's bands, which hold one channel each.
  private func simulated(_ run: ExperimentRun, _ name: String) -> [String] {
    (0..<max(coverage?.frequencies.count ?? 0, 1)).map {
      "\(run.folder(Self.observation))/visibilities/\(name)-\($0 + 1).uvfits"
    }
  }

  private func truth(_ run: ExperimentRun, _ name: String) -> String {
    "\(run.folder(Self.observation))/truths/\(name).fits"
  }

  private func imageFolder(_ run: ExperimentRun, _ name: String) -> String {
    "\(run.folder(Self.survey))/\(name)"
  }

  private func observe(_ run: ExperimentRun) throws -> [String: Double] {
    guard let coverage, !truths.isEmpty else { return ["days": Double(days.count)] }
    for folder in ["truths", "visibilities"] {
      try FileManager.default.createDirectory(
        atPath: "\(run.folder(Self.observation))/\(folder)", withIntermediateDirectories: true)
    }
    let observation = SyntheticObservation(
      coverage: coverage,
      gains: StationGains(
        variation: .perScan, amplitudeScatter: gains.gainScatter, phaseScatter: .infinity))
    for (name, truth) in truths {
      // Noise and gains of its own, whatever other truths there are.
      let seed = UInt64(Sibyl.fingerprint(["\(run.experiment.file.seed)", name]), radix: 16)!
      let set = truth.observed(
        observation, field: field, seed: seed, threads: run.monitor.threads)
      for warning in set.warnings { run.monitor.note("\(name): \(warning)") }
      for (channel, path) in simulated(run, name).enumerated() {
        try set.band(channel).writeUVFITS(to: path)
      }
      try truth.picture(on: emptyImage(like: set)).write(to: self.truth(run, name))
    }
    return ["days": Double(days.count), "truths": Double(truths.count)]
  }

  private func emptyImage(like set: VisibilitySet) -> SkyImage {
    SkyImage(
      width: grid.pixels, height: grid.pixels, pixelSize: field / Double(grid.pixels),
      source: set.source, rightAscension: set.rightAscension, declination: set.declination,
      frequency: set.frequencies.first, mjd: Double(set.mjd))
  }

  private func survey(_ run: ExperimentRun) throws -> [String: Double] {
    let observations = days + truths.map { ($0.name, simulated(run, $0.name)) }
    let groups = settings.groups
    for (place, (name, files)) in observations.enumerated() {
      let folder = imageFolder(run, name)
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let visibilities = try SurveyVisibilities(files, field: field)
      for (number, group) in groups.enumerated() {
        let done = place * groups.count + number
        let total = observations.count * groups.count
        let record = "\(folder)/\(number).json"
        guard !FileManager.default.fileExists(atPath: record) else { continue }
        run.monitor.note("\(name): settings \(number + 1) of \(groups.count)")
        do {
          let work = SurveyGroupImages(
            settings: settings, seed: run.experiment.file.seed, monitor: run.monitor)
          let images = try work.write(
            group, number: number, of: visibilities, like: emptyImage(like: visibilities.set),
            to: folder)
          try JSONFile.write(images, to: record)
        } catch let error as ImagingError {
          throw FileError(path: files[0], problem: "\(error)")
        } catch let error as DerivedDataError {
          throw FileError(path: files[0], problem: "\(error)")
        }
        try run.monitor.advance(
          WorkProgress(label: "survey", completed: done + 1, total: total, detail: name))
      }
    }
    return [
      "images": Double(try names.reduce(0) { $0 + (try images(run, $1).count) })
    ]
  }

  private func images(_ run: ExperimentRun, _ name: String) throws -> [SurveyImage] {
    try settings.groups.indices.flatMap {
      try JSONFile.read([SurveyImage].self, "\(imageFolder(run, name))/\($0).json")
    }
  }

  private func score(_ run: ExperimentRun) throws -> [String: Double] {
    let folder = run.folder(Self.scoring)
    let all = try names.map { (name: $0, images: try images(run, $0)) }
    try SurveySummary.writeTable(all, to: "\(folder)/survey.csv")
    let isTruth = Set(truths.map(\.name))
    let summaries = try all.map { name, images in
      let pictures = try SurveyPictures(name, images, folder: imageFolder(run, name))
      let truth = isTruth.contains(name) ? try SkyImage.read(self.truth(run, name)) : nil
      try pictures.figure(truth: truth).write(to: "\(folder)/\(name)")
      return SurveySummary(
        name, images, correlation: try truth.map { try pictures.correlation(truth: $0) })
    }
    try JSONFile.write(summaries, to: "\(folder)/result.json")
    try SurveyPictures.diameters(all, summaries)?.write(to: "\(folder)/diameters")
    var metrics: [String: Double] = [:]
    for summary in summaries {
      metrics["\(summary.name)_accepted"] = Double(summary.accepted)
      metrics["\(summary.name)_rings"] = Double(summary.rings)
      metrics["\(summary.name)_diameter"] = summary.diameter?.median
      metrics["\(summary.name)_correlation"] = summary.correlation
    }
    return metrics
  }

  // MARK: - Report

  func describe(_ run: ExperimentRun, in report: inout Report) throws {
    let folder = run.folder(Self.scoring)
    let summaries = try JSONFile.read([SurveySummary].self, "\(folder)/result.json")
    report.section("Rings")
    report.addTable(
      headers: SurveyPictures.headers, rows: summaries.map(SurveyPictures.row),
      caption:
        "Accepted images predict closure quantities of scans left out as well as the best one, within one standard "
        + "error. Lengths in µas, angles in degrees from north through east: medians of accepted images that are "
        + "rings, and between what 16 and 84 % of them lie. ρ: correlation of the best image with the truth."
    )
    if FileManager.default.fileExists(atPath: "\(folder)/diameters.png") {
      try report.addFigure(
        pngPath: "\(folder)/diameters.png", caption: "Diameters of all images that are rings.")
    }
    report.section("Images")
    for name in names {
      try report.addFigure(
        pngPath: "\(folder)/\(name).png", caption: "\(name): images in the order of their losses.")
    }
  }
}

extension VisibilitySet {
  /// One channel as a set of its own.
  fileprivate func band(_ channel: Int) -> VisibilitySet {
    var band = self
    band.frequencies = frequencies.isEmpty ? [] : [frequencies[channel]]
    band.visibilities = visibilities.filter { $0.channel == channel }
    for index in band.visibilities.indices { band.visibilities[index].channel = 0 }
    return band
  }
}
