import Foundation

/// Gauss–Legendre rules on [0, 1], by Newton's method on the Legendre polynomials.
public enum GaussLegendre {
  public static func rule(_ n: Int) -> [(node: Double, weight: Double)] {
    precondition(n >= 2, "a rule needs two points or more")
    return (0..<n).map { k in
      var t = cos(Double.pi * (Double(k) + 0.75) / (Double(n) + 0.5))
      var slope = 1.0
      for _ in 0..<8 {
        var (previous, current) = (1.0, t)
        for j in 2...n {
          let next = (Double(2 * j - 1) * t * current - Double(j - 1) * previous) / Double(j)
          (previous, current) = (current, next)
        }
        slope = Double(n) * (t * current - previous) / (t * t - 1)
        t -= current / slope
      }
      return (0.5 * (1 + t), 1 / ((1 - t * t) * slope * slope))
    }
  }
}
