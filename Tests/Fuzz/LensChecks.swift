import Foundation
import Microlensing
import MicrolensingReference

/// All that is checked about sources behind one lens.
struct LensChecks {
  let lens: BinaryLens
  let exchanged: BinaryLens
  let caustics: CausticMap

  init(s: Double, q: Double) throws {
    lens = try BinaryLens(s: s, q: q)
    exchanged = try BinaryLens(s: s, q: 1 / q)
    caustics = CausticMap(lens: lens)
  }

  /// Checks sources of equal radius, law and tolerance.
  ///
  /// - Parameters:
  ///   - second: another tolerance to compare with.
  ///   - symmetry: which symmetry is checked, if `isThorough`.
  ///   - isThorough: whether what costs more than the magnification itself is checked as well.
  ///   - reference: the source that the independent integrator does as well.
  func check(
    _ sources: [FuzzCase], second: Double, symmetry: Check, isThorough: Bool, reference: Int?,
    tally: inout Tally
  ) {
    let first = sources[0]
    func all(_ lens: BinaryLens, _ x: [Double], _ y: [Double], _ tolerance: Double)
      -> [Magnification]
    {
      lens.magnifications(
        x: x, y: y, rho: first.rho, limbDarkening: first.law, tolerance: tolerance)
    }
    let (x, y) = (sources.map(\.x), sources.map(\.y))
    let start = ContinuousClock.now
    let values = all(lens, x, y, first.tolerance)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    tally.time(seconds, "\(sources.count) sources, one of them \(first.arguments)")
    let again = all(lens, x, y, second)
    var turned: [Magnification] = []
    if isThorough {
      turned =
        symmetry == .exchange
        ? all(exchanged, x.map(-), y, first.tolerance) : all(lens, x, y.map(-), first.tolerance)
    }
    for (k, source) in sources.enumerated() {
      let (value, error) = (values[k].value, values[k].error)
      let isSound = value.isFinite && value >= 1 && error.isFinite && error >= 0
      tally.expect(.finite, isSound ? 1 : .nan, near: 1, within: 0, source)
      guard isSound else { continue }
      let asked = source.tolerance * (1 + 1e-12)
      tally.expect(.tolerance, error / value, near: 0, within: asked, source)
      let step = Neighbourhood.step(source)
      let neighbourhood =
        source.rho == 0
        ? Neighbourhood(lens: lens, x: source.x, y: source.y, step: step) : nil
      let rounding = neighbourhood?.spread ?? self.rounding(source, value)
      func expect(
        _ check: Check, _ other: Magnification, tolerance: Double, rounding: Double
      ) {
        tally.expect(
          check, value, near: other.value, within: error + other.error + rounding,
          asked: (source.tolerance + tolerance) * value, source)
      }
      expect(.tolerances, again[k], tolerance: second, rounding: rounding)
      if k % 4 == 0 {
        let alone = lens.magnification(
          x: source.x, y: source.y, rho: source.rho, limbDarkening: source.law,
          tolerance: source.tolerance)
        expect(.batch, alone, tolerance: source.tolerance, rounding: rounding)
      }
      checkLimits(source, values[k], &tally)
      if let neighbourhood { checkPoint(source, value, neighbourhood, &tally) }
      if isThorough {
        var rounding = rounding
        if source.rho == 0, symmetry == .exchange {
          // The other lens rounds in its own way, and with it on which side of a cusp the source is.
          rounding = max(
            rounding, Neighbourhood(lens: exchanged, x: -source.x, y: source.y, step: step).spread)
        }
        expect(symmetry, turned[k], tolerance: source.tolerance, rounding: rounding)
        if source.rho > 0 { checkMean(source, values[k], &tally) }
      }
      if k == reference, source.rho > 0 { compare(.reference, source, values[k], &tally) }
    }
  }

  /// Compares with the independent integrator.
  private func compare(
    _ check: Check, _ source: FuzzCase, _ value: Magnification, _ tally: inout Tally
  ) {
    let expected = ReferenceMagnification.magnification(
      s: source.s, q: source.q, x: source.x, y: source.y, rho: source.rho,
      brightness: source.law.reference)
    tally.expect(
      check, value.value, near: expected.value, within: value.error + 3 * expected.error,
      asked: source.tolerance * value.value, source)
  }

  /// Compares with an approximation whose error is a guess: for discs the independent integrator has
  /// the last word.
  private func compare(
    _ check: Check, _ source: FuzzCase, _ value: Magnification, near expected: Double,
    within allowed: Double, _ tally: inout Tally
  ) {
    if source.rho > 0, !(abs(value.value - expected) <= allowed) {
      compare(check, source, value, &tally)
    } else {
      tally.expect(check, value.value, near: expected, within: allowed, source)
    }
  }

  /// What rounding of a disc's position may change: at most a share of its own size.
  private func rounding(_ source: FuzzCase, _ value: Double) -> Double {
    (1e-12 + Neighbourhood.step(source) / source.rho) * value
  }

  private func checkPoint(
    _ source: FuzzCase, _ value: Double, _ neighbourhood: Neighbourhood, _ tally: inout Tally
  ) {
    let scalar = lens.magnification(x: source.x, y: source.y)
    let many = try? BinaryLens.pointSourceMagnifications(
      s: [source.s], q: [source.q], x: [source.x], y: [source.y])
    for other in [value, many?[0].value ?? .nan] {
      tally.expect(.pointPaths, other, near: scalar, within: neighbourhood.spread, source)
    }
    // Where rounding decides on which side of a caustic the source is, any answer is as good.
    guard neighbourhood.spread < 1e-2 * value else { return }
    let images = lens.images(x: source.x, y: source.y)
    let parity = images.reduce(0) { $0 + ($1.magnification > 0 ? 1 : -1) }
    // Three or five, and one more saddle than minima and maxima (Witt & Mao 1995).
    let isSound = (images.count == 3 || images.count == 5) && parity == -1
    tally.expect(.images, isSound ? 1 : .nan, near: 1, within: 0, source)
    if images.count == 5 {
      let sum = images.reduce(0) { $0 + $1.magnification }
      tally.expect(.images, sum, near: 1, within: neighbourhood.signedSpread, source)
    }
  }

  /// Discs that touch no caustic: cubature of point sources.
  private func checkMean(_ source: FuzzCase, _ value: Magnification, _ tally: inout Tally) {
    let clearance = caustics.clearance(x: source.x, y: source.y)
    guard clearance > 1.2 * source.rho else { return }
    let fine = PointMean(lens: lens, source: source, rings: 8, angles: 16)
    let coarse = PointMean(lens: lens, source: source, rings: 6, angles: 12)
    compare(
      .pointMean, source, value, near: fine.mean,
      within: value.error + 3 * abs(fine.mean - coarse.mean) + 1e-9 * fine.mean, &tally)
    // The samples do not quite reach the extremes.
    compare(
      .bounds, source, value, near: 0.5 * (fine.low + fine.high),
      within: 1.5 * (fine.high - fine.low) + value.error + 1e-9 * fine.mean, &tally)
  }

  /// A light companion far from all images of the other mass, or a pair far closer than they are.
  private func checkLimits(_ source: FuzzCase, _ value: Magnification, _ tally: inout Tally) {
    guard source.law == .uniform, source.q <= 1 else { return }
    let (s, q, rho) = (source.s, source.q, source.rho)
    func radii(_ u: Double) -> (inner: Double, outer: Double) {
      let outer = 0.5 * (u + (u * u + 4).squareRoot())
      return (1 / outer, outer)
    }
    func expect(_ u: Double, _ perturbation: Double) {
      guard u > 1e-3 || rho > 1e-3 else { return }
      let single = SingleLens.magnification(u: u, rho: rho, tolerance: 1e-9)
      let allowed = 20 * perturbation * single * single
      guard allowed < 1e-3 * single else { return }
      compare(
        .limit, source, value, near: single, within: value.error + allowed + 1e-8 * single, &tally)
    }
    let u = hypot(source.x + q * s / (1 + q), source.y)
    let (nearest, farthest) = (radii(max(0, u - rho)), radii(u + rho))
    let gap = max(
      // Outside, between and inside the rings that hold the images.
      s - farthest.outer, min(nearest.outer - s, s - nearest.inner), farthest.inner - s)
    if gap > 0 { expect(u, q * (1 + 1 / gap + 1 / (gap * gap))) }
    let centred = hypot(source.x, source.y)
    let innermost = radii(centred + rho).inner
    if s < 0.3 * innermost {
      expect(centred, q * s * s / ((1 + q) * (1 + q)) / pow(innermost, 4))
    }
  }
}
