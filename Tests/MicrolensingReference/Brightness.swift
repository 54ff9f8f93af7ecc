import Foundation

/// Surface brightness of a disc as a function of μ = √(1 − r²), r in radii from its centre.
public struct Brightness: Sendable {
  let law: @Sendable (_ mu: Double) -> Double
  let isUniform: Bool
  /// Mean brightness of the disc.
  let mean: Double

  public static let uniform = Brightness()

  private init() {
    law = { _ in 1 }
    isUniform = true
    mean = 1
  }

  public init(_ law: @escaping @Sendable (_ mu: Double) -> Double) {
    self.law = law
    isUniform = false
    // μ = v² because laws may have a √μ.
    mean = Self.rule.reduce(0) { $0 + $1.weight * law($1.node * $1.node) * 4 * pow($1.node, 3) }
  }

  /// 1 − u(1 − μ).
  public static func linear(_ u: Double) -> Brightness { Brightness { 1 - u * (1 - $0) } }

  /// 1 − a(1 − μ) − b(1 − μ)².
  public static func quadratic(_ a: Double, _ b: Double) -> Brightness {
    Brightness { 1 - a * (1 - $0) - b * (1 - $0) * (1 - $0) }
  }

  /// 1 − c(1 − μ) − d(1 − √μ).
  public static func squareRoot(_ c: Double, _ d: Double) -> Brightness {
    Brightness { 1 - c * (1 - $0) - d * (1 - $0.squareRoot()) }
  }

  static let rule = GaussLegendre.rule(20)
}
