import Foundation

/// IAS15: each step fits a polynomial of seventh order in time to the accelerations at the eight
/// Gauss–Radau places in it, over and over until nothing changes; the result is of order 15.
///
/// Complexity: O(bodies²) a place; two to four rounds of seven places a step. References: Rein & Spiegel
/// (2015), MNRAS 446, 1424, §2; Everhart (1985), IAU Colloq. 83, 185; the length of steps of Pham, Rein &
/// Spiegel (2024), Open J. Astrophys. 7, which unlike that of 2015 is not led astray by the rounding of b₆.
public struct GaussRadau: GravityIntegrator, Codable, Equatable {
  public var gravitationalConstant = 1.0
  /// b₆, the last term of the polynomial, relative to the acceleration: the length of a step is in proportion
  /// to its seventh root.
  public var tolerance = 1e-9
  public var maximumSteps = 1_000_000

  public init() {}

  public var name: String { "IAS15" }
  public var positiveSettings: [(name: String, value: Double)] {
    [("tolerance", tolerance), ("maximum steps", Double(maximumSteps))]
  }

  public func future(of system: GravitySystem, times: [Double]) -> Trajectory {
    var path = Trajectory(times: times.count, bodies: system.masses.count)
    let radau = RadauStep(PointMasses(system, gravitationalConstant: gravitationalConstant))
    // b₆ against the acceleration, by the seventh derivative.
    let scale = exp2(log2(5040 * tolerance) / 7)
    var (time, timeRemainder) = (0.0, 0.0)
    var proposal = 0.01 * scale * radau.shortestTime
    for (index, end) in times.enumerated() {
      while time < end {
        let left = (end - time) - timeRemainder
        let isLast = proposal >= left
        let step = isLast ? left : proposal
        guard step > 0x1p-60 * time else {
          path.end = .collision
          return path
        }
        guard path.steps < maximumSteps else {
          path.end = .stepLimit
          return path
        }
        radau.iterate(step)
        let wanted = radau.changeTime(step) * scale
        guard wanted >= 0.25 * step else {
          // What is not a number comes from bodies in one place.
          proposal = wanted > 0 ? wanted : 0.1 * step
          continue
        }
        radau.accept(step)
        path.steps += 1
        path.leastSeparation = radau.leastSquare.squareRoot()
        proposal = min(wanted, 4 * step)
        if isLast {
          (time, timeRemainder) = (end, 0)
        } else {
          let rest = step + timeRemainder
          let sum = time + rest
          (time, timeRemainder) = (sum, rest - (sum - time))
        }
      }
      radau.bodies.write(to: &path, at: index)
    }
    return path
  }
}
