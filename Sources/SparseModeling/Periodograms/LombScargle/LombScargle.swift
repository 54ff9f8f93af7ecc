import NumericalMethods

/// How much a sinusoid at each frequency of a grid lowers χ², next to other columns that are fitted with
/// it: the floating-mean Lomb–Scargle periodogram, not normalised.
///
/// Times in `times`, all else whitened (divided by the errors).
///
/// Errors stay below 1e-9 of χ². Complexity: that of `BlockSpectra` for as many transforms as there are
/// columns, and two.
///
/// Reference: Zechmeister & Kürster (2009), A&A 496, 577; Press & Rybicki (1989), ApJ 338, 277, for the
/// window at twice the frequency.
public final class LombScargle: Sendable {
  public let grid: FrequencyGrid
  private let threads: Int
  private let whitening: [Double]
  private let spectra: BlockSpectra

  /// - Parameter errors: standard deviations of the measurements.
  public init(times: [Double], errors: [Double], grid: FrequencyGrid, threads: Int = 1) {
    precondition(times.count == errors.count)
    self.grid = grid
    self.threads = threads
    whitening = errors.map { 1 / $0 }
    let ordered = OrderedTimes(times)
    let layout = FrequencyBlocks(
      grid: grid, duration: ordered.duration, points: times.count, multiple: 2)
    spectra = BlockSpectra(ordered, layout: layout, multiples: [1, 2], plans: .shared)
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
    let weighted = zip(residual, whitening).map { $0 * $1 }
    let squares = whitening.map { $0 * $0 }
    let total = squares.reduce(0, +)
    let terms =
      [spectra.term(squares, multiple: 2), spectra.term(weighted, multiple: 1)]
      + basis.columns.map { column in
        spectra.term(zip(column, whitening).map { $0 * $1 }, multiple: 1)
      }
    let found = ConcurrentList()
    var drop = frequencyArray(grid.count)
    drop.withUnsafeMutableBufferPointer { drop in
      nonisolated(unsafe) let drop = drop.baseAddress!
      let least = SIMD8<Double>(repeating: PairGeometry.leastShare * total * total)
      let blocks = Array(0..<spectra.layout.count)
      spectra.run(terms, blocks: blocks, threads: threads) { chunk in
        for vector in chunk.vectors {
          let pair = chunk.geometry(vector, total: total, window: 0, others: 2..<terms.count)
          let isUnsure = pair.determinant .< least
          if any(isUnsure) { found.append(chunk.indices(of: vector, where: isUnsure)) }
          let value = pair.drop(chunk.real(1, vector), chunk.imaginary(1, vector))
          chunk.write(value, vector, to: drop)
        }
      }
    }
    let arranged = spectra.times.arranged(residual)
    var fit = SinusoidFit(spectra.times, whitening: whitening, basis: basis)
    var singular: [Int] = []
    for index in found.sorted() {
      let value = fit.drop(of: arranged, at: grid[index])
      drop[index] = value ?? 0
      if value == nil { singular.append(index) }
    }
    return Periodogram(drop: drop, singular: singular)
  }
}
