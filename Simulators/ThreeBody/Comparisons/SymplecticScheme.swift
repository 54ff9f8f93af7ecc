import Foundation

/// Symmetric compositions of leapfrog steps: their fractions of a whole step raise the order.
///
/// References: Yoshida (1990), Phys. Lett. A 150, 262 (orders 4 and 6, solution A); Suzuki & Umeno (1993),
/// order 8, as given by Hairer, Lubich & Wanner (2006), Geometric Numerical Integration, V.3.11.
public enum SymplecticScheme: Int, Codable, Sendable, CaseIterable {
  case leapfrog = 2
  case fourth = 4
  case sixth = 6
  case eighth = 8

  public var order: Int { rawValue }

  /// Fractions of a step of the leapfrogs, one after the other; they sum to 1.
  public var weights: [Double] {
    let half: [Double] =
      switch self {
      case .leapfrog: []
      case .fourth: [1 / (2 - cbrt(2))]
      case .sixth:
        [0.78451361047755726382, 0.23557321335935813368, -1.17767998417887100695]
      case .eighth:
        [
          0.74167036435061295345, -0.40910082580003159400, 0.19075471029623837995,
          -0.57386247111608226666, 0.29906418130365592384, 0.33462491824529818378,
          0.31529309239676659663,
        ]
      }
    return half + [1 - 2 * half.reduce(0, +)] + half.reversed()
  }
}
