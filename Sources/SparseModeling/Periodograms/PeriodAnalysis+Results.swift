import Foundation

extension PeriodAnalysis {
  /// From the first to the last time of all bands.
  public var duration: Double {
    let times = bands.flatMap(\.times)
    return times.max()! - times.min()!
  }

  /// The mean of what the modes leave in a band, weighted by 1/error².
  public func level(ofBand index: Int) -> Double {
    let band = bands[index]
    let rest = model.map { band.subtracting($0.signal(at: band.times, band: index)) } ?? band
    var (sum, weights) = (0.0, 0.0)
    for k in rest.values.indices {
      let weight = 1 / (rest.errors[k] * rest.errors[k])
      sum += weight * rest.values[k]
      weights += weight
    }
    return sum / weights
  }

  /// The shape of a family's light curve in the band that has most measurements.
  public struct Shape: Encodable, Sendable {
    public let mode: Int
    public let ratios: [FourierRatios.Ratio]
  }

  /// Of families with harmonics.
  public var fourierRatios: [Shape] {
    guard let model, let families else { return [] }
    let band = bands.indices.max { bands[$0].count < bands[$1].count }!
    return families.families.compactMap { family in
      let harmonics = family.members.filter { $0.halves % 2 == 0 && $0.halves > 2 }
        .map { (harmonic: $0.halves / 2, mode: $0.mode) }.sorted { $0.harmonic < $1.harmonic }
      guard !harmonics.isEmpty else { return nil }
      return Shape(
        mode: family.head + 1,
        ratios: FourierRatios(model, first: family.head, harmonics: harmonics, band: band).ratios)
    }
  }
}
