import Foundation

/// Bodies in a chain, in a time that runs slower the closer they are, by extrapolation: encounters need no more
/// steps than the way between them, and lose no digits.
///
/// In s, with dt = ds / U, the motion is that of ln(T + B) − ln U, whose parts are both integrable: T and U
/// are the kinetic and the turned potential energy, B = U − T at the beginning. Two bodies stay on their
/// ellipse exactly under its leapfrogs, with an error of the time only, and pass even through a collision. Steps
/// of 2, 4, 6 … leapfrogs are extrapolated to infinitely many (Gragg, Bulirsch and Stoer), as many as are
/// cheapest. The time is a coordinate: a step that passes one that is asked for is made again until it ends there.
///
/// Complexity: O(bodies²) a leapfrog, some 80 leapfrogs a step. References: Mikkola & Tanikawa (1999), MNRAS
/// 310, 745; Preto & Tremaine (1999), AJ 118, 2532, §3; Mikkola & Merritt (2008), AJ 135, 2398, §2.
public struct AlgorithmicRegularization: GravityIntegrator, Codable, Equatable {
  public var gravitationalConstant = 1.0
  /// What the last column of the extrapolation may change each link by, relative to it: below 1e-14 it is
  /// rounding.
  public var tolerance = 1e-13
  /// Those that are made again count.
  public var maximumSteps = 1_000_000

  public init() {}

  public var name: String { "chain" }
  public var positiveSettings: [(name: String, value: Double)] {
    [("tolerance", tolerance), ("maximum steps", Double(maximumSteps))]
  }

  public func future(of system: GravitySystem, times: [Double]) -> Trajectory {
    var path = Trajectory(times: times.count, bodies: system.masses.count)
    let bodies = PointMasses(system, gravitationalConstant: gravitationalConstant)
    let step = ExtrapolatedStep(BodyChain(bodies), tolerance: tolerance)
    let shortest = 0x1p-200 * step.length
    var attempts = 0
    var (time, timeRemainder) = (0.0, 0.0)
    for (index, end) in times.enumerated() {
      // Of the step that ends at the time, once one has passed it.
      var (low, high) = (0.0, Double.infinity)
      while time < end {
        guard attempts < maximumSteps else {
          path.end = .stepLimit
          return path
        }
        attempts += 1
        let length = step.length
        guard step.iterate() else {
          guard step.length > shortest else {
            path.end = .collision
            return path
          }
          continue
        }
        let left = (end - time) - timeRemainder
        let excess = step.duration - left
        let isExact = abs(excess) <= max(0.5 * end.ulp, left.ulp)
        if excess >= 0 || high < .infinity, !isExact {
          (low, high) = excess >= 0 ? (low, length) : (length, high)
          // Newton's method, dt = ds / U, or else halves.
          let newton = length - excess * step.binding
          let next = newton > low && newton < high ? newton : 0.5 * (low + high)
          if next > low, next < high {
            step.length = next
            continue
          }
        }
        step.accept()
        path.steps += 1
        path.leastSeparation = 1 / step.largestInverseSquare.squareRoot()
        if high < .infinity || isExact {
          (time, timeRemainder) = (end, 0)
        } else {
          let rest = step.duration + timeRemainder
          let sum = time + rest
          (time, timeRemainder) = (sum, rest - (sum - time))
        }
      }
      step.chain.write(to: &path, at: index, time: time)
    }
    return path
  }
}
