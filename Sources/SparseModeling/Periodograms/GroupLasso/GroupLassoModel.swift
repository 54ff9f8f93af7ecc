import Foundation
import NumericalMethods

/// A solution in the units of the data: per band a polynomial and sinusoids, their amplitudes still shrunk.
public struct GroupLassoModel: Sendable {
  public struct Band: Sendable {
    public let frequencies: [Double]
    /// A and B of A cos 2πf(t − origin) + B sin 2πf(t − origin), `[frequencies]`.
    public let cosines: [Double]
    public let sines: [Double]
    public let origin: Double
    /// Of the powers of (t − origin)/`timeScale`.
    public private(set) var baseline: [Double] = []
    public let timeScale: Double
  }

  public let frequencies: [Double]
  public let bands: [Band]
}

extension GroupLassoModel.Band {
  /// The brightness.
  public func value(at time: Double) -> Double {
    let offset = time - origin
    var value = baseline.reversed().reduce(0) { $0 * offset / timeScale + $1 }
    for (k, frequency) in frequencies.enumerated() {
      let turns = frequency * offset
      let angle = 2 * .pi * (turns - turns.rounded())
      value += cosines[k] * cos(angle) + sines[k] * sin(angle)
    }
    return value
  }

  /// With the baseline that fits the data beside the sinusoids best.
  init(_ band: SinusoidBand, frequencies: [Double], cosines: [Double], sines: [Double]) {
    (self.frequencies, self.cosines, self.sines) = (frequencies, cosines, sines)
    (origin, timeScale) = (band.origin, band.series.duration / 2)
    let series = band.series
    let powers = (0...band.degree).map { power in
      series.times.indices.map {
        pow((series.times[$0] - origin) / timeScale, Double(power)) * band.whitening[$0]
      }
    }
    let rest = series.times.indices.map {
      (series.values[$0] - value(at: series.times[$0])) * band.whitening[$0]
    }
    let products = powers.flatMap { row in powers.map { dot(row, $0) } }
    let right = powers.map { dot($0, rest) }
    // Fewer times than powers: the mean is all there is.
    baseline =
      CholeskyFactor(products, count: powers.count)?.solve(right)
      ?? [right[0] / products[0]] + [Double](repeating: 0, count: band.degree)
  }
}
