/// Surface brightness of a source against μ, the cosine of the angle to the star's normal.
///
/// At a distance r (source radii) from the centre of the disc μ = √(1 − r²). Coefficients as the
/// tables of stellar atmospheres give them; `linear(u)` is Γ = 2u/(3 − u) in the form that conserves
/// the flux.
public enum LimbDarkening: Sendable, Equatable {
  case uniform
  /// I(μ)/I(1) = 1 − u(1 − μ).
  case linear(u: Double)
  /// I(μ)/I(1) = 1 − c(1 − μ) − d(1 − √μ) (Díaz-Cordovés & Giménez 1992).
  case squareRoot(c: Double, d: Double)
  /// I(μ)/I(1) = 1 − a(1 − μ) − b(1 − μ)² (Kopal 1950).
  case quadratic(a: Double, b: Double)

  /// I(μ)/I(1).
  public func intensity(mu: Double) -> Double {
    let shade = 1 - mu
    switch self {
    case .uniform: return 1
    case .linear(let u): return 1 - u * shade
    case .squareRoot(let c, let d): return 1 - c * shade - d * (1 - mu.squareRoot())
    case .quadratic(let a, let b): return 1 - a * shade - b * shade * shade
    }
  }

  /// Flux of the disc over that of a uniform disc with the brightness of the centre.
  public var meanIntensity: Double {
    switch self {
    case .uniform: 1
    case .linear(let u): 1 - u / 3
    case .squareRoot(let c, let d): 1 - c / 3 - d / 5
    case .quadratic(let a, let b): 1 - a / 3 - b / 6
    }
  }

  /// Mean square distance from the disc's centre, as seen, over that of a uniform disc.
  var quadrupoleFactor: Double {
    // ∫ I (1 − μ²) μ dμ, a quarter for the uniform disc.
    let moment =
      switch self {
      case .uniform: 0.25
      case .linear(let u): 0.25 - u * (0.25 - 2.0 / 15)
      case .squareRoot(let c, let d): 0.25 - c * (0.25 - 2.0 / 15) - d * (0.25 - 8.0 / 45)
      case .quadratic(let a, let b):
        0.25 - a * (0.25 - 2.0 / 15) - b * (0.25 - 4.0 / 15 + 1.0 / 12)
      }
    return 4 * moment / meanIntensity
  }

  /// Brightness at the limb.
  var limb: Double { intensity(mu: 0) }

  /// 2t dI/dμ at μ = t²: finite at the limb for all laws.
  func slope(_ t: Double) -> Double {
    switch self {
    case .uniform: 0
    case .linear(let u): 2 * u * t
    case .squareRoot(let c, let d): 2 * c * t + d
    case .quadratic(let a, let b): 2 * t * (a + 2 * b * (1 - t * t))
    }
  }

  /// - Throws: `MicrolensingError.invalidParameter` for coefficients that are not finite or that make
  ///   the disc's brightness negative somewhere.
  public func validate() throws(MicrolensingError) {
    let named: [(String, Double)] =
      switch self {
      case .uniform: []
      case .linear(let u): [("u", u)]
      case .squareRoot(let c, let d): [("c", c), ("d", d)]
      case .quadratic(let a, let b): [("a", a), ("b", b)]
      }
    for (name, value) in named { try MicrolensingError.requireFinite(value, name) }
    for step in 0...1000 where intensity(mu: Double(step) / 1000) < 0 {
      throw .invalidParameter(
        name: named.map(\.0).joined(separator: ", "), value: named[0].1,
        requirement: "such that the brightness is nowhere negative")
    }
  }
}
