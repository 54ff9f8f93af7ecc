import NumericalMethods

/// The drop of χ² by one more sinusoid at every frequency of a grid, beside those of a model, all bands
/// together.
///
/// Complexity: (2 modes + 2 + baselines) transforms a band.
struct ModeScan {
  let series: WhitenedSeries
  let grid: FrequencyGrid
  private let periodograms: [LombScargle]

  init(_ series: WhitenedSeries, grid: FrequencyGrid, threads: Int = 1) {
    self.series = series
    self.grid = grid
    periodograms = series.bands.map { band in
      LombScargle(
        times: band.times, errors: band.whitening.map { 1 / $0 }, grid: grid, threads: threads)
    }
  }

  /// `[grid]`.
  func drop(beside frequencies: [Double]) -> [Double] {
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
      basis.append(cosine)
      basis.append(sine)
    }
    return basis
  }

  /// The highest local maxima of a drop, at least `separation` away from `frequencies`, highest first;
  /// where that cuts a slope, its edge counts.
  func peaks(
    of drop: [Double], count: Int, apart separation: Double, from frequencies: [Double]
  ) -> [Double] {
    var drop = drop
    for frequency in frequencies {
      let low = ((frequency - separation - grid.first) / grid.step).rounded(.up)
      let high = ((frequency + separation - grid.first) / grid.step).rounded(.down)
      guard high >= 0, low <= Double(grid.count - 1), low <= high else { continue }
      for k in max(0, Int(low))...min(grid.count - 1, Int(high)) { drop[k] = -1 }
    }
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
    return best.map { grid[$0.index] }
  }
}
