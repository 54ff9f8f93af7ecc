import Foundation

/// κ Σ (β ln(β/m) − β + m), for images that are positive and as near to a prior image m as the data let them.
///
/// Pixels of zero prior are zero.
///
/// Reference: Narayan & Nityananda (1986), ARA&A 24, 127.
public struct MaximumEntropy: SeparableRegularizer {
  /// κ, per jansky.
  public var weight: Double
  /// m, `[height, width]`, Jy per pixel.
  public let prior: [Double]
  /// ln m.
  private let logPrior: [Double]

  public init(weight: Double, prior: [Double]) {
    precondition(weight > 0 && prior.allSatisfy { $0 >= 0 && $0.isFinite })
    self.weight = weight
    self.prior = prior
    logPrior = prior.map { log($0) }
  }

  /// A flat prior of `flux`, Jy, on `count` pixels.
  public init(weight: Double, flux: Double, count: Int) {
    self.init(weight: weight, prior: [Double](repeating: flux / Double(count), count: count))
  }

  public func value(_ pixels: [Double], width: Int = 0) -> Double {
    weight
      * pixels.indices.reduce(0) { sum, k in
        let value = pixels[k]
        if value < 0 { return .infinity }
        return sum + (value == 0 ? prior[k] : value * (log(value) - logPrior[k] - 1) + prior[k])
      }
  }

  /// The slope is κ ln(β/m); where the prior is zero, none.
  public func value(
    _ pixels: [Double], width: Int, addingGradientTo gradient: inout [Double]
  ) -> Double {
    for k in pixels.indices where prior[k] > 0 {
      gradient[k] += weight * (log(pixels[k]) - logPrior[k])
    }
    return value(pixels, width: width)
  }

  /// β + t ln(β/m) = x, t = `step` κ, by way of β = t ω(x/t + ln(m/t)).
  public func proximal(_ pixels: [Double], step: Double) -> [Double] {
    let scale = step * weight
    let shift = log(scale)
    return pixels.indices.map { scale * Self.omega(pixels[$0] / scale + (logPrior[$0] - shift)) }
  }

  /// κ Σ m (exp(p/κ) − 1).
  public func conjugate(_ p: [Double]) -> Double {
    weight
      * p.indices.reduce(0) { $0 + (prior[$1] == 0 ? 0 : prior[$1] * expm1(p[$1] / weight)) }
  }

  public func feasibleScale(_ p: [Double]) -> Double { 1 }

  /// The ω for which ω + ln ω = x, Lambert's W(eˣ), which no x makes overflow.
  ///
  /// Reference: Fritsch, Shafer & Crowley (1973), Commun. ACM 16, 123 (errors to the fourth power).
  private static func omega(_ x: Double) -> Double {
    if x < -700 { return exp(x) }
    var omega = x < 1 ? exp(x) / (1 + exp(x)) : max(1, x - log(x))
    while true {
      let residual = x - omega - log(omega)
      let next = 1 + omega
      let product = 2 * next * (next + 2 * residual / 3)
      let change = residual / next * (product - residual) / (product - 2 * residual)
      omega += omega * change
      if !(abs(change) > 1e-4) { return omega }
    }
  }
}
