/// One image of a point source.
struct PointImage: Sendable {
  var position: Complex
  /// g′ at the image.
  var shear: Complex
  /// g″ at the image.
  var curvature: Complex
  /// The Jacobian determinant 1 − |g′|², negative for an image of negative parity.
  var determinant: Double
}

extension PointImage {
  fileprivate static let none = PointImage(
    position: Complex(0), shear: Complex(0), curvature: Complex(0), determinant: 1)
}

/// The three or five images of a point source.
struct PointImages: Sendable {
  private(set) var images = InlineArray<5, PointImage>(
    repeating: PointImage.none)
  private(set) var count = 0

  fileprivate mutating func append(_ image: PointImage) {
    images[count] = image
    count += 1
  }

  /// What rounding may contribute to `magnification`.
  fileprivate(set) var magnificationError = 0.0

  /// The sum of the images' magnifications.
  var magnification: Double {
    var sum = 0.0
    for k in 0..<count { sum += 1 / abs(images[k].determinant) }
    return sum
  }
}

extension LensEquation {
  /// All roots of the quintic, started from nothing.
  func roots(_ source: Complex) -> InlineArray<5, Complex> {
    let lanes = LensVector(repeating: self).quintic(ComplexVector(repeating: nudged(source)))
    var coefficients = InlineArray<6, Complex>(repeating: Complex(0))
    for k in 0..<6 { coefficients[k] = lanes[k][0] }
    return PolynomialRoots(coefficients: coefficients, degree: 5).solve()
  }

  /// The images of a point source, found one at a time with every safeguard.
  ///
  /// A root is an image when Newton's iteration on the lens equation started from it converges
  /// without leaving the root's neighbourhood. Highly magnified images get a last correction with
  /// the residual in twice double precision, because the error of the determinant grows as the
  /// magnification of the image times the error of the lens equation.
  ///
  /// - Parameters: `x`, `y` relative to the centre of mass, as the caller gave them.
  func images(x: Double, y: Double) -> PointImages {
    images(of: internalFrame(x: x, y: y), exact: exactSource(x: x, y: y))
  }

  /// The same for a source in the frame of the lens equation.
  func images(of source: Complex) -> PointImages {
    images(of: source, exact: (DoubleDouble(source.re), DoubleDouble(source.im)))
  }

  private func images(
    of source: Complex, exact: (x: DoubleDouble, y: DoubleDouble)
  ) -> PointImages {
    let roots = roots(source)
    var candidates = InlineArray<5, PointImage>(
      repeating: PointImage.none)
    var score = InlineArray<5, Double>(repeating: 0)
    for k in 0..<5 {
      // A root next to a lens is as isolated as it is far from the lens: Newton's iteration creeps
      // away from the pole in steps that are short by any other measure.
      let toHeavier = Complex(roots[k].re + s, roots[k].im)
      var separation = min(roots[k].normSquared, toHeavier.normSquared)
      for j in 0..<5 where j != k {
        separation = min(separation, (roots[j] - roots[k]).normSquared)
      }
      let (image, step) = polished(roots[k], source: source)
      candidates[k] = image
      // Where there is no image Newton's iteration wanders, and its last step stays long.
      let moved = (image.position - roots[k]).normSquared + 1e8 * step * step
      score[k] = separation > 0 ? moved / separation : .infinity
      if !(score[k] >= 0) { score[k] = .infinity }
    }
    let order = Self.ascending(score)
    // The parities of a binary lens's images sum to −1, whatever their number.
    var count = 0
    while count < 5, score[order[count]] < 0.25 { count += 1 }
    var chosen = count >= 4 ? 5 : 3
    if paritySum(candidates, order, chosen) != -1, paritySum(candidates, order, 8 - chosen) == -1 {
      chosen = 8 - chosen
    }
    var result = PointImages()
    for k in 0..<chosen {
      var image = candidates[order[k]]
      let curvature = 2 * (image.shear * image.curvature).magnitude
      if image.determinant * image.determinant < 1e-6 * curvature {
        image = corrected(image, exact)
      }
      if abs(image.determinant) < 1e-15 { image.determinant = 1e-15 }
      result.append(image)
      let toHeavier = Complex(image.position.re + s, image.position.im)
      let size = 1 + m1 / toHeavier.normSquared + m2 / image.position.normSquared
      let inverse = 1 / abs(image.determinant)
      result.magnificationError += ImageBlock.unit * inverse * (1 + inverse * size)
    }
    return result
  }

  private func paritySum(
    _ images: borrowing InlineArray<5, PointImage>, _ order: borrowing InlineArray<5, Int>,
    _ count: Int
  ) -> Int {
    var sum = 0
    for k in 0..<count { sum += images[order[k]].determinant > 0 ? 1 : -1 }
    return sum
  }

  private static func ascending(_ values: borrowing InlineArray<5, Double>) -> InlineArray<5, Int> {
    var order: InlineArray<5, Int> = [0, 1, 2, 3, 4]
    for k in 1..<5 {
      var j = k
      while j > 0, values[order[j]] < values[order[j - 1]] {
        order.swapAt(j, j - 1)
        j -= 1
      }
    }
    return order
  }

  /// Newton's iteration on the lens equation; the last step's length tells whether it converged.
  private func polished(_ start: Complex, source: Complex) -> (PointImage, lastStep: Double) {
    var z = start
    var last = Double.infinity
    for _ in 0..<16 {
      let (g, shear) = deflection(z)
      let residual = z + g.conjugate - source
      let step = newtonStep(residual, shear)
      let scale = z.normSquared + source.normSquared + g.normSquared
      // A long step from there would only lead along the tangent of a critical curve, and away.
      if residual.normSquared <= 1e-31 * scale {
        last = min(last, 1e-16 * z.magnitude)
        break
      }
      let next = z + step
      guard next.isFinite else { break }
      last = step.magnitude
      z = next
      if last <= 4e-16 * z.magnitude { break }
    }
    let shear = deflection(z).derivative
    let determinant = 1 - shear.normSquared
    return (
      PointImage(
        position: z, shear: shear, curvature: deflectionCurvature(z), determinant: determinant),
      last
    )
  }

  private func newtonStep(_ residual: Complex, _ shear: Complex) -> Complex {
    let determinant = 1 - shear.normSquared
    return (-1 / determinant) * (residual - (shear * residual).conjugate)
  }

  private func corrected(
    _ image: PointImage, _ source: (x: DoubleDouble, y: DoubleDouble)
  ) -> PointImage {
    let sharp = sharpened(
      ComplexVector(repeating: image.position), parity: Lanes(repeating: image.determinant), source)
    // On a caustic to within rounding there may be no such image.
    guard sharp.isSharp[0] else { return image }
    return PointImage(
      position: sharp.position[0], shear: sharp.shear[0], curvature: image.curvature,
      determinant: sharp.determinant[0])
  }
}
