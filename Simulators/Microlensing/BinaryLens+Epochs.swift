extension BinaryLens {
  /// Magnifications `[bands][epochs]` of one source in several bands, all from the same discs.
  ///
  /// Each epoch takes the cheapest way that meets the tolerance. Far from caustics the point source
  /// with the quadrupole term suffices: the terms left out are about 0.05 (ρ/d)⁴ of the magnification
  /// at a distance d from a fold or a cusp, and about four times the square of the quadrupole's.
  /// Elsewhere the images of the limb are integrated, of several concentric discs where the source is
  /// darkened.
  ///
  /// Reference: Gould 2008, ApJ 681, 1593; Cassan 2017, MNRAS 468, 3993 (quadrupole from the
  /// derivatives of the lens equation at the images).
  ///
  /// - Parameters:
  ///   - x, y: `[epochs]`, Einstein radii from the centre of mass.
  ///   - tolerance: relative error aimed at, 1e-2 … 1e-7.
  public func magnifications(
    x: [Double], y: [Double], rho: Double, bands: [LimbDarkening], tolerance: Double
  ) -> [[Magnification]] {
    precondition(x.count == y.count, "x and y must have one value per epoch each")
    precondition(rho >= 0 && rho.isFinite, "rho must be zero or more and finite")
    precondition(tolerance > 0, "tolerance must be positive")
    guard !x.isEmpty else { return bands.map { _ in [] } }
    var work = EpochWork(lens: lens, rho: rho, tolerance: tolerance, x: x, y: y, bands: bands)
    if rho == 0 {
      work.expand(Array(x.indices))
    } else {
      work.expand(work.separate(network))
      work.integrate(network)
    }
    return work.result
  }
}

/// The epochs of one lens and one source.
private struct EpochWork {
  let lens: LensEquation
  let rho: Double
  let tolerance: Double
  let x: [Double]
  let y: [Double]
  let bands: [LimbDarkening]
  private(set) var result: [[Magnification]]
  /// Epochs that need more than an expansion about the centre.
  private var near: [Int] = []
  private var solver: ImageSolver

  init(
    lens: LensEquation, rho: Double, tolerance: Double, x: [Double], y: [Double],
    bands: [LimbDarkening]
  ) {
    self.lens = lens
    self.rho = rho
    self.tolerance = tolerance
    self.x = x
    self.y = y
    self.bands = bands
    let none = Magnification(value: 1, error: 0)
    result = bands.map { _ in [Magnification](repeating: none, count: x.count) }
    solver = ImageSolver(lens: lens, near: lens.internalFrame(x: x[0], y: y[0]))
  }

  /// Distance from the caustics, in source radii, beyond which the quadrupole may suffice.
  private var reach: Double { max(2, (0.05 / tolerance).squareRoot().squareRoot()) }

  /// What the estimate of the expansion's remainder is multiplied with.
  private static let remainderFactor = 10.0

  /// Sorts the epochs by their distance from the caustics; returns those far away.
  mutating func separate(_ network: CausticNetwork) -> [Int] {
    var far: [Int] = []
    far.reserveCapacity(x.count)
    let reach = rho * reach
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
    return far
  }

  /// Point source and quadrupole; epochs where the latter is too large are added to `near`.
  mutating func expand(_ epochs: [Int]) {
    guard !epochs.isEmpty else { return }
    // Each lane follows a stretch of the track of its own.
    let length = (epochs.count + 7) / 8
    let factors = bands.map(\.quadrupoleFactor)
    let rhoSquared = rho * rho
    for step in 0..<length {
      var center = ComplexVector(repeating: Complex(0))
      for lane in 0..<8 {
        let epoch = epochs[min(lane * length + step, epochs.count - 1)]
        center[lane] = lens.internalFrame(x: x[epoch], y: y[epoch])
      }
      let source = solver.lens.nudged(center)
      solver.solve(source)
      let isPrecise = solver.block.preciseLanes() .& (source.re .== center.re)
      var point = solver.block.pointMagnification(solver.lens, source)
      if !isPrecise.isFull {
        for lane in 0..<8 where !isPrecise[lane] {
          let epoch = epochs[min(lane * length + step, epochs.count - 1)]
          let images = lens.images(x: x[epoch], y: y[epoch])
          solver.block.insert(images, lane)
          (point.value[lane], point.error[lane]) = (images.magnification, images.magnificationError)
        }
      }
      var (quadrupole, remainder) = (Lanes(repeating: 0), Lanes(repeating: 0))
      if rho > 0 {
        (quadrupole, remainder) = lens.quadrupole(&solver.block, solver.lens)
        quadrupole *= rhoSquared
        remainder *= Self.remainderFactor * rhoSquared * rhoSquared
      }
      let error = point.error + remainder
      let isEnough = remainder .<= tolerance * point.value
      for lane in 0..<8 where lane * length + step < epochs.count {
        let epoch = epochs[lane * length + step]
        guard isEnough[lane] else {
          near.append(epoch)
          continue
        }
        for band in bands.indices {
          let value = point.value[lane] + factors[band] * quadrupole[lane]
          result[band][epoch] = Magnification(value: max(1, value), error: error[lane])
        }
      }
    }
  }

  /// The epochs near caustics.
  mutating func integrate(_ network: CausticNetwork) {
    for epoch in near {
      let center = lens.internalFrame(x: x[epoch], y: y[epoch])
      let disc = Disc(network: network, center: center, radius: rho, tolerance: tolerance)
      let values = disc.magnifications(bands, &solver)
      for band in bands.indices { result[band][epoch] = values[band] }
    }
  }
}
