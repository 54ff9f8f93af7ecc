import NumericalMethods

/// The drop of χ² by one more sinusoid at every frequency of a grid, beside those of a model, all bands
/// together.
///
/// Complexity: (2 modes + 2 + baselines) transforms a band; for the peaks alone, in a fine grid, one.
public struct ModeScan: Sendable {
  public let series: WhitenedSeries
  public let grid: FrequencyGrid
  private let periodograms: [LombScargle]
  private let screen: ModeScreen?
  /// From so many frequencies on, the search for peaks looks closely only where they may be.
  static let leastScreened = 50_000

  public init(_ series: WhitenedSeries, grid: FrequencyGrid, threads: Int = 1) {
    self.series = series
    self.grid = grid
    periodograms = series.bands.map { band in
      LombScargle(
        times: band.times, errors: band.whitening.map { 1 / $0 }, grid: grid, threads: threads)
    }
    let isFine = grid.step * series.duration <= SinusoidOverlaps.largestStep
    screen =
      grid.count >= Self.leastScreened && isFine
      ? ModeScreen(series, grid: grid, threads: threads) : nil
  }

  /// `[grid]`.
  public func drop(beside frequencies: [Double]) -> [Double] {
    drop(beside: frequencies, values: series)
  }

  /// The same of other values at the same times.
  func drop(beside frequencies: [Double], values: WhitenedSeries) -> [Double] {
    let drops = dropsByBand(beside: frequencies, values: values)
    var total = drops[0]
    for drop in drops.dropFirst() {
      for k in total.indices { total[k] += drop[k] }
    }
    return total
  }

  /// `[bands][grid]`
  func dropsByBand(
    beside frequencies: [Double], values: WhitenedSeries? = nil
  ) -> [[Double]] {
    zip((values ?? series).bands, periodograms).map { band, periodogram in
      let basis = Self.basis(band, frequencies)
      return periodogram.drop(of: basis.projectingOut(from: band.values), beside: basis)
    }
  }

  static func basis(_ band: WhitenedSeries.Band, _ frequencies: [Double]) -> OrthonormalColumns {
    var basis = band.baseline
    for frequency in frequencies {
      for column in sinusoid(band, frequency) { basis.append(column) }
    }
    return basis
  }

  /// Whitened cosine and sine.
  static func sinusoid(_ band: WhitenedSeries.Band, _ frequency: Double) -> [[Double]] {
    let count = band.times.count
    var (cosine, sine) = (
      [Double](repeating: 0, count: count), [Double](repeating: 0, count: count)
    )
    cosine.withUnsafeMutableBufferPointer { cosine in
      sine.withUnsafeMutableBufferPointer { sine in
        SinusoidColumns.fill(
          cosine: cosine.baseAddress!, sine: sine.baseAddress!, times: band.times,
          whitening: band.whitening, frequency: frequency)
      }
    }
    return [cosine, sine]
  }

  /// A frequency of the grid where a further mode lowers χ² more than at those next to it.
  public struct Peak: Sendable, Equatable {
    public let frequency: Double
    public let drop: Double
  }

  /// The highest local maxima of the drop beside `frequencies`, at least `separation` away from them, highest
  /// first; where that cuts a slope, its edge counts.
  public func peaks(
    beside frequencies: [Double], count: Int, apart separation: Double
  ) -> [Peak] {
    let excluded = grid.indices(within: separation, of: frequencies)
    var drop =
      frequencies.isEmpty
      ? nil : screen?.drop(beside: frequencies, peaks: count, excluded: excluded)
    if drop == nil {
      drop = self.drop(beside: frequencies)
      for range in excluded { for k in range { drop![k] = -1 } }
    }
    return Self.highest(of: drop!, count: count).map {
      Peak(frequency: grid[$0.index], drop: $0.height)
    }
  }

  /// Local maxima, the highest first.
  static func highest(
    of drop: [Double], count: Int
  ) -> [(height: Double, index: Int)] {
    var best: [(height: Double, index: Int)] = []
    for k in drop.indices {
      let height = drop[k]
      guard height > 0, best.count < count || height > best.last!.height else { continue }
      if k > 0, drop[k - 1] > height { continue }
      if k + 1 < drop.count, drop[k + 1] >= height { continue }
      let place = best.firstIndex { $0.height < height } ?? best.count
      best.insert((height, k), at: place)
      if best.count > count { best.removeLast() }
    }
    return best
  }
}

extension FrequencyGrid {
  /// Indices of the frequencies not farther than `distance` from some others.
  fileprivate func indices(
    within distance: Double, of frequencies: [Double]
  ) -> [ClosedRange<Int>] {
    frequencies.compactMap { frequency in
      let low = ((frequency - distance - first) / step).rounded(.up)
      let high = ((frequency + distance - first) / step).rounded(.down)
      guard high >= 0, low <= Double(count - 1), low <= high else { return nil }
      return max(0, Int(low))...min(count - 1, Int(high))
    }
  }
}
