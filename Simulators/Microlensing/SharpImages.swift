import Foundation

/// Eight images known to more than double precision.
struct SharpImages {
  var position: ComplexVector
  /// g′.
  var shear: ComplexVector
  /// 1 − |g′|², correct to rounding however small.
  var determinant: Lanes
  /// Where the lens equation is met; elsewhere the image is no better known than before.
  var isSharp: LaneMask
}

extension LensEquation {
  /// Eight images, with the lens equation and its determinant in twice double precision.
  ///
  /// An error ε of the lens equation changes an image's determinant by 2 |g″| ε / determinant, so
  /// that highly magnified images need more than double precision.
  ///
  /// - Parameters:
  ///   - parity: of the sign that the determinants must have.
  ///   - source: in the frame of the lens equation.
  func sharpened(
    _ start: ComplexVector, parity: Lanes, _ source: (x: DoubleDouble, y: DoubleDouble)
  ) -> SharpImages {
    let none = ComplexVector(repeating: Complex(0))
    var (z, low, shear) = (start, none, none)
    var isSharp = LaneMask(repeating: false)
    for _ in 0..<8 {
      let a = ComplexVector(z.re + s, z.im).reciprocal
      let b = z.reciprocal
      let (a2, b2) = (m1 * (a * a), m2 * (b * b))
      shear = a2 + b2
      let curvature = -2.0 * (a2 * a).addingProduct(b2, b)
      let determinant = 1 - shear.normSquared
      let residual = exactResidual(z, low, source)
      let step = (-1 / determinant) * (residual - (shear * residual).conjugate)
      let change = curvature * step
      let across = 2 * (shear.re * change.re).addingProduct(shear.im, change.im)
      let relative = (across.magnitude + change.normSquared) / determinant.magnitude
      // Along a critical curve a step may be long: the next one returns from its tangent.
      low = low + none.replacing(with: step, where: change.normSquared .< 0.01)
      let sum = z + low
      low = low - (sum - z)
      z = sum
      // The next step is about the square of this one.
      let isShort = relative .< 1e-7
      isSharp = isShort
      if isSharp.isFull { break }
    }
    let determinant = exactDeterminant(z, low)
    // Another image of a pair would have the other sign.
    let isSame = (determinant .> 0) .== (parity .> 0)
    return SharpImages(
      position: z, shear: shear, determinant: determinant, isSharp: isSharp .& isSame)
  }
}

extension ImageBlock {
  /// Sharpens images in twice double precision.
  ///
  /// Lanes in which that does not succeed are no longer reliable.
  ///
  /// - Parameters:
  ///   - source: in the frame of the lens equation.
  ///   - needed: where an image is too noisy; it is then sharpened in all lanes.
  /// - Returns: the images that were sharpened.
  mutating func sharpen(
    _ lens: LensEquation, _ source: (x: DoubleDouble, y: DoubleDouble),
    where needed: InlineArray<5, LaneMask>
  ) -> InlineArray<5, Bool> {
    var done = InlineArray<5, Bool>(repeating: false)
    for k in 0..<5 where !needed[k].isEmpty {
      let sharp = lens.sharpened(position[k], parity: determinant[k], source)
      position[k] = position[k].replacing(with: sharp.position, where: sharp.isSharp)
      shear[k] = shear[k].replacing(with: sharp.shear, where: sharp.isSharp)
      determinant[k].replace(with: sharp.determinant, where: sharp.isSharp)
      reliable .&= sharp.isSharp .| .!needed[k]
      done[k] = true
    }
    return done
  }
}

extension LimbCrossings {
  /// The angles of the crossings with the caustic's position in twice double precision.
  ///
  /// At a critical point the lens equation moves a source only along the caustic: so a critical
  /// point in double precision is good enough, and the crossing is found along the tangent.
  func sharpenedAngles(_ lens: LensEquation, center: Complex, radius: Double) -> [Double] {
    let exactCenter = (x: DoubleDouble(center.re), y: DoubleDouble(center.im))
    var angles: [Double] = []
    for first in stride(from: 0, to: crossings.count, by: 8) {
      let count = min(8, crossings.count - first)
      var z = ComplexVector(repeating: criticalPoints[first])
      for lane in 0..<count { z[lane] = criticalPoints[first + lane] }
      let arms = lens.exactResidual(z, ComplexVector(repeating: Complex(0)), exactCenter)
      for lane in 0..<count {
        let arm = arms[lane]
        let tangent = lens.deflection(z[lane]).derivative.squareRoot.conjugate
        let along = arm.re * tangent.re + arm.im * tangent.im
        let excess = (arm.magnitude - radius) * (arm.magnitude + radius)
        let shift = -0.5 * excess / along
        let point = abs(shift) < 1e-6 * radius ? arm + shift * tangent : arm
        let angle = atan2(point.im, point.re)
        angles.append(angle < 0 ? angle + 2 * .pi : angle)
      }
    }
    return angles
  }
}
