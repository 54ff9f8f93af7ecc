import Inference
import Plotting

/// The figures of a calibration, PNG and SVG.
struct CalibrationFigures {
  /// Paths of the PNG files.
  let coverage: String
  let tarp: String
  let ranks: String

  /// Draws `coverage`, `tarp` and `ranks` into a folder.
  init(_ calibration: Calibration, folder: String) throws {
    let levels = (1..<40).map { Double($0) / 40 }
    let count = calibration.credibilities.count
    coverage = try CoverageFigure(
      levels: levels, coverage: levels.map(calibration.coverage), simulations: count
    ).write(to: "\(folder)/coverage").png
    tarp = try CoverageFigure(
      levels: levels, coverage: levels.map(calibration.tarpCoverage), simulations: count
    ).write(to: "\(folder)/tarp").png
    ranks = try RankFigure(
      names: calibration.names, ranks: calibration.ranks, possibleRanks: calibration.samples + 1
    ).write(to: "\(folder)/ranks").png
  }
}
