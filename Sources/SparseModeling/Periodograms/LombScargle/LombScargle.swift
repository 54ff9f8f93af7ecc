import NumericalMethods

/// How much a sinusoid, or a Fourier series, at each frequency of a grid lowers χ², next to other columns
/// that are fitted with it: the floating-mean Lomb–Scargle periodogram.
///
/// Times in `times`, all else whitened (divided by the errors). Errors of drops stay below 1e-9 of χ².
///
/// Complexity: that of `BlockSpectra`, with a transform for the residual and for each other column, and two
/// for the window at twice the frequency, for each harmonic. Where that is not exact enough, as at periods
/// far longer than the data, sums over all points.
///
/// Reference: Zechmeister & Kürster (2009), A&A 496, 577; Press & Rybicki (1989), ApJ 338, 277; Palmer
/// (2009), ApJ 695, 496, for harmonics.
public final class LombScargle: Sendable {
  public let grid: FrequencyGrid
  public let harmonics: Int
  private let threads: Int
  private let whitening: [Double]
  private let spectra: BlockSpectra

  /// - Parameters:
  ///   - errors: standard deviations of the measurements.
  ///   - harmonics: terms of the series; 1 for a sinusoid.
  public init(
    times: [Double], errors: [Double], grid: FrequencyGrid, harmonics: Int = 1, threads: Int = 1
  ) {
    precondition(times.count == errors.count && harmonics > 0)
    (self.grid, self.harmonics, self.threads) = (grid, harmonics, threads)
    whitening = errors.map { 1 / $0 }
    let ordered = OrderedTimes(times)
    let layout = FrequencyBlocks(
      grid: grid, duration: ordered.duration, points: times.count, multiple: 2 * harmonics)
    spectra = BlockSpectra(ordered, layout: layout, multiples: Array(1...2 * harmonics))
  }

  /// The drop of χ² at every frequency, `[grid]`; see `periodogram`.
  public func drop(of residual: [Double], beside basis: OrthonormalColumns) -> [Double] {
    periodogram(of: residual, beside: basis).drop
  }

  /// The drop of χ² at every frequency.
  ///
  /// - Parameters:
  ///   - residual: whitened, and orthogonal to `basis`.
  ///   - basis: what else is fitted.
  public func periodogram(
    of residual: [Double], beside basis: OrthonormalColumns
  ) -> Periodogram {
    let total = whitening.reduce(0) { $0 + $1 * $1 }
    let terms = terms(of: residual, beside: basis)
    let found = ConcurrentList()
    let (harmonics, others) = (harmonics, basis.columns.count)
    var drop: [Double] = largeArray(grid.count) { drop in
      nonisolated(unsafe) let drop = drop
      spectra.run(terms, blocks: Array(0..<spectra.layout.count), threads: threads) { chunk in
        let unsure =
          harmonics == 1
          ? Self.sinusoids(chunk, total: total, others: others, drop)
          : Self.series(chunk, harmonics: harmonics, total: total, others: others, drop)
        found.append(unsure)
      }
    }
    let arranged = spectra.times.arranged(residual)
    var fit = SinusoidFit(
      spectra.times, whitening: whitening, basis: basis, harmonics: harmonics)
    var singular: [Int] = []
    for index in found.sorted() {
      let value = fit.drop(of: arranged, at: grid[index])
      drop[index] = value ?? 0
      if value == nil { singular.append(index) }
    }
    return Periodogram(
      drop: drop, singular: singular, chiSquare: dot(residual, residual), points: residual.count)
  }

  /// The weights at 1 ... 2 · harmonics times the frequency, and at 1 ... harmonics times it the residual and
  /// each column of the basis; of a sinusoid's weights only those at twice the frequency.
  private func terms(
    of residual: [Double], beside basis: OrthonormalColumns
  ) -> [BlockSpectra.Term] {
    let window = whitening.map { $0 * $0 }
    return (harmonics == 1 ? [2] : Array(1...2 * harmonics)).map {
      spectra.term(window, multiple: $0)
    }
      + ([residual] + basis.columns).flatMap { column in
        let weighted = zip(column, whitening).map { $0 * $1 }
        return (1...harmonics).map { spectra.term(weighted, multiple: $0) }
      }
  }

  /// Writes drops to `grid`; returns the indices of those that are not exact enough.
  private static func sinusoids(
    _ chunk: SpectrumChunk, total: Double, others: Int, _ grid: UnsafeMutablePointer<Double>
  ) -> [Int] {
    let least = SIMD8<Double>(repeating: PairGeometry.leastShare * total * total)
    var unsure = UnsureFrequencies()
    for vector in chunk.vectors {
      let pair = chunk.geometry(vector, total: total, window: 0, others: 2..<2 + others)
      unsure.note(pair.determinant .< least, vector)
      chunk.write(pair.drop(chunk.real(1, vector), chunk.imaginary(1, vector)), vector, to: grid)
    }
    return unsure.indices(in: chunk)
  }

  private static func series(
    _ chunk: SpectrumChunk, harmonics: Int, total: Double, others: Int,
    _ grid: UnsafeMutablePointer<Double>
  ) -> [Int] {
    var geometry = HarmonicGeometry(harmonics: harmonics, total: total)
    var unsure = UnsureFrequencies()
    for vector in chunk.vectors {
      let (drop, isUnsure) = geometry.drop(chunk, vector, others: others)
      unsure.note(isUnsure, vector)
      chunk.write(drop, vector, to: grid)
    }
    return unsure.indices(in: chunk)
  }
}
