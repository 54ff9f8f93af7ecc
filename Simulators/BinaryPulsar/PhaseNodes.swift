import Foundation

/// Eight nodes at once.
typealias Lanes = SIMD8<Double>

/// Polynomials in τ as points: the coefficients of the shifted Legendre polynomials of degree 1, 2, 3, each
/// of mean square 1 on [0, 1].
///
/// The distance of two points is the root mean square of the phase between the polynomials, less its mean.
/// A constant is left out: γ does not depend on it.
typealias PhasePolynomial = SIMD4<Double>

extension PhasePolynomial {
  /// c₁τ + c₂τ² + c₃τ³.
  init(_ c1: Double, _ c2: Double, _ c3: Double) {
    self.init(
      (c1 / 2 + c2 / 2 + 0.45 * c3) / 3.0.squareRoot(), (c2 / 6 + c3 / 4) / 5.0.squareRoot(),
      c3 / 20 / 7.0.squareRoot(), 0)
  }

  /// The Legendre polynomials at τ.
  static func basis(_ t: Double) -> PhasePolynomial {
    PhasePolynomial(
      3.0.squareRoot() * (2 * t - 1), 5.0.squareRoot() * (6 * t * (t - 1) + 1),
      7.0.squareRoot() * (2 * t - 1) * (10 * t * (t - 1) + 1), 0)
  }

  /// Their derivatives by τ.
  static func slopes(_ t: Double) -> PhasePolynomial {
    PhasePolynomial(
      2 * 3.0.squareRoot(), 6 * 5.0.squareRoot() * (2 * t - 1),
      12 * 7.0.squareRoot() * (5 * t * (t - 1) + 1), 0)
  }

  func dot(_ other: PhasePolynomial) -> Double { (self * other).sum() }
  var length: Double { dot(self).squareRoot() }
}

/// z = ∫₀¹ exp i(ψ(τ) − p(τ)) dτ and its derivatives by the coefficients of p, each times a power of i: the
/// moments of the Legendre polynomials.
struct PhaseMoments {
  var value = SIMD2<Double>()
  /// ∫ P_k exp i(ψ − p), k = 1, 2, 3.
  var real = PhasePolynomial()
  var imaginary = PhasePolynomial()
}

/// The nodes of a quadrature over the observation: panels of equal eccentric anomaly, 16 Gauss points each.
///
/// Gauss integrates exp(iωx), |x| ≤ 1, to J₃₂(ω): 1e-10 at ω = 12, so that a panel carries 24 radians. That
/// needs phases that are nearly straight a few half-widths away from the panel in the complex plane, hence
/// its largest width.
struct PhaseNodes {
  static let panelPhase = 24.0
  /// In δ, radians.
  static let widestPanel = 0.75

  /// ψ in turns, then P₁, P₂, P₃, then the weight.
  private var lanes: [Lanes] = []

  /// - Parameter reference: what is taken off the phase to give ψ.
  init(_ motion: LineOfSightMotion, panels: Int, reference: PhasePolynomial) {
    lanes.reserveCapacity(10 * panels)
    let half = motion.end / Double(2 * panels)
    for panel in 0..<panels {
      for part in 0..<2 {
        var group = [Lanes](repeating: .zero, count: 5)
        for lane in 0..<8 {
          let (node, weight) = Self.gauss[8 * part + lane]
          let span = half * (Double(2 * panel + 1) + node)
          let basis = PhasePolynomial.basis(motion.time(span))
          group[0][lane] = (motion.phase(span) - reference.dot(basis)) / (2 * .pi)
          for k in 0..<3 { group[k + 1][lane] = basis[k] }
          group[4][lane] = weight * half * motion.pace(span)
        }
        lanes += group
      }
    }
  }

  /// The coefficients of ψ.
  var projection: PhasePolynomial {
    var sum = PhasePolynomial()
    for at in stride(from: 0, to: lanes.count, by: 5) {
      let phase = 2 * Double.pi * lanes[at] * lanes[at + 4]
      for k in 0..<3 { sum[k] += (phase * lanes[at + k + 1]).sum() }
    }
    return sum
  }

  /// The moments at p.
  ///
  /// Complexity: 4 ns a node.
  func moments(_ p: PhasePolynomial) -> PhaseMoments {
    let q = p * (1 / (2 * Double.pi))
    let (q1, q2, q3) = (Lanes(repeating: q.x), Lanes(repeating: q.y), Lanes(repeating: q.z))
    var (re, im) = (Lanes.zero, Lanes.zero)
    var (re1, im1, re2, im2, re3, im3) = (
      Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero
    )
    lanes.withUnsafeBufferPointer { lanes in
      var at = 0
      while at < lanes.count {
        let (p1, p2, p3) = (lanes[at + 1], lanes[at + 2], lanes[at + 3])
        let turns = lanes[at] - q1 * p1 - q2 * p2 - q3 * p3
        let (c, s) = cosineAndSine(turns: turns)
        let (wc, ws) = (lanes[at + 4] * c, lanes[at + 4] * s)
        re += wc
        im += ws
        re1.addProduct(wc, p1)
        im1.addProduct(ws, p1)
        re2.addProduct(wc, p2)
        im2.addProduct(ws, p2)
        re3.addProduct(wc, p3)
        im3.addProduct(ws, p3)
        at += 5
      }
    }
    return PhaseMoments(
      value: SIMD2(re.sum(), im.sum()),
      real: PhasePolynomial(re1.sum(), re2.sum(), re3.sum(), 0),
      imaginary: PhasePolynomial(im1.sum(), im2.sum(), im3.sum(), 0))
  }

  /// The second moments ∫ P_k P_l exp i(ψ − p): (1,1), (1,2), (1,3), (2,2), (2,3), (3,3).
  func secondMoments(_ p: PhasePolynomial) -> [SIMD2<Double>] {
    let q = p * (1 / (2 * Double.pi))
    let (q1, q2, q3) = (Lanes(repeating: q.x), Lanes(repeating: q.y), Lanes(repeating: q.z))
    var sums = InlineArray<12, Lanes>(repeating: .zero)
    for at in stride(from: 0, to: lanes.count, by: 5) {
      let (p1, p2, p3) = (lanes[at + 1], lanes[at + 2], lanes[at + 3])
      let (c, s) = cosineAndSine(turns: lanes[at] - q1 * p1 - q2 * p2 - q3 * p3)
      let (wc, ws) = (lanes[at + 4] * c, lanes[at + 4] * s)
      let (c1, s1, c2, s2) = (wc * p1, ws * p1, wc * p2, ws * p2)
      sums[0].addProduct(c1, p1)
      sums[1].addProduct(s1, p1)
      sums[2].addProduct(c1, p2)
      sums[3].addProduct(s1, p2)
      sums[4].addProduct(c1, p3)
      sums[5].addProduct(s1, p3)
      sums[6].addProduct(c2, p2)
      sums[7].addProduct(s2, p2)
      sums[8].addProduct(c2, p3)
      sums[9].addProduct(s2, p3)
      sums[10].addProduct(wc * p3, p3)
      sums[11].addProduct(ws * p3, p3)
    }
    return (0..<6).map { SIMD2(sums[2 * $0].sum(), sums[2 * $0 + 1].sum()) }
  }

  /// Nodes and weights of Gauss and Legendre on [−1, 1], by Newton's steps from their asymptotic places.
  static let gauss: [(node: Double, weight: Double)] = (0..<16).map { index in
    var x = -cos(Double.pi * (Double(index) + 0.75) / 16.5)
    var slope = 1.0
    for _ in 0..<6 {
      var (before, value) = (1.0, x)
      for n in 2...16 {
        (before, value) = (
          value, (Double(2 * n - 1) * x * value - Double(n - 1) * before) / Double(n)
        )
      }
      slope = 16 * (before - x * value) / (1 - x * x)
      x -= value / slope
    }
    return (x, 2 / ((1 - x * x) * slope * slope))
  }
}

/// cos 2πx and sin 2πx to 1e-12, by the series of the half angle.
@inline(__always)
func cosineAndSine(turns x: Lanes) -> (Lanes, Lanes) {
  // So large that it has no digits after the point.
  let shift = Lanes(repeating: 0x1.8p52)
  let fraction = x - ((x + shift) - shift)
  let y = fraction * Double.pi
  let u = y * y
  var s = Lanes(repeating: 1.0 / 355_687_428_096_000)
  s = Lanes(repeating: -1.0 / 1_307_674_368_000).addingProduct(s, u)
  s = Lanes(repeating: 1.0 / 6_227_020_800).addingProduct(s, u)
  s = Lanes(repeating: -1.0 / 39_916_800).addingProduct(s, u)
  s = Lanes(repeating: 1.0 / 362_880).addingProduct(s, u)
  s = Lanes(repeating: -1.0 / 5_040).addingProduct(s, u)
  s = Lanes(repeating: 1.0 / 120).addingProduct(s, u)
  s = Lanes(repeating: -1.0 / 6).addingProduct(s, u)
  s = y.addingProduct(y * u, s)
  var c = Lanes(repeating: -1.0 / 6_402_373_705_728_000)
  c = Lanes(repeating: 1.0 / 20_922_789_888_000).addingProduct(c, u)
  c = Lanes(repeating: -1.0 / 87_178_291_200).addingProduct(c, u)
  c = Lanes(repeating: 1.0 / 479_001_600).addingProduct(c, u)
  c = Lanes(repeating: -1.0 / 3_628_800).addingProduct(c, u)
  c = Lanes(repeating: 1.0 / 40_320).addingProduct(c, u)
  c = Lanes(repeating: -1.0 / 720).addingProduct(c, u)
  c = Lanes(repeating: 1.0 / 24).addingProduct(c, u)
  c = Lanes(repeating: -0.5).addingProduct(c, u)
  c = Lanes(repeating: 1).addingProduct(c, u)
  let twice = s + s
  return (Lanes(repeating: 1) - twice * s, twice * c)
}
