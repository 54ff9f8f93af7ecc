import ArrayFiles
import Foundation
import Inference
import Plotting
import SparseModeling

/// What `sibyl periodogram` answers for one object: tables, numbers, figures and a report.
struct PeriodogramAnswer {
  let object: ObservedObject
  let analysis: PeriodAnalysis
  let comparisons: [(method: any ComparisonPeriodogram, spectrum: [Double])]
  let spectrogram: SparseSpectrogram?
  let seconds: Double

  var table: PeriodTable { PeriodTable(analysis, bandNames: object.bandNames) }
  var warnings: [String] { object.warnings + analysis.warnings }

  func write(to folder: String) throws {
    try CSVTable.write(columns: table.columns, to: "\(folder)/periods.csv")
    try CSVTable.write(columns: spectra, to: "\(folder)/periodogram.csv")
    try JSONFile.write(result, to: "\(folder)/result.json")
    let figures = PeriodogramFigures(
      object: object, analysis: analysis, comparisons: comparisons)
    var captions = [
      (
        "periodogram",
        "Periodogram; sparse spectrum (blue) and fitted modes (orange); what the model leaves; "
          + "spectral window" + (comparisons.isEmpty ? "." : "; other methods.")
      )
    ]
    try figures.spectra.write(to: "\(folder)/periodogram")
    if let folded = figures.folded {
      try folded.write(to: "\(folder)/folded")
      captions.append(
        ("folded", "The data without all other modes, folded at each family's period."))
    }
    try figures.residuals.write(to: "\(folder)/residuals")
    captions.append(("residuals", "Data and residuals against time."))
    if let path = figures.path {
      try path.write(to: "\(folder)/path")
      captions.append(("path", "Sizes of frequencies along the path of λ."))
    }
    if let spectrogram {
      try TimeFrequencyFigure(
        times: spectrogram.times, first: spectrogram.grid.first, step: spectrogram.grid.step,
        values: spectrogram.amplitudes, timeLabel: "time"
      ).write(to: "\(folder)/time_frequency")
      captions.append(("time_frequency", "Sparse spectra of windows of time."))
    }
    var report = Report(title: "Periods of \(object.name)", subtitle: object.path)
    for warning in warnings { report.addWarning(warning) }
    if table.rows.isEmpty {
      report.addParagraph("No mode is significant.")
    } else {
      report.addTable(headers: table.headers, rows: table.cells, caption: caption)
    }
    report.addKeyValues(pairs)
    for (name, text) in captions {
      try report.addFigure(pngPath: "\(folder)/\(name).png", caption: text)
    }
    try report.write(to: "\(folder)/report.html")
  }

  private var caption: String {
    "Modes by amplitude, the error of the last digits in brackets"
      + (analysis.noise == 1
        ? "."
        : String(
          format: ", with the data's errors multiplied by %.3g, as χ² asks.", analysis.noise))
  }

  private var spectra: [CSVColumn] {
    let grid = analysis.grid
    var columns = [
      CSVColumn("frequency", (0..<grid.count).map { grid[$0] }),
      CSVColumn("power", analysis.periodogram.power(.standard)),
      CSVColumn("sparse_amplitude", analysis.sparseAmplitudes),
      CSVColumn("window", analysis.window),
    ]
    if let rest = analysis.residualPeriodogram {
      columns.append(CSVColumn("residual_power", rest.power(.standard)))
    }
    return columns + comparisons.map { CSVColumn($0.method.name, $0.spectrum) }
  }

  var result: PeriodogramResult {
    PeriodogramResult(
      object: object.name, points: object.count, bands: object.bandNames,
      timeSystem: object.timeSystem, duration: analysis.duration, frequencies: analysis.grid.count,
      minimumFrequency: analysis.grid.first, maximumFrequency: analysis.grid.last,
      epoch: analysis.model?.epoch, modes: analysis.model?.modes.count ?? 0,
      chi2: analysis.model?.chiSquare ?? analysis.periodogram.chiSquare,
      chi2OfMean: analysis.periodogram.chiSquare,
      degreesOfFreedom: analysis.model?.degreesOfFreedom, errorScale: analysis.noise,
      penalty: analysis.sparse.penalty, sparseFrequencies: analysis.sparse.groups.count,
      dualityGap: analysis.sparse.relativeGap,
      singularFrequencies: analysis.periodogram.singular.count,
      fourierRatios: analysis.fourierRatios.isEmpty ? nil : analysis.fourierRatios,
      seconds: seconds, warnings: warnings)
  }

  var pairs: [(key: String, value: String)] {
    let result = result
    return [
      (
        "data",
        "\(result.points) points in \(max(1, result.bands.count)) band(s) over "
          + String(format: "%.6g; times: ", result.duration) + result.timeSystem
      ),
      (
        "frequencies",
        String(
          format: "%.6g to %.6g, %d of them", result.minimumFrequency, result.maximumFrequency,
          result.frequencies)
      ),
      (
        "chi2",
        String(format: "%.6g, %.6g without modes", result.chi2, result.chi2OfMean)
          + (result.errorScale == 1
            ? "" : String(format: "; errors taken %.3g times as large", result.errorScale))
      ),
      (
        "sparse",
        String(
          format: "%d frequencies at λ = %.5g (%@), duality gap %.1e", result.sparseFrequencies,
          result.penalty, analysis.configuration.sparsity.rawValue, result.dualityGap)
      ),
      ("time", String(format: "%.2f s", result.seconds)),
    ]
  }
}

/// What `result.json` holds.
struct PeriodogramResult: Encodable {
  let object: String
  let points: Int
  let bands: [String]
  let timeSystem: String
  let duration: Double
  let frequencies: Int
  let minimumFrequency: Double
  let maximumFrequency: Double
  /// Phases are those at this time.
  let epoch: Double?
  let modes: Int
  let chi2: Double
  let chi2OfMean: Double
  let degreesOfFreedom: Int?
  let errorScale: Double
  let penalty: Double
  let sparseFrequencies: Int
  let dualityGap: Double
  let singularFrequencies: Int
  let fourierRatios: [PeriodAnalysis.Shape]?
  let seconds: Double
  let warnings: [String]
}
