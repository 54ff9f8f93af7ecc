import Foundation

/// Magnification by one point mass, lengths in Einstein radii.
public enum SingleLens {
  /// Magnification of a point source at distance `u` from the lens.
  ///
  /// Infinite at u = 0. Reference: Paczyński 1986, ApJ 304, 1.
  public static func magnification(u: Double) -> Double {
    let squared = u * u
    if squared > 1e8 { return 1 + 2 / (squared * squared) }
    return (squared + 2) / (abs(u) * (squared + 4).squareRoot())
  }

  /// Magnification of a uniform disc of radius `rho` (0 for a point) at distance `u`.
  ///
  /// The disc is integrated over rays from the lens, where the radial integral is
  /// ½ r √(r² + 4); equal steps of an angle that clusters at the tangent rays.
  ///
  /// Reference: Lee et al. 2009, ApJ 695, 200 (equations 5–7).
  ///
  /// - Parameter tolerance: relative error aimed at.
  public static func magnification(u: Double, rho: Double, tolerance: Double = 1e-4) -> Double {
    precondition(rho >= 0 && rho.isFinite, "rho must be zero or more and finite")
    precondition(tolerance > 0, "tolerance must be positive")
    let distance = abs(u)
    if rho == 0 { return magnification(u: distance) }
    // Next to the lens A = 1/u dominates; its hexadecapole is 9/192 (ρ/u)⁴.
    let ratio = rho / distance
    if 0.1 * ratio * ratio * ratio * ratio < tolerance, ratio < 0.5, rho < 0.3 {
      return magnification(u: distance) + quadrupole(distance, rho)
    }
    let integral = adaptive(0, 1, tolerance: 0.1 * tolerance) { integrand($0, distance, rho) }
    return max(1, integral / (Double.pi * rho * rho))
  }

  /// ρ²/8 ∇²A with A = (u²+2)/(u√(u²+4)).
  private static func quadrupole(_ u: Double, _ rho: Double) -> Double {
    let squared = u * u
    let root = (squared + 4).squareRoot()
    let cube = squared + 4
    // A′ = −8/(u² (u²+4)^{3/2}); A″ + A′/u follows.
    let first = -8 / (squared * cube * root)
    let second = -first * (2 / u + 3 * u / cube)
    return rho * rho / 8 * (second + first / u)
  }

  /// ∫ of ½ r √(r² + 4) between the crossings of the disc, over one half of the rays.
  ///
  /// `t` in [0, 1] runs over the rays of the upper half plane.
  private static func integrand(_ t: Double, _ u: Double, _ rho: Double) -> Double {
    func area(_ r: Double) -> Double { r * (r * r + 4).squareRoot() }
    if u >= rho {
      // sin φ = (ρ/u) sin ψ removes the square root at the tangent ray.
      let psi = 0.5 * Double.pi * t
      let sine = rho / u * sin(psi)
      let cosine = (max(0, 1 - sine * sine)).squareRoot()
      guard cosine > 0 else { return 0 }
      let half = rho * cos(psi)
      let slope = half / (u * cosine)
      return 0.5 * Double.pi * slope * (area(u * cosine + half) - area(u * cosine - half))
    }
    // The chord is short at φ beyond π/2 when u is close to ρ: nodes cluster there on both sides.
    let upper = t < 0.5
    let v = upper ? 1 - 2 * t : 2 * t - 1
    let phi = 0.5 * Double.pi * (upper ? 1 - v * v : 1 + v * v)
    let perpendicular = u * sin(phi)
    let half = (max(0, rho * rho - perpendicular * perpendicular)).squareRoot()
    // u cos φ + half, without cancellation for φ > π/2.
    let along = u * cos(phi)
    let r = along >= 0 ? along + half : (rho * rho - u * u) / (half - along)
    return 0.5 * Double.pi * 4 * v * area(r)
  }

  private static func adaptive(
    _ low: Double, _ high: Double, tolerance: Double, _ f: (Double) -> Double
  ) -> Double {
    func panel(_ a: Double, _ b: Double) -> (a: Double, b: Double, value: Double, error: Double) {
      let (half, middle) = (0.5 * (b - a), 0.5 * (b + a))
      var (inner, outer) = (Lanes(repeating: 0), Lanes(repeating: 0))
      for lane in 0..<8 {
        inner[lane] = f(middle + half * GaussKronrod.inner[lane])
        outer[lane] = f(middle + half * GaussKronrod.outer[lane])
      }
      let result = GaussKronrod.integral(inner, outer, scale: half)
      return (a, b, result.value, result.error)
    }
    let middle = 0.5 * (low + high)
    var panels = [panel(low, middle), panel(middle, high)]
    for _ in 0..<60 {
      var worst = 0
      var (total, error) = (0.0, 0.0)
      for (k, part) in panels.enumerated() {
        total += part.value
        error += part.error
        if part.error > panels[worst].error { worst = k }
      }
      if error <= tolerance * abs(total) { break }
      let part = panels[worst]
      let cut = 0.5 * (part.a + part.b)
      panels[worst] = panel(part.a, cut)
      panels.append(panel(cut, part.b))
    }
    return panels.reduce(0) { $0 + $1.value }
  }
}
