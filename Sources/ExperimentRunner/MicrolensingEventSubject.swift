import Inference
import Microlensing
import MicrolensingEvents
import NumericalMethods
import Plotting
import Probability

/// An observed microlensing event: training at its own epochs, inference from its own data.
struct MicrolensingEventSubject: ExperimentSubject {
  struct Settings: CheckedSettings {
    /// Photometry files, one data set each, relative to the experiment file.
    var data: [String] = []
    /// Δχ² by which an event must differ from every point lens to be drawn.
    var minimumAnomaly = 100.0
    var photometry = PhotometryModel()

    var ranges: [SettingRange] {
      [
        SettingRange("minimum_anomaly", minimumAnomaly, 0...1e9),
        SettingRange(
          "photometry.source_flux_spread", photometry.sourceFluxSpread, 1e-3...5),
        SettingRange(
          "photometry.calibration_spread", photometry.calibrationSpread, 1e-3...5),
        SettingRange("photometry.error_scale_spread", photometry.errorScaleSpread, 1e-3...3),
        SettingRange("photometry.outlier_fraction", photometry.outlierFraction, 1e-9...0.5),
        SettingRange("photometry.outlier_scale", photometry.outlierScale, 1...1e4),
      ]
    }
  }

  private let event: MicrolensingEvent

  init(_ section: SimulatorSection) throws {
    let settings = try section.settings(Settings())
    guard !settings.data.isEmpty else {
      throw ConfigurationError(
        at: section.node.location, key: "simulator.data",
        problem: "names no photometry file; list one per data set")
    }
    event = try MicrolensingEvent(
      files: settings.data.map(section.path), photometry: settings.photometry,
      minimumAnomaly: settings.minimumAnomaly)
  }

  var simulator: any Simulator { event.simulator }
  var fingerprint: String { event.fingerprint }
  var warnings: [String] { event.warnings }
  var observation: [Float] { event.simulator.observedData }

  func answer(
    _ samples: PosteriorSamples, prior: JointPrior, folder: String, monitor: WorkMonitor
  ) throws -> [String: Double] {
    let summary = try EventAnswer.write(
      samples, of: event, prior: prior, to: folder, monitor: monitor)
    var metrics = [
      "chi2_best": summary.chi2Best,
      "effective_sample_size": summary.refinement.effectiveSampleSize,
    ]
    for (name, row) in summary.parameters {
      metrics["\(name)_median"] = row.median
      metrics["\(name)_p2.5"] = row.lower95
      metrics["\(name)_p97.5"] = row.upper95
      metrics["\(name)_standard_deviation"] = row.standardDeviation
    }
    return metrics
  }

  func describe(_ folder: String, in report: inout Report) throws {
    try EventAnswer.describe(folder, in: &report)
  }
}
