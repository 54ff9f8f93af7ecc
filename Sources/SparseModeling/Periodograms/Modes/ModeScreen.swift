import NumericalMethods

/// The drop of χ² by one more sinusoid beside those of a model, exact where it may be among the highest.
///
/// Without what the model's sinusoids take of the new one the drop is too low, by 1 − ρ² where they explain
/// ρ² of it. Only near them and their aliases is that far from 1.
///
/// Complexity: a transform a band.
final class ModeScreen: Sendable {
  private let series: WhitenedSeries
  private let grid: FrequencyGrid
  private let threads: Int
  private let bands: [SinusoidOverlaps]
  /// Distances, in steps of the grid, of frequencies that explain much of each other.
  private let aliases: [Int]
  /// How far 1 − ρ² may fall below its average away from the aliases.
  private let deviation: Double

  init(_ series: WhitenedSeries, grid: FrequencyGrid, threads: Int) {
    (self.series, self.grid, self.threads) = (series, grid, threads)
    bands = series.bands.map { SinusoidOverlaps($0, grid: grid, threads: threads) }
    let deviation = 0.75 / Double(bands.count).squareRoot()
    self.deviation = deviation
    aliases = Set(bands.flatMap { $0.aliases(above: 0.8 * deviation) }).sorted()
  }

  /// `[grid]`: the drop, exact at the `peaks` highest local maxima, elsewhere too low at most; −1 where
  /// `excluded`. Nil where the model's sinusoids depend on each other.
  func drop(
    beside frequencies: [Double], peaks: Int, excluded: [ClosedRange<Int>]
  ) -> [Double]? {
    let padded = (grid.count + 7) / 8 * 8
    var besides: [SinusoidOverlaps.Beside] = []
    var drop = [Double](repeating: 0, count: padded)
    drop.withUnsafeMutableBufferPointer { drop in
      besides = bands.compactMap { $0.bound(beside: frequencies, adding: drop.baseAddress!) }
    }
    guard besides.count == bands.count else { return nil }
    drop.removeLast(padded - grid.count)
    exclude(excluded, from: &drop)
    var isExact = [Bool](repeating: false, count: padded / 8)
    var chosen = vectors(near: frequencies)
    // The first pass sets the level that the second has to reach.
    for share in [0.8, leastShare(besides: frequencies.count)] {
      let best = ModeScan.highest(of: drop, count: peaks)
      let least = best.count == peaks ? share * best.last!.height : 0
      for k in drop.indices where drop[k] >= least { chosen.append(k / 8) }
      evaluate(chosen, besides, &isExact, &drop)
      exclude(excluded, from: &drop)
      chosen = []
    }
    return drop
  }

  /// The least 1 − ρ² that is taken into account away from aliases. It is 1 less columns by points on average
  /// over all directions of the data, and the more the bands the nearer to that.
  private func leastShare(besides modes: Int) -> Double {
    // Frequencies are no columns.
    let free = Double(series.degreesOfFreedom(modes: modes) + modes)
    return free / Double(series.count) * (1 - deviation)
  }

  private func exclude(_ ranges: [ClosedRange<Int>], from drop: inout [Double]) {
    for range in ranges { for k in range { drop[k] = -1 } }
  }

  /// Eights of frequencies at the modes and their aliases.
  private func vectors(near frequencies: [Double]) -> [Int] {
    var vectors: [Int] = []
    for frequency in frequencies {
      // −f has aliases as well.
      for f in [frequency, -frequency] {
        let place = Int(((f - grid.first) / grid.step).rounded())
        for alias in aliases {
          for index in [place - alias, place + alias] where index >= 0 && index < grid.count {
            vectors.append(index / 8)
          }
        }
      }
    }
    return vectors
  }

  private func evaluate(
    _ chosen: [Int], _ besides: [SinusoidOverlaps.Beside], _ isExact: inout [Bool],
    _ drop: inout [Double]
  ) {
    var new: [Int] = []
    for vector in chosen where !isExact[vector] {
      isExact[vector] = true
      new.append(vector)
    }
    let vectors = new
    let part = 64
    let values = parallelMap((vectors.count + part - 1) / part, threads: threads) { k in
      vectors[k * part..<min((k + 1) * part, vectors.count)].map { vector in
        zip(bands, besides).reduce(SIMD8<Double>.zero) { $0 + $1.0.drop(8 * vector, $1.1) }
      }
    }
    for (vector, value) in zip(vectors, values.joined()) {
      for lane in 0..<min(8, drop.count - 8 * vector) { drop[8 * vector + lane] = value[lane] }
    }
  }
}
