import Foundation
import Microlensing
import Probability

/// Draws lenses and sources from all over their domain, and from its awkward places more often.
struct CaseGenerator {
  typealias Point = CausticMap.Point

  private(set) var stream: RandomStream

  init(seed: UInt64, group: Int) {
    stream = RandomStream(seed: seed, purpose: .simulation, index: UInt64(group))
  }

  private mutating func logUniform(_ low: Double, _ high: Double) -> Double {
    low * exp(stream.uniform() * log(high / low))
  }

  private mutating func direction() -> Point {
    let angle = 2 * Double.pi * stream.uniform()
    return Point(cos(angle), sin(angle))
  }

  private mutating func sign() -> Double { stream.uniform() < 0.5 ? -1 : 1 }

  /// Separation and mass ratio.
  mutating func lens() -> (s: Double, q: Double) {
    let q = logUniform(1e-9, 1)
    let s = logUniform(0.05, 20)
    switch stream.uniform() {
    case ..<0.04: return (1, 1)
    case ..<0.08: return (1, q)
    case ..<0.12: return (s, 1)
    case ..<0.20:
      // Where caustics join, to within rounding or a little off.
      let exact = stream.uniform() < 0.5 ? Self.closeTransition(q) : Self.wideTransition(q)
      return (exact * (1 + (stream.uniform() < 0.3 ? 0 : sign() * logUniform(1e-16, 1e-2))), q)
    case ..<0.26: return (stream.uniform() < 0.5 ? 0.05 : 20, q)
    case ..<0.32: return (s, 1e-9)
    default: return (s, q)
    }
  }

  /// Between two caustics and one: s² (1+q) = (1 + q^⅓)³ (Erdl & Schneider 1993).
  private static func wideTransition(_ q: Double) -> Double {
    (pow(1 + cbrt(q), 3) / (1 + q)).squareRoot()
  }

  /// Between three caustics and one: m₁ m₂ s⁸ = ((1 − s⁴)/3)³ (Erdl & Schneider 1993).
  private static func closeTransition(_ q: Double) -> Double {
    let product = q / ((1 + q) * (1 + q))
    var (low, high) = (0.0, 1.0)
    for _ in 0..<60 {
      let s = 0.5 * (low + high)
      if product * pow(s, 8) < pow((1 - pow(s, 4)) / 3, 3) { low = s } else { high = s }
    }
    return 0.5 * (low + high)
  }

  /// Radius, law and tolerance of a block of sources, and another tolerance to compare with.
  ///
  /// One block in ten is darkened, one in sixteen has finer tolerances than 1e-4: both are slow.
  mutating func source() -> (
    rho: Double, law: LimbDarkening, tolerance: Double, second: Double
  ) {
    let rho = stream.uniform() < 0.1 ? 0 : logUniform(1e-5, 1)
    let (u, v) = (stream.uniform(), stream.uniform())
    let laws: [LimbDarkening] = [
      .linear(u: u), .squareRoot(c: u - v * u, d: v * u), .quadratic(a: u - v * u, b: v * u),
    ]
    let law = stream.uniform() < 0.9 ? .uniform : laws.randomElement(using: &stream)!
    let finest = stream.uniform() < 1.0 / 16 ? 1e-7 : 1e-4
    return (rho, law, logUniform(finest, 1e-1), logUniform(finest, 1e-1))
  }

  /// A place for a source of radius `rho`.
  mutating func position(s: Double, q: Double, rho: Double, caustics: CausticMap) -> (Point, Place)
  {
    let masses = [Point(-q * s / (1 + q), 0), Point(s / (1 + q), 0)]
    let reach = rho > 0 ? rho : logUniform(1e-9, 1e-2)
    switch stream.uniform() {
    case ..<0.15:
      let centre = [masses[0], masses[1], .zero, caustics.point(using: &stream).point]
        .randomElement(using: &stream)!
      return (centre + logUniform(1e-4, 30) * direction(), .plane)
    case ..<0.20: return (caustics.insidePoint(using: &stream), .inside)
    case ..<0.25: return (caustics.point(using: &stream).point, .onCaustic)
    case ..<0.30: return (cusp(caustics), .onCusp)
    case ..<0.37: return (cusp(caustics) + reach * logUniform(1e-4, 10) * direction(), .nearCusp)
    case ..<0.45:
      let x = stream.uniform() < 0.5 ? caustics.insidePoint(using: &stream).x : 0
      return (Point(x + sign() * logUniform(1e-6, 30), 0), .onAxis)
    case ..<0.50:
      let offset = stream.uniform() < 0.5 ? .zero : reach * logUniform(1e-4, 2) * direction()
      return (masses.randomElement(using: &stream)! + offset, .onMass)
    case ..<0.65:
      let (point, normal) = caustics.point(using: &stream)
      let gap = stream.uniform() < 0.2 ? 0 : sign() * logUniform(1e-14, 1e-2)
      return (point + sign() * reach * (1 + gap) * normal, .tangentLimb)
    default:
      let (point, _) = caustics.point(using: &stream)
      return (point + reach * logUniform(1e-3, 1e2) * direction(), .nearCaustic)
    }
  }

  private mutating func cusp(_ caustics: CausticMap) -> Point {
    caustics.cusps.randomElement(using: &stream) ?? caustics.point(using: &stream).point
  }
}
