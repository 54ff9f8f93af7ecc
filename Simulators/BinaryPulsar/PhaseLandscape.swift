import Foundation

/// γ as a function of the polynomial taken off the phase.
///
/// Polynomials are points (see ``PhasePolynomial``) relative to one reference. |z| rises by no more than the
/// distance, and z by no more than half the squared distance beside its linear part, as
/// |exp iδ − 1| ≤ |δ| and |exp iδ − 1 − iδ| ≤ δ²/2. With ``StationaryPhaseBound``, regions are excluded for
/// certain.
struct PhaseLandscape {
  let motion: LineOfSightMotion
  /// The velocity in the middle of those that the orbit takes.
  let reference: PhasePolynomial
  /// Least and largest velocity of the orbit during the observation, less the reference's: radians.
  let halfBand: Double
  /// Of the phase onto degrees 1 to 3.
  let projection: PhasePolynomial
  private let bound: StationaryPhaseBound
  private let frequencies: ResidualFrequency
  /// Nodes of ``Self/panels(_:)`` panels each, made when needed.
  private var levels: [PhaseNodes?]
  /// What polynomials whose velocities are the orbit's own take.
  private let usual: Int
  /// For steep polynomials, made when needed.
  private var filon: FilonNodes?
  private var coarseFilon: FilonNodes?

  init(_ motion: LineOfSightMotion) {
    self.motion = motion
    let (least, most) = motion.velocityRange
    halfBand = (most - least) / 2
    reference = PhasePolynomial((least + most) / 2, 0, 0)
    frequencies = ResidualFrequency(motion, reference: reference)
    // Two cycles more than the orbit's own.
    let velocity = (halfBand + 4 * Double.pi) / PhasePolynomial.slopes(0).x
    usual = Self.level(
      max(
        frequencies.largest(PhasePolynomial(velocity, 0, 0, 0)),
        frequencies.largest(PhasePolynomial(-velocity, 0, 0, 0))), motion)
    let nodes = PhaseNodes(motion, panels: Self.panels(usual), reference: reference)
    levels = [PhaseNodes?](repeating: nil, count: usual) + [nodes]
    projection = nodes.projection
    bound = StationaryPhaseBound(
      motion, panels: min(192, max(16, 3 * Self.panels(usual))), reference: reference)
  }

  private static func panels(_ level: Int) -> Int { Int(exp2(Double(level) / 2).rounded(.up)) }

  /// The panels for a residual whose phase turns by as much as `frequency` radians to one of δ.
  private static func level(_ frequency: Double, _ motion: LineOfSightMotion) -> Int {
    let widest = min(PhaseNodes.widestPanel, PhaseNodes.panelPhase / frequency)
    return Int((2 * log2(max(1, motion.end / widest))).rounded(.up))
  }

  private func level(_ p: PhasePolynomial) -> Int {
    max(usual, Self.level(frequencies.largest(p), motion))
  }

  /// Quadrature at p on nodes that resolve it.
  mutating func moments(_ p: PhasePolynomial) -> PhaseMoments { nodes(level(p)).moments(p) }

  mutating func secondMoments(_ p: PhasePolynomial) -> [SIMD2<Double>] {
    nodes(level(p)).secondMoments(p)
  }

  private mutating func nodes(_ level: Int) -> PhaseNodes {
    while levels.count <= level { levels.append(nil) }
    if let nodes = levels[level] { return nodes }
    let nodes = PhaseNodes(motion, panels: Self.panels(level), reference: reference)
    levels[level] = nodes
    return nodes
  }

  /// Whether γ is surely below `level` within `radius` of p, for what that is worth without quadrature.
  func isExcluded(
    _ p: PhasePolynomial, radius: Double, degree: Int, below level: Double
  ) -> Bool {
    // With less than a few cycles nothing oscillates enough.
    let frequency = frequencies.largest(p)
    if frequency * motion.end < 40 || 8 * radius > frequency { return false }
    return bound.largest(near: p, radius: radius, degree: degree) < level
  }

  /// True where quadrature at p takes many more nodes than elsewhere.
  func isSteep(_ p: PhasePolynomial) -> Bool { level(p) > usual + 2 }

  /// How far steep polynomials near p may be from it for its stationary phases to be like theirs: phases about two
  /// places that merge change where the frequency between them does by the cube root of its second derivative, and a
  /// tenth of that is left by the slopes of a polynomial at distance 1.
  func similarity(_ p: PhasePolynomial) -> Double { 0.25 * cbrt(frequencies.largest(p)) }

  /// γ about a steep p, to ``FilonNodes/error``.
  mutating func series(_ p: PhasePolynomial, along u: PhasePolynomial) -> LineSeries {
    let nodes = filon ?? FilonNodes(motion, panelsPerTurn: 256, reference: reference)
    filon = nodes
    return nodes.series(p, along: u)
  }

  mutating func sumOfParts(_ p: PhasePolynomial) -> Double {
    let nodes = coarseFilon ?? FilonNodes(motion, panelsPerTurn: 96, reference: reference)
    coarseFilon = nodes
    return nodes.sumOfParts(p)
  }
}

extension PhaseMoments {
  /// γ.
  var factor: Double { hypot(value.x, value.y) }

  /// Half the gradient of γ².
  var ascent: PhasePolynomial { value.x * imaginary - value.y * real }

  /// The largest γ within `radius`, or more, of polynomials of that degree.
  func largest(radius: Double, degree: Int) -> Double {
    var (tilt, square) = (0.0, 0.0)
    let ascent = ascent
    for k in 0..<degree {
      tilt += ascent[k] * ascent[k]
      square += real[k] * real[k] + imaginary[k] * imaginary[k]
    }
    let linear =
      value.x * value.x + value.y * value.y + radius * (2 * tilt.squareRoot() + radius * square)
    return min(factor + radius, linear.squareRoot() + radius * radius / 2)
  }
}
