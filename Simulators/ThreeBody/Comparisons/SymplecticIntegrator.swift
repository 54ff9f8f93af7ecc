import Foundation

/// Leapfrog steps of one length, or compositions of them: the energy stays near what it was, for ever, as
/// long as no two bodies come close.
///
/// Complexity: O(bodies²) a leapfrog.
public struct SymplecticIntegrator: GravityIntegrator, Codable, Equatable {
  public var scheme: SymplecticScheme
  /// What a step takes at most: those from one output to the next are equal.
  public var step: Double
  public var gravitationalConstant = 1.0

  public init(scheme: SymplecticScheme, step: Double) {
    (self.scheme, self.step) = (scheme, step)
  }

  public var name: String {
    scheme == .leapfrog ? "leapfrog" : "composed leapfrog, order \(scheme.order)"
  }
  public var positiveSettings: [(name: String, value: Double)] { [("step", step)] }

  public func future(of system: GravitySystem, times: [Double]) -> Trajectory {
    var path = Trajectory(times: times.count, bodies: system.masses.count)
    var bodies = PointMasses(system, gravitationalConstant: gravitationalConstant)
    var accelerations = system.masses.map { _ in SIMD3<Double>.zero }
    let weights = scheme.weights
    var time = 0.0
    var least = Double.infinity
    for (index, end) in times.enumerated() {
      let count = ((end - time) / step).rounded(.up)
      let length = count > 0 ? (end - time) / count : 0
      for _ in 0..<Int(count) {
        // Neighbouring half drifts are one.
        var drift = 0.0
        for weight in weights {
          let part = weight * length
          Self.drift(&bodies, drift + 0.5 * part)
          least = min(least, bodies.accelerations(into: &accelerations))
          for body in accelerations.indices {
            bodies.accelerate(body, by: part * accelerations[body])
          }
          drift = 0.5 * part
        }
        Self.drift(&bodies, drift)
      }
      path.steps += Int(count)
      path.leastSeparation = least.squareRoot()
      guard bodies.positions.allSatisfy({ dot($0, $0).isFinite }) else {
        path.end = .collision
        return path
      }
      bodies.write(to: &path, at: index)
      time = end
    }
    return path
  }

  private static func drift(_ bodies: inout PointMasses, _ time: Double) {
    for body in bodies.strengths.indices { bodies.move(body, by: time * bodies.velocities[body]) }
  }
}
