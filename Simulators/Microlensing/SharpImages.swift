import Foundation

extension LensEquation {
  /// Eight images, with the residual of the lens equation in twice double precision.
  ///
  /// An error ε of the lens equation changes an image's determinant by 2 |g″| ε / determinant, so
  /// that highly magnified images need more than double precision. The correction to the position
  /// is kept apart until the derivative has been taken.
  ///
  /// - Parameter source: in the frame of the lens equation.
  func sharpened(
    _ z: ComplexVector, _ source: (x: DoubleDouble, y: DoubleDouble)
  ) -> (position: ComplexVector, shear: ComplexVector, determinant: Lanes) {
    let a = ComplexVector(z.re + s, z.im).reciprocal
    let b = z.reciprocal
    let (a2, b2) = (m1 * (a * a), m2 * (b * b))
    let shear = a2 + b2
    let curvature = -2.0 * (a2 * a).addingProduct(b2, b)
    // Half the third derivative of g.
    let bend = 3.0 * (a2 * (a * a)).addingProduct(b2, b * b)
    let none = ComplexVector(repeating: Complex(0))
    var low = none
    var corrected = shear
    for _ in 0..<3 {
      let determinant = 1 - corrected.normSquared
      let residual = exactResidual(z, low, source)
      let step = (-1 / determinant) * (residual - (corrected * residual).conjugate)
      // A step that changes the determinant by its own size would leave the image's basin.
      let change = curvature * step
      let across = 2 * (corrected.re * change.re).addingProduct(corrected.im, change.im)
      let isSafe = across.magnitude + change.normSquared .< 0.5 * determinant.magnitude
      low = low + none.replacing(with: step, where: isSafe)
      corrected = shear.addingProduct(curvature, low).addingProduct(bend * low, low)
    }
    return (z + low, corrected, 1 - corrected.normSquared)
  }
}

extension ImageBlock {
  /// Sharpens all images of all lanes.
  ///
  /// - Parameter source: in the frame of the lens equation.
  mutating func sharpen(_ lens: LensEquation, _ source: (x: DoubleDouble, y: DoubleDouble)) {
    for k in 0..<(pairWeight.max() > 0 ? 5 : 3) {
      let sharp = lens.sharpened(position[k], source)
      position[k] = sharp.position
      shear[k] = sharp.shear
      determinant[k] = sharp.determinant
    }
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
