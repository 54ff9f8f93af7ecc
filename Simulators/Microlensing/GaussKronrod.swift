/// The 15-point Gauss-Kronrod rule with its embedded 7-point Gauss rule on [−1, 1].
///
/// Reference: Piessens et al. 1983, QUADPACK (rule qk15 and its error estimate).
enum GaussKronrod {
  /// The nodes in ascending order, the last repeated with weight zero to fill sixteen lanes.
  static let nodes: (Lanes, Lanes) = (
    Lanes(
      -0.991455371120812639, -0.949107912342758525, -0.864864423359769073, -0.741531185599394440,
      -0.586087235467691130, -0.405845151377397167, -0.207784955007898468, 0),
    Lanes(
      0.207784955007898468, 0.405845151377397167, 0.586087235467691130, 0.741531185599394440,
      0.864864423359769073, 0.949107912342758525, 0.991455371120812639, 0.991455371120812639)
  )
  static let kronrodWeights: (Lanes, Lanes) = (
    Lanes(
      0.022935322010529225, 0.063092092629978553, 0.104790010322250184, 0.140653259715525919,
      0.169004726639267903, 0.190350578064785410, 0.204432940075298892, 0.209482141084727828),
    Lanes(
      0.204432940075298892, 0.190350578064785410, 0.169004726639267903, 0.140653259715525919,
      0.104790010322250184, 0.063092092629978553, 0.022935322010529225, 0)
  )
  static let gaussWeights: (Lanes, Lanes) = (
    Lanes(
      0, 0.129484966168869693, 0, 0.279705391489276668, 0, 0.381830050505118945, 0,
      0.417959183673469388),
    Lanes(0, 0.381830050505118945, 0, 0.279705391489276668, 0, 0.129484966168869693, 0, 0)
  )

  /// Integral and error estimate from the integrand at the nodes, for an interval of half-width
  /// `scale`.
  static func integral(_ f: (Lanes, Lanes), scale: Double) -> (value: Double, error: Double) {
    let kronrod = (f.0 * kronrodWeights.0 + f.1 * kronrodWeights.1).sum()
    let gauss = (f.0 * gaussWeights.0 + f.1 * gaussWeights.1).sum()
    let mean = kronrod / 2
    var roughness = 0.0
    for lane in 0..<8 {
      roughness += abs(f.0[lane] - mean) * kronrodWeights.0[lane]
      roughness += abs(f.1[lane] - mean) * kronrodWeights.1[lane]
    }
    var error = abs(kronrod - gauss)
    if roughness > 0, error > 0 {
      let ratio = 200 * error / roughness
      error = roughness * min(1, ratio * ratio.squareRoot())
    }
    return (scale * kronrod, scale * error)
  }
}
