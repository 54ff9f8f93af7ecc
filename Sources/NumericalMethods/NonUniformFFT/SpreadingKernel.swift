import CGSL
import Foundation

/// The exponential of semicircle, φ(t) = exp(β(√(1 − (2t/w)²) − 1)) for |t| ≤ w/2, t in steps of the grid.
///
/// Reference: Barnett, Magland & af Klinteberg (2019), SIAM J. Sci. Comput. 41, C479, Eq. 1.8.
public struct SpreadingKernel: Sendable {
  /// Number of grid points a point is spread to along one dimension.
  public let width: Int
  public let beta: Double

  public static let widths = 2...15

  /// The kernel for a grid finer than the modes' by the factor `upsampling`.
  ///
  /// β = γπw(1 − 1/(2σ)); γ minimises `error`, found numerically for σ from 1.25 to 2.
  public init(width: Int, upsampling: Double) {
    precondition(Self.widths.contains(width) && upsampling > 1)
    self.width = width
    let w = Double(width)
    beta = (1 - 1.9 / (upsampling * w * w)) * .pi * w * (1 - 1 / (2 * upsampling))
  }

  /// The relative root-mean-square error of one-dimensional transforms: what the kernel lets through of
  /// the modes' images at other periods of the grid, over all modes.
  ///
  /// A fit, good to a tenth or two, to the sums over the first three images on either side.
  public static func error(width: Int, upsampling: Double) -> Double {
    let w = Double(width)
    return upsampling * upsampling * (0.8 + 0.04 * w)
      * exp(-Double.pi * w * (1 - 1 / upsampling).squareRoot())
  }

  /// The least upsampling, to a hundredth, for which the error is at most `tolerance`; nil if there is none
  /// below 3.
  public static func upsampling(width: Int, tolerance: Double) -> Double? {
    stride(from: 1.15, through: 3, by: 0.01).first {
      error(width: width, upsampling: $0) <= tolerance
    }
  }

  /// φ(t).
  public func value(at t: Double) -> Double {
    let z = 2 * t / Double(width)
    return z * z <= 1 ? exp(beta * ((1 - z * z).squareRoot() - 1)) : 0
  }

  /// ∫ φ(t) exp(2πikt/n) dt for k from 0 to `count` − 1.
  ///
  /// Complexity: O(count · width).
  public func transform(count: Int, gridLength n: Int) -> [Double] {
    let nodes = 4 + 2 * width
    let table = gsl_integration_glfixed_table_alloc(nodes)!
    defer { gsl_integration_glfixed_table_free(table) }
    let terms = (0..<nodes).map { i in
      var (node, weight) = (0.0, 0.0)
      gsl_integration_glfixed_point(0, Double(width) / 2, i, &node, &weight, table)
      return (amplitude: 2 * weight * value(at: node), angle: 2 * Double.pi * node / Double(n))
    }
    // Eight k at once, turned on by eight, and anew before rounding adds up.
    let lanes = SIMD8<Double>(0, 1, 2, 3, 4, 5, 6, 7)
    var sums = [SIMD8<Double>](repeating: .zero, count: (count + 7) / 8)
    for start in stride(from: 0, to: sums.count, by: 32) {
      for (amplitude, angle) in terms {
        let first = (lanes + Double(8 * start)) * angle
        var (cosine, sine) = (SIMD8<Double>(), SIMD8<Double>())
        for lane in 0..<8 { (cosine[lane], sine[lane]) = (cos(first[lane]), sin(first[lane])) }
        let (stepCosine, stepSine) = (
          SIMD8(repeating: cos(8 * angle)), SIMD8(repeating: sin(8 * angle))
        )
        for k in start..<min(start + 32, sums.count) {
          sums[k] += amplitude * cosine
          (cosine, sine) = (
            cosine * stepCosine - sine * stepSine, sine * stepCosine + cosine * stepSine
          )
        }
      }
    }
    return (0..<count).map { sums[$0 / 8][$0 % 8] }
  }
}
