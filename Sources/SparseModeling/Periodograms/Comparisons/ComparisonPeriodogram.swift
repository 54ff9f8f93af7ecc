/// An established way to look for periods, to be seen beside the sparse spectrum.
public protocol ComparisonPeriodogram: Sendable {
  /// As legends have it.
  var name: String { get }
  /// What its spectrum is, as axes have it.
  var quantity: String { get }
  /// Whether the best frequency is where the spectrum is lowest rather than highest.
  var isBestLowest: Bool { get }

  /// The spectrum of a light curve at every frequency of a grid, `[grid]`, finite.
  ///
  /// Whatever the number of threads, the result is the same.
  func spectrum(of series: TimeSeries, on grid: FrequencyGrid, threads: Int) -> [Double]
}

extension ComparisonPeriodogram {
  /// The index of the best value of a spectrum; the lowest frequency of those that are alike.
  public func best(in spectrum: [Double]) -> Int {
    spectrum.indices.reduce(0) { best, k in
      let isBetter = isBestLowest ? spectrum[k] < spectrum[best] : spectrum[k] > spectrum[best]
      return isBetter ? k : best
    }
  }
}

/// The comparisons there are. A new one is one line here.
public enum ComparisonPeriodograms {
  public static let all: [any ComparisonPeriodogram] = [
    SequentialPrewhitening(),
    SpectralClean(),
    PhaseDispersion(),
    BoxLeastSquares(),
  ]
}
