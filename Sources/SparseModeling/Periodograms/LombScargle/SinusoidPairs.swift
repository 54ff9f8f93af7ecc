import NumericalMethods

/// Orthonormal cosine–sine pairs at all frequencies of a grid, in one or several bands of which each has
/// its own, next to what else is fitted: kept as three numbers a frequency and band, so that the pairs'
/// products with a residual take one transform.
///
/// Memory: 24 bytes a frequency and band.
public final class SinusoidPairs: Sendable {
  public let grid: FrequencyGrid
  /// Frequencies where the pair of some band is not told from what else is fitted there; it counts as
  /// zero columns.
  public let singular: [Int]
  private let threads: Int
  private let layout: FrequencyBlocks
  private let bands: [Band]

  /// - Parameters:
  ///   - bands: times and standard deviations of each band.
  ///   - bases: what else is fitted in each, whitened.
  public init(
    bands: [(times: [Double], errors: [Double])], bases: [OrthonormalColumns],
    grid: FrequencyGrid, threads: Int = 1
  ) {
    precondition(bands.count == bases.count && !bands.isEmpty)
    (self.grid, self.threads) = (grid, threads)
    let times = bands.map { OrderedTimes($0.times) }
    let layout = FrequencyBlocks(
      grid: grid, duration: times.map(\.duration).max()!, points: times.map(\.count).max()!,
      multiple: 2)
    self.layout = layout
    self.bands = bands.indices.map { k in
      Band(times[k], errors: bands[k].errors, basis: bases[k], layout: layout, threads: threads)
    }
    singular = Set(self.bands.flatMap(\.singular)).sorted()
  }

  public var blockCount: Int { layout.count }

  /// The frequencies that are transformed together, by index; about 5,000 for short series.
  public func indices(ofBlock block: Int) -> Range<Int> { layout.indices(of: block) }

  /// ‖Qᵀr‖² at every frequency, `[grid]`: how much its sinusoids lower χ².
  ///
  /// - Parameter residuals: of each band, whitened, and orthogonal to its basis.
  public func squares(of residuals: [[Double]]) -> [Double] {
    largeArray(grid.count) {
      update($0, with: residuals, blocks: Array(0..<blockCount))
    }
  }

  /// Puts ‖Qᵀr‖² into `squares`, `[grid]`, at the frequencies of some blocks.
  ///
  /// Complexity: that of as many blocks of one transform a band.
  public func update(_ squares: inout [Double], with residuals: [[Double]], blocks: [Int]) {
    precondition(squares.count == grid.count)
    squares.withUnsafeMutableBufferPointer {
      update($0.baseAddress!, with: residuals, blocks: blocks)
    }
  }

  private func update(
    _ squares: UnsafeMutablePointer<Double>, with residuals: [[Double]], blocks: [Int]
  ) {
    precondition(residuals.count == bands.count)
    for (k, band) in bands.enumerated() {
      band.update(
        squares, with: residuals[k], blocks: blocks, adding: k > 0, threads: threads)
    }
  }

  /// The orthonormal pair at a frequency in each band, whitened, `[band][2][points]`: of the cosine, and of
  /// what of the sine is left beside it; zeros where they are singular.
  public func columns(at index: Int) -> [[[Double]]] {
    bands.map { band in
      var fit = band.fit
      return fit.columns(at: grid[index])
        ?? [[Double]](repeating: [Double](repeating: 0, count: band.fit.count), count: 2)
    }
  }
}

extension SinusoidPairs {
  /// One band's part.
  private final class Band: Sendable {
    let fit: SinusoidFit
    let singular: [Int]
    private let spectra: BlockSpectra
    private let whitening: [Double]
    /// Coefficients of the squares of cosine and sine, and of their product, `[vector][3]`; zeros where
    /// sums over all points are needed.
    private let forms: [SIMD8<Double>]
    private let exact: [(index: Int, pair: [[SIMD8<Double>]])]

    init(
      _ times: OrderedTimes, errors: [Double], basis: OrthonormalColumns, layout: FrequencyBlocks,
      threads: Int
    ) {
      let whitening = errors.map { 1 / $0 }
      self.whitening = whitening
      let spectra = BlockSpectra(times, layout: layout, multiples: [1, 2])
      let squares = whitening.map { $0 * $0 }
      let total = squares.reduce(0, +)
      let terms =
        [spectra.term(squares, multiple: 2)]
        + basis.columns.map { column in
          spectra.term(zip(column, whitening).map { $0 * $1 }, multiple: 1)
        }
      let found = ConcurrentList()
      let vectors = layout.count * layout.blockLength / 8
      self.spectra = spectra
      forms = largeArray(3 * vectors) { forms in
        nonisolated(unsafe) let forms: UnsafeMutablePointer<SIMD8<Double>> = forms
        let least = SIMD8<Double>(repeating: PairGeometry.leastShare * total * total)
        spectra.run(terms, blocks: Array(0..<layout.count), threads: threads) { chunk in
          let start = forms + 3 * chunk.first / 8
          var unsure = UnsureFrequencies()
          for vector in chunk.vectors {
            let pair = chunk.geometry(vector, total: total, window: 0, others: 1..<terms.count)
            let isUnsure = pair.determinant .< least
            unsure.note(isUnsure, vector)
            let inverse = (1 / pair.determinant).replacing(with: 0, where: isUnsure)
            start[3 * vector] = pair.ss * inverse
            start[3 * vector + 1] = pair.cc * inverse
            start[3 * vector + 2] = -2 * pair.cs * inverse
          }
          found.append(unsure.indices(in: chunk))
        }
      }
      var fit = SinusoidFit(times, whitening: whitening, basis: basis)
      self.fit = fit
      var (exact, singular) = ([(index: Int, pair: [[SIMD8<Double>]])](), [Int]())
      for index in found.sorted() {
        if let pair = fit.columnsInOrder(at: layout.grid[index]) {
          exact.append((index, pair))
        } else {
          singular.append(index)
        }
      }
      (self.exact, self.singular) = (exact, singular)
    }

    func update(
      _ squares: UnsafeMutablePointer<Double>, with residual: [Double], blocks: [Int],
      adding: Bool, threads: Int
    ) {
      let terms = [
        spectra.term(zip(residual, whitening).map { $0 * $1 }, multiple: 1)
      ]
      nonisolated(unsafe) let squares = squares
      forms.withUnsafeBufferPointer { forms in
        nonisolated(unsafe) let forms = forms.baseAddress!
        spectra.run(terms, blocks: blocks, threads: threads) { chunk in
          let start = forms + 3 * chunk.first / 8
          for vector in chunk.vectors {
            let (c, s) = (chunk.real(0, vector), chunk.imaginary(0, vector))
            var value =
              start[3 * vector] * c * c + start[3 * vector + 1] * s * s
              + start[3 * vector + 2] * c * s
            if adding { value += chunk.read(vector, from: squares) }
            chunk.write(value, vector, to: squares)
          }
        }
      }
      let arranged = spectra.times.arranged(residual)
      let isChosen = Set(blocks)
      for (index, pair) in exact where isChosen.contains(index / spectra.layout.blockLength) {
        squares[index] += SinusoidFit.square(of: arranged, in: pair)
      }
    }
  }
}
