import Foundation
import NumericalMethods

/// A solution in the units of the data: per band a polynomial and sinusoids, their amplitudes still shrunk.
public struct GroupLassoModel: Sendable {
  public struct Band: Sendable {
    /// A and B of A cos 2πf(t − origin) + B sin 2πf(t − origin), `[frequencies]`.
    public let cosines: [Double]
    public let sines: [Double]
    public let origin: Double
    /// Of the powers of (t − origin)/`timeScale`.
    public let baseline: [Double]
    public let timeScale: Double
  }

  public let frequencies: [Double]
  public let bands: [Band]

  /// The brightness in a band.
  public func value(at time: Double, band index: Int) -> Double {
    let band = bands[index]
    let offset = time - band.origin
    var value = band.baseline.reversed().reduce(0) { $0 * offset / band.timeScale + $1 }
    for (k, frequency) in frequencies.enumerated() {
      let turns = frequency * offset
      let angle = 2 * .pi * (turns - turns.rounded())
      value += band.cosines[k] * cos(angle) + band.sines[k] * sin(angle)
    }
    return value
  }
}

extension SinusoidDictionary {
  /// What a solution says of the data.
  public func model(of solution: GroupLassoSolution) -> GroupLassoModel {
    let bands = bands.enumerated().map { b, band in
      var (cosines, sines): ([Double], [Double]) = ([], [])
      for (k, group) in solution.groups.enumerated() {
        let transform = band.pair(at: group).transform
        let first = solution.coefficients[k * groupSize + 2 * b]
        let second = solution.coefficients[k * groupSize + 2 * b + 1]
        cosines.append(transform[0] * first + transform[1] * second)
        sines.append(transform[2] * first + transform[3] * second)
      }
      let sinusoids = GroupLassoModel(
        frequencies: solution.groups.map { grid[$0] },
        bands: [
          .init(cosines: cosines, sines: sines, origin: band.origin, baseline: [], timeScale: 1)
        ])
      let (baseline, scale) = band.polynomial(beside: { sinusoids.value(at: $0, band: 0) })
      return GroupLassoModel.Band(
        cosines: cosines, sines: sines, origin: band.origin, baseline: baseline, timeScale: scale)
    }
    return GroupLassoModel(frequencies: solution.groups.map { grid[$0] }, bands: bands)
  }
}

extension SinusoidBand {
  /// The baseline's coefficients that fit the data less a `model` best, and the scale of time.
  func polynomial(beside model: (Double) -> Double) -> (coefficients: [Double], scale: Double) {
    let scale = series.duration / 2
    let powers = (0...degree).map { power in
      times.indices.map { pow((times[$0] - origin) / scale, Double(power)) * whitening[$0] }
    }
    let rest = times.indices.map { (series.values[$0] - model(times[$0])) * whitening[$0] }
    let count = powers.count
    var matrix = [Double](repeating: 0, count: count * count)
    for i in 0..<count {
      for j in 0..<count { matrix[i * count + j] = dot(powers[i], powers[j]) }
    }
    guard let factor = CholeskyFactor(matrix, count: count) else {
      // Fewer times than powers: the mean is all there is.
      let mean = dot(powers[0], rest) / dot(powers[0], powers[0])
      return ([mean] + [Double](repeating: 0, count: degree), scale)
    }
    return (factor.solve(powers.map { dot($0, rest) }), scale)
  }
}
