import NumericalMethods

extension LombScargle {
  /// The periodogram of an object in one or several bands: each with its own polynomial, amplitude and
  /// phase, so that their drops of χ² add up.
  ///
  /// - Parameter degree: of the polynomial in time that is fitted to each band: 0 for a mean.
  public static func periodogram(
    of bands: [TimeSeries], degree: Int = 0, grid: FrequencyGrid, harmonics: Int = 1,
    threads: Int = 1
  ) -> Periodogram {
    sum(bands, degree: degree) { band, residual, basis in
      LombScargle(
        times: band.times, errors: band.errors, grid: grid, harmonics: harmonics,
        threads: threads
      ).periodogram(of: residual, beside: basis)
    }
  }

  /// Those of many objects on one grid, which share what does not depend on their times; threads take an
  /// object each.
  public static func periodograms(
    of objects: [[TimeSeries]], degree: Int = 0, grid: FrequencyGrid, harmonics: Int = 1,
    threads: Int = 1
  ) -> [Periodogram] {
    parallelMap(objects.count, threads: threads) {
      periodogram(of: objects[$0], degree: degree, grid: grid, harmonics: harmonics)
    }
  }

  /// The periodogram at frequencies of any order and spacing, by sums over all points.
  ///
  /// Complexity: O(frequencies × points).
  public static func periodogram(
    of bands: [TimeSeries], degree: Int = 0, frequencies: [Double], harmonics: Int = 1,
    threads: Int = 1
  ) -> Periodogram {
    sum(bands, degree: degree) { band, residual, basis in
      let times = OrderedTimes(band.times)
      let arranged = times.arranged(residual)
      let fit = SinusoidFit(
        times, whitening: band.errors.map { 1 / $0 }, basis: basis, harmonics: harmonics)
      let part = 256
      let parts = parallelMap((frequencies.count + part - 1) / part, threads: threads) { k in
        var fit = fit
        return frequencies[k * part..<min((k + 1) * part, frequencies.count)].map {
          fit.drop(of: arranged, at: $0)
        }
      }
      let drops = parts.flatMap { $0 }
      return Periodogram(
        drop: drops.map { $0 ?? 0 }, singular: drops.indices.filter { drops[$0] == nil },
        chiSquare: dot(residual, residual), points: band.count)
    }
  }

  private static func sum(
    _ bands: [TimeSeries], degree: Int,
    _ one: (TimeSeries, _ residual: [Double], OrthonormalColumns) -> Periodogram
  ) -> Periodogram {
    precondition(!bands.isEmpty)
    let each = bands.map { band in
      let basis = OrthonormalColumns(polynomial: degree, times: band.times, errors: band.errors)
      let whitened = zip(band.values, band.errors).map { $0 / $1 }
      return one(band, basis.projectingOut(from: whitened), basis)
    }
    var total = each[0]
    for other in each.dropFirst() { total.add(other) }
    return total
  }
}
