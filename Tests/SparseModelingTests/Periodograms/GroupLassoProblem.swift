import ArrayFiles
import Foundation
import Probability
import SparseModeling

/// A light curve and a grid, with minima that others have found.
struct KnownGroupLasso {
  let series: TimeSeries
  /// All errors 1: for the raw columns.
  let unweighted: TimeSeries
  let grid: FrequencyGrid
  let archive: NPZArchive

  static let names = [
    "S1_seed0_F200_r0.05", "S1_seed0_F200_r0.3", "S2_seed1_F500_r0.05", "S2_seed1_F500_r0.2",
    "S3_seed2_F1000_r0.1", "S5_seed3_F1500_r0.1", "S6_seed4_F400_r0.2",
  ]

  init(_ name: String) throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
      .appendingPathComponent("Data/periodograms/group_lasso_\(name).npz").path
    let archive = try NPZArchive(path: path)
    func numbers(_ name: String) throws -> [Double] {
      try archive.read(name, as: Double.self).values
    }
    let (t, y, errors, f) = (
      try numbers("t"), try numbers("y"), try numbers("err"), try numbers("f")
    )
    series = try TimeSeries(times: t, values: y, errors: errors)
    unweighted = try TimeSeries(times: t, values: y, errors: t.map { _ in 1 })
    grid = FrequencyGrid(
      first: f[0], step: (f.last! - f[0]) / Double(f.count - 1), count: f.count)
    self.archive = archive
  }

  func number(_ name: String) throws -> Double {
    try archive.read(name, as: Double.self).values[0]
  }
}

/// Sinusoids at random times with noise, of a fixed seed.
func sinusoids(
  _ modes: [(frequency: Double, amplitude: Double)], points: Int, duration: Double,
  error: Double, seed: UInt64
) throws -> TimeSeries {
  var stream = RandomStream(seed: seed, purpose: .noise)
  var (times, values) = ([Double](), [Double]())
  for _ in 0..<points {
    let time = duration * Double.random(in: 0..<1, using: &stream)
    let radius = (-2 * log(Double.random(in: 0..<1, using: &stream) + 1e-300)).squareRoot()
    let noise = radius * cos(2 * .pi * Double.random(in: 0..<1, using: &stream))
    let signal = modes.enumerated().reduce(0) {
      $0 + $1.element.amplitude
        * cos(2 * .pi * $1.element.frequency * time + Double($1.offset))
    }
    times.append(time)
    values.append(15 + signal + error * noise)
  }
  return try TimeSeries(times: times, values: values, errors: times.map { _ in error })
}

extension GroupDictionary {
  /// Every column, in memory.
  var dense: DenseDictionary {
    DenseDictionary(
      columns: columns(of: Array(0..<groupCount)), groupSize: groupSize, pointCount: pointCount)
  }
}
