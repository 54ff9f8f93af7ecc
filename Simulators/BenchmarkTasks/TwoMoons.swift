import Foundation
import Probability

/// The two-moons benchmark: two parameters whose posterior is a pair of thin crescents.
///
/// Reference: Greenberg, Nonnenmacher & Macke (2019), ICML, arXiv:1905.07488, appendix A.5.1, with the
/// constants of Lueckmann et al. (2021), AISTATS, arXiv:2101.04653, task T.8.
public struct TwoMoons: Simulator {
  public let parameterNames = ["theta_1", "theta_2"]
  public let signalCount = 2

  public init() {}

  public func signal(
    of theta: [Double], into signal: UnsafeMutableBufferPointer<Float>,
    using stream: inout RandomStream
  ) {
    let angle = Double.pi * (stream.uniform() - 0.5)
    let radius = 0.1 + 0.01 * stream.normal()
    signal[0] = Float(radius * cos(angle) + 0.25 - abs(theta[0] + theta[1]) / 2.0.squareRoot())
    signal[1] = Float(radius * sin(angle) + (theta[1] - theta[0]) / 2.0.squareRoot())
  }
}
