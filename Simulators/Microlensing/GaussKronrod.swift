/// The 7-point Gauss rule and its 15-point Kronrod extension on [−1, 1], in vectors of eight nodes.
///
/// Reference: Piessens et al. 1983, QUADPACK (rule qk15). The error is estimated from the decay of
/// the integrand's Legendre coefficients instead of the difference of the two rules, which says how
/// wrong the lower one is.
enum GaussKronrod {
  /// The nodes of the Gauss rule, the last repeated with weight zero to fill eight lanes.
  static let inner = Lanes(
    -0.949107912342758525, -0.741531185599394440, -0.405845151377397167, 0,
    0.405845151377397167, 0.741531185599394440, 0.949107912342758525, 0.949107912342758525)
  /// What the Kronrod rule adds.
  static let outer = Lanes(
    -0.991455371120812639, -0.864864423359769073, -0.586087235467691130, -0.207784955007898468,
    0.207784955007898468, 0.586087235467691130, 0.864864423359769073, 0.991455371120812639)
  static let gaussWeights = Lanes(
    0.129484966168869693, 0.279705391489276668, 0.381830050505118945, 0.417959183673469388,
    0.381830050505118945, 0.279705391489276668, 0.129484966168869693, 0)
  static let innerWeights = Lanes(
    0.063092092629978553, 0.140653259715525919, 0.190350578064785410, 0.209482141084727828,
    0.190350578064785410, 0.140653259715525919, 0.063092092629978553, 0)
  static let outerWeights = Lanes(
    0.022935322010529225, 0.104790010322250184, 0.169004726639267903, 0.204432940075298892,
    0.204432940075298892, 0.169004726639267903, 0.104790010322250184, 0.022935322010529225)

  /// The Gauss rule for an interval of half-width `scale`.
  ///
  /// Coefficients are not trusted to fall below a tenth of the last ones: those before may be large
  /// for something smooth, as c₂ is wherever dθ/dτ is all there is, and the last for something narrow.
  static func integral(_ f: Lanes, scale: Double) -> (value: Double, error: Double) {
    let value = (f * gaussWeights).sum()
    let before = largest(2...4) { (f * gaussLegendre[$0]).sum() }
    let last = largest(4...6) { (f * gaussLegendre[$0]).sum() }
    return (scale * value, 5 * scale * max(0.1 * last, extrapolated(last, before)))
  }

  /// The Kronrod rule from the values at the inner and the outer nodes.
  static func integral(
    _ f: Lanes, _ g: Lanes, scale: Double
  ) -> (value: Double, error: Double) {
    let value = (f * innerWeights + g * outerWeights).sum()
    func coefficient(_ n: Int) -> Double {
      (f * innerLegendre[n] + g * outerLegendre[n]).sum()
    }
    let before = largest(5...7, coefficient)
    let last = largest(8...11, coefficient)
    return (scale * value, 5 * scale * extrapolated(last, before))
  }

  /// The next coefficients, if they go on to decay as from one group to the next.
  ///
  /// The first ones that the rule misses are three such steps away: the margin is for features that
  /// the nodes hardly see.
  private static func extrapolated(_ last: Double, _ before: Double) -> Double {
    last < before ? last * last / before : last
  }

  private static func largest(_ orders: ClosedRange<Int>, _ value: (Int) -> Double) -> Double {
    var result = 0.0
    for n in orders { result = max(result, abs(value(n))) }
    return result
  }

  /// Weights that give the Legendre coefficient n of a function from its values.
  private static let gaussLegendre = (0...6).map { legendre($0, inner, gaussWeights) }
  private static let innerLegendre = (0...11).map { legendre($0, inner, innerWeights) }
  private static let outerLegendre = (0...11).map { legendre($0, outer, outerWeights) }

  private static func legendre(_ n: Int, _ x: Lanes, _ weights: Lanes) -> Lanes {
    var (lower, value) = (Lanes(repeating: 0), Lanes(repeating: 1))
    for k in 0..<n {
      let next = (Double(2 * k + 1) * x * value - Double(k) * lower) / Double(k + 1)
      (lower, value) = (value, next)
    }
    return (Double(n) + 0.5) * weights * value
  }
}
