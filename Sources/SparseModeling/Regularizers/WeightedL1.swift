import Foundation

/// λ Σ wᵢ|βᵢ|, for images of few pixels that are not zero; pixels of infinite weight are zero.
///
/// Reference: Honma et al. (2014), PASJ 66, 95; Candès, Wakin & Boyd (2008), J. Fourier Anal. Appl. 14, 877
/// (weights).
public struct WeightedL1: SeparableRegularizer {
  /// λ, per jansky.
  public var weight: Double
  /// w, `[height, width]`; one where nil.
  public let pixelWeights: [Double]?
  /// Whether no pixel may be negative.
  public let isNonNegative: Bool

  public init(weight: Double, pixelWeights: [Double]? = nil, isNonNegative: Bool) {
    precondition(weight >= 0 && pixelWeights?.allSatisfy { $0 >= 0 } ?? true)
    self.weight = weight
    self.pixelWeights = pixelWeights
    self.isNonNegative = isNonNegative
  }

  /// λw of a pixel: how steep the rest of the objective must be for the pixel not to be zero.
  public func threshold(_ pixel: Int) -> Double {
    guard let factor = pixelWeights?[pixel] else { return weight }
    return factor == .infinity ? .infinity : weight * factor
  }

  public func value(
    _ pixels: [Double], width: Int, addingGradientTo gradient: inout [Double]
  ) -> Double {
    for k in pixels.indices where pixels[k] != 0 {
      gradient[k] += pixels[k] > 0 ? threshold(k) : -threshold(k)
    }
    return value(pixels)
  }

  public func value(_ pixels: [Double], width: Int = 0) -> Double {
    guard pixelWeights != nil else { return weight * pixels.reduce(0) { $0 + abs($1) } }
    return pixels.indices.reduce(0) { $0 + (pixels[$1] == 0 ? 0 : threshold($1) * abs(pixels[$1])) }
  }

  public func proximal(_ pixels: [Double], step: Double) -> [Double] {
    [Double](unsafeUninitializedCapacity: pixels.count) { result, written in
      // Without branches, as vectors.
      func shrink(_ k: Int, by limit: Double) {
        result[k] =
          isNonNegative ? max(0, pixels[k] - limit) : pixels[k] - max(-limit, min(limit, pixels[k]))
      }
      if pixelWeights == nil {
        let limit = step * weight
        for k in 0..<pixels.count { shrink(k, by: limit) }
      } else {
        for k in 0..<pixels.count { shrink(k, by: step * threshold(k)) }
      }
      written = pixels.count
    }
  }

  public func conjugate(_ p: [Double]) -> Double {
    p.indices.allSatisfy { steepness(p[$0]) <= threshold($0) * (1 + 1e-12) } ? 0 : .infinity
  }

  public func feasibleScale(_ p: [Double]) -> Double {
    p.indices.reduce(1) { scale, k in
      let (steepness, threshold) = (steepness(p[k]), threshold(k))
      return steepness > threshold ? min(scale, threshold / steepness) : scale
    }
  }

  /// The least λ for which the image is zero, `gradient` being minus the data's there.
  public func emptyingWeight(_ gradient: [Double]) -> Double {
    gradient.indices.reduce(0) { largest, k in
      let factor = pixelWeights?[k] ?? 1
      return factor > 0 ? max(largest, steepness(gradient[k]) / factor) : largest
    }
  }

  /// Minus the slope of the rest of the objective on the way out of zero, where steepest.
  func steepness(_ gradient: Double) -> Double { isNonNegative ? gradient : abs(gradient) }
}
