import Foundation
import Numerics
import Observations

/// What an array would measure of a known sky.
public struct SyntheticObservation: Sendable {
  /// Where and how well is measured; its values do not matter.
  public var coverage: VisibilitySet
  public var gains: StationGains?
  public var hasNoise: Bool

  public init(coverage: VisibilitySet, gains: StationGains? = nil, hasNoise: Bool = true) {
    self.coverage = coverage
    self.gains = gains
    self.hasNoise = hasNoise
  }

  /// (u, v) of the coverage, wavelengths.
  public var points: [SIMD2<Double>] { coverage.visibilities.map { SIMD2($0.u, $0.v) } }

  /// The measurements of an image in Jy per pixel, with a warning where its pixels are too large for the
  /// longest baselines.
  public func observe(_ image: SkyImage, seed: UInt64, threads: Int = 1) -> VisibilitySet {
    let points = points
    var result = measurements(of: image.visibilities(at: points, threads: threads), seed: seed)
    let limit = image.nyquistFrequency
    let beyond = points.count { max(abs($0.x), abs($0.y)) > limit }
    if beyond > 0 {
      result.warnings.append(
        "\(beyond) of \(points.count) visibilities have u or v beyond \(String(format: "%.4g", limit)) "
          + "wavelengths, 1/(2 pixels), where the image's transform repeats itself")
    }
    return result
  }

  /// The measurements of a model.
  public func observe(_ model: some SkyModel, seed: UInt64) -> VisibilitySet {
    measurements(of: model.visibilities(at: points), seed: seed)
  }

  /// Exact visibilities, multiplied by gains and with noise.
  private func measurements(of exact: [Complex<Double>], seed: UInt64) -> VisibilitySet {
    var result = coverage
    for (index, value) in exact.enumerated() { result.visibilities[index].value = value }
    gains?.apply(to: &result, seed: seed)
    if hasNoise { ThermalNoise.add(to: &result.visibilities, seed: seed) }
    return result
  }
}
