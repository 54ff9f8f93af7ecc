extension BinaryLens {
  /// Magnifications of a uniform disc of radius `rho` (0 for a point) at many positions.
  ///
  /// Fastest when neighbouring positions are close together, as along a track. Far from caustics
  /// the point source with the quadrupole term suffices: the terms left out are about
  /// 0.05 (ρ/d)⁴ of the magnification at a distance d from a fold or a cusp, and about four times
  /// the square of the quadrupole's. Elsewhere the images of the limb are integrated.
  ///
  /// Reference: Gould 2008, ApJ 681, 1593; Cassan 2017, MNRAS 468, 3993 (quadrupole from the
  /// derivatives of the lens equation at the images).
  ///
  /// - Parameters:
  ///   - x, y: `[epochs]`, Einstein radii from the centre of mass.
  ///   - tolerance: relative error aimed at.
  public func magnifications(
    x: [Double], y: [Double], rho: Double, tolerance: Double = 1e-3
  ) -> [Double] {
    precondition(x.count == y.count, "x and y must have one value per epoch each")
    precondition(rho >= 0 && rho.isFinite, "rho must be zero or more and finite")
    precondition(tolerance > 0, "tolerance must be positive")
    var result = [Double](repeating: 1, count: x.count)
    var far: [Int] = []
    var near: [Int] = []
    far.reserveCapacity(x.count)
    separate(x, y, reach: rho * Self.reach(tolerance), &far, &near)
    expand(x, y, rho: rho, tolerance: tolerance, epochs: far, &result, &near)
    for epoch in near {
      var limb = LimbIntegral(
        network: network, center: lens.internalFrame(x: x[epoch], y: y[epoch]), radius: rho,
        tolerance: tolerance)
      result[epoch] = limb.magnification()
    }
    return result
  }

  /// What the remainder's estimate is multiplied with.
  private static let remainderFactor = 10.0

  /// Distance from the caustics, in source radii, beyond which the quadrupole suffices.
  private static func reach(_ tolerance: Double) -> Double {
    max(2, (0.05 / tolerance).squareRoot().squareRoot())
  }

  /// Sorts the epochs by their distance from the caustics.
  private func separate(
    _ x: [Double], _ y: [Double], reach: Double, _ far: inout [Int], _ near: inout [Int]
  ) {
    guard reach > 0 else {
      far = Array(x.indices)
      return
    }
    var anchor = Complex(.infinity, 0)
    var clearance = 0.0
    for epoch in x.indices {
      let point = lens.internalFrame(x: x[epoch], y: y[epoch])
      // The clearance changes by no more than the source has moved.
      let slack = clearance - reach
      if slack <= 0 || !((point - anchor).normSquared < slack * slack) {
        anchor = point
        clearance = network.clearance(point, sharpBelow: reach)
      }
      if clearance - reach >= (point - anchor).magnitude {
        far.append(epoch)
      } else {
        near.append(epoch)
      }
    }
  }

  /// Point source and quadrupole; epochs where the latter is too large are added to `near`.
  private func expand(
    _ x: [Double], _ y: [Double], rho: Double, tolerance: Double, epochs: [Int],
    _ result: inout [Double], _ near: inout [Int]
  ) {
    var solver = ImageSolver(lens: lens)
    var first = 0
    while first < epochs.count {
      let count = min(8, epochs.count - first)
      var source = ComplexVector(repeating: Complex(0))
      for lane in 0..<8 {
        let epoch = epochs[first + min(lane, count - 1)]
        let point = lens.nudged(lens.internalFrame(x: x[epoch], y: y[epoch]))
        source.re[lane] = point.re
        source.im[lane] = point.im
      }
      var block = solver.solve(source)
      if rho == 0 { block.doubtStrongMagnification(lens) }
      let expansion = lens.expansion(block, rho: rho)
      for lane in 0..<count {
        let epoch = epochs[first + lane]
        var (point, quadrupole) = (expansion.point[lane], expansion.quadrupole[lane])
        var remainder = expansion.remainder[lane]
        if !block.reliable[lane] {
          let images = lens.images(x: x[epoch], y: y[epoch])
          point = images.magnification
          let careful = lens.expansion(ImageSolver.Block(images), rho: rho)
          (quadrupole, remainder) = (careful.quadrupole[0], careful.remainder[0])
        }
        if Self.remainderFactor * remainder <= tolerance * point {
          result[epoch] = max(1, point + quadrupole)
        } else {
          near.append(epoch)
        }
      }
      first += count
    }
  }
}
