import CVector

/// Sixteen polynomials at once.
typealias FloatLanes = SIMD16<Float>

/// γ² of any polynomials to some thousandths, however fast the phase less the polynomial turns.
///
/// The observation is cut into pieces, in each of which that residual is taken as linear in time, so that its integral
/// is elementary. What is wrong so is small: where the residual bends much it turns fast, and contributes little.
/// Phases are in turns. ``FilonNodes`` is the same idea with ten times as many pieces that may bend.
///
/// Reference: Filon (1928), Proc. R. Soc. Edinburgh 49, 38 (integrals of oscillating functions by pieces).
struct PhasePieces: ~Copyable {
  /// The most ends of pieces.
  static let capacity = 256

  /// τ at the ends of the pieces, and the phase there.
  let times = UnsafeMutablePointer<Float>.allocate(capacity: capacity)
  let phases = UnsafeMutablePointer<Float>.allocate(capacity: capacity)
  /// Ends of pieces, at least 2.
  var count = 0

  deinit {
    times.deallocate()
    phases.deallocate()
  }

  /// γ² of the polynomials vτ + aτ² + jτ³.
  ///
  /// Complexity: some 10 ns a piece.
  @inline(__always)
  func powers(_ v: FloatLanes, _ a: FloatLanes, _ j: FloatLanes) -> FloatLanes {
    var (re, im) = (FloatLanes.zero, FloatLanes.zero)
    integrate(v, a, j) { _, cosines, sines in
      re += cosines
      im += sines
    }
    return re * re + im * im
  }

  /// z = ∫ exp i(ψ − p) of polynomials p, and its moments: those of the Legendre polynomials of degree 1 to 3, and of
  /// their products, 11, 12, 22, 13, 23, 33.
  ///
  /// Complexity: some 20 ns a piece.
  @inline(__always)
  func moments(_ v: FloatLanes, _ a: FloatLanes, _ j: FloatLanes) -> EstimatedMoments {
    var m = EstimatedMoments()
    integrate(v, a, j) { end, cosines, sines in
      let t = 0.5 * (times[end - 1] + times[end])
      let p1 = 1.732050808 * (2 * t - 1)
      let p2 = 2.236067977 * (6 * t * (t - 1) + 1)
      let p3 = 2.645751311 * (2 * t - 1) * (10 * t * (t - 1) + 1)
      m.value.add(cosines, sines, 1)
      m.p1.add(cosines, sines, p1)
      m.p2.add(cosines, sines, p2)
      m.p3.add(cosines, sines, p3)
      m.p11.add(cosines, sines, p1 * p1)
      m.p12.add(cosines, sines, p1 * p2)
      m.p22.add(cosines, sines, p2 * p2)
      m.p13.add(cosines, sines, p1 * p3)
      m.p23.add(cosines, sines, p2 * p3)
      m.p33.add(cosines, sines, p3 * p3)
    }
    return m
  }

  /// Gives the integrals over all pieces, each with its end.
  @inline(__always)
  private func integrate(
    _ v: FloatLanes, _ a: FloatLanes, _ j: FloatLanes,
    _ add: (_ end: Int, _ cosines: FloatLanes, _ sines: FloatLanes) -> Void
  ) {
    var turns = residual(0, v, a, j)
    var (cosine, sine) = cosineAndSine(turns: turns)
    for end in 1..<count {
      let next = residual(end, v, a, j)
      let (nextCosine, nextSine) = cosineAndSine(turns: next)
      let width = FloatLanes(repeating: times[end] - times[end - 1])
      let turned = (next - turns) * (2 * Float.pi)
      // ∫ exp iφ = Δτ (exp iφ₁ − exp iφ₀) / (i Δφ), and the mean of both ends where nearly nothing turns.
      let rate = width / turned
      let half = width * 0.5
      let isStill = f32x16_abs(turned) .< 0.05
      add(
        end,
        ((nextSine - sine) * rate)
          .replacing(with: (nextCosine + cosine) * half, where: isStill),
        ((cosine - nextCosine) * rate)
          .replacing(with: (nextSine + sine) * half, where: isStill))
      (turns, cosine, sine) = (next, nextCosine, nextSine)
    }
  }

  @inline(__always)
  private func residual(
    _ end: Int, _ v: FloatLanes, _ a: FloatLanes, _ j: FloatLanes
  ) -> FloatLanes {
    let time = FloatLanes(repeating: times[end])
    let polynomial = time * v.addingProduct(time, a.addingProduct(time, j))
    return FloatLanes(repeating: phases[end]) - polynomial
  }
}

/// cos 2πx and sin 2πx to 1e-5, by the half angle; the coefficients are a least-squares fit.
@inline(__always)
private func cosineAndSine(turns x: FloatLanes) -> (FloatLanes, FloatLanes) {
  let fraction = x - f32x16_round(x)
  let square = fraction * fraction
  var s = FloatLanes(repeating: 2.544022334).addingProduct(square, -0.559493399)
  s = FloatLanes(repeating: -5.167407888).addingProduct(square, s)
  s = fraction * FloatLanes(repeating: 3.141590289).addingProduct(square, s)
  var c = FloatLanes(repeating: 4.043165679).addingProduct(square, -1.226494245)
  c = FloatLanes(repeating: -4.934166903).addingProduct(square, c)
  c = FloatLanes(repeating: 1).addingProduct(square, c)
  let twice = s + s
  return (FloatLanes(repeating: 1) - twice * s, twice * c)
}
