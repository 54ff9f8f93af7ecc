import Foundation
import Probability

/// "Simple likelihood, complex posterior": four draws of a normal law in the plane, whose mean,
/// deviations and correlation are made of five parameters. The posterior has four modes.
///
/// Reference: Papamakarios, Sterratt & Murray (2019), AISTATS, arXiv:1805.07226, appendix A.1.
public struct SLCP: Simulator {
  public init() {}

  public var parameterNames: [String] { (1...5).map { "theta_\($0)" } }
  public var signalCount: Int { 8 }

  public func signal(
    of theta: [Double], into signal: UnsafeMutableBufferPointer<Float>,
    using stream: inout RandomStream
  ) throws(SimulationFailure) {
    // Deviations are the squares; a little noise keeps the covariance positive.
    let (first, second) = (theta[2] * theta[2], theta[3] * theta[3])
    let covariance = tanh(theta[4]) * first * second
    let variances = (first * first + 1e-6, second * second + 1e-6)
    let (a, b) = (variances.0.squareRoot(), covariance / variances.0.squareRoot())
    let c = (variances.1 - b * b).squareRoot()
    for draw in 0..<4 {
      let (u, v) = stream.normalPair()
      signal[2 * draw] = Float(theta[0] + a * u)
      signal[2 * draw + 1] = Float(theta[1] + b * u + c * v)
    }
  }
}
