extension BinaryLens {
  /// Magnifications of point sources at (`x`, `y`), each behind a lens of its own.
  ///
  /// - Throws: `MicrolensingError.invalidParameter` unless all `s` and `q` are positive and finite.
  public static func pointSourceMagnifications(
    s: [Double], q: [Double], x: [Double], y: [Double]
  ) throws(MicrolensingError) -> [Magnification] {
    precondition(
      s.count == q.count && s.count == x.count && s.count == y.count, "columns of equal length")
    for k in s.indices {
      try MicrolensingError.requirePositive(s[k], "s")
      try MicrolensingError.requirePositive(q[k], "q")
    }
    var result = [Magnification](repeating: Magnification(value: 1, error: 0), count: s.count)
    var block = ImageBlock()
    for first in stride(from: 0, to: s.count, by: 8) {
      let (lens, center) = lanes(s, q, x, y, first)
      let source = lens.nudged(center)
      let roots = lens.roots(source, near: lens.rootGuess(source))
      block.follow(lens, lens.imagesFirst(roots, source), source)
      let isPrecise = block.preciseLanes() .& (source.re .== center.re)
      let point = block.pointMagnification(lens, source)
      for lane in 0..<min(8, s.count - first) {
        var (value, error) = (point.value[lane], point.error[lane])
        if !isPrecise[lane] {
          let k = first + lane
          let images = LensEquation(s: s[k], q: q[k]).images(x: x[k], y: y[k])
          (value, error) = (images.magnification, images.magnificationError)
        }
        result[first + lane] = Magnification(value: max(1, value), error: error)
      }
    }
    return result
  }

  /// Eight lenses and sources; the last is repeated where there are no more.
  private static func lanes(
    _ s: [Double], _ q: [Double], _ x: [Double], _ y: [Double], _ first: Int
  ) -> (LensVector, ComplexVector) {
    var (separation, ratio) = (Lanes(repeating: 1), Lanes(repeating: 1))
    var source = ComplexVector(repeating: Complex(0))
    for lane in 0..<8 {
      let k = min(first + lane, s.count - 1)
      separation[lane] = s[k]
      ratio[lane] = q[k]
      source.re[lane] = x[k]
      source.im[lane] = y[k]
    }
    // The heavier mass on the left.
    let isTurned = ratio .> 1
    ratio = ratio.replacing(with: 1 / ratio, where: isTurned)
    source = source.negated(where: isTurned)
    let lens = LensVector(s: separation, ratio: ratio)
    return (lens, ComplexVector(source.re - separation * lens.m1, source.im))
  }
}

extension LensVector {
  /// Five distinct places not far from the roots of the quintic.
  ///
  /// Two images of the whole mass as one lens, one image near the lighter mass, and what the sum and
  /// the product of all roots then leave.
  fileprivate func rootGuess(_ source: ComplexVector) -> InlineArray<5, ComplexVector> {
    let shift = s * m1
    let fromCenter = ComplexVector(source.re + shift, source.im)
    let inverse = 1 / (fromCenter.normSquared + 1e-6)
    let stretch = ComplexVector(4 * inverse + 1, Lanes(repeating: 0)).squareRoot.re
    let outer = (0.5 + 0.5 * stretch) * fromCenter
    let inner = (0.5 - 0.5 * stretch) * fromCenter
    // The deflection of the heavier mass is constant there.
    let seen = ComplexVector(source.re + m1 / s, source.im)
    let near = (-m2 / (seen.normSquared + m2)) * seen
    let first = ComplexVector(outer.re - shift, outer.im + 0.01)
    let second = ComplexVector(inner.re - shift, inner.im - 0.01)
    let third = ComplexVector(near.re, near.im + 1e-3 * m2)
    let (fourth, fifth) = remainingRoots(first, second, third, source)
    return [first, second, third, fourth, fifth]
  }
}
