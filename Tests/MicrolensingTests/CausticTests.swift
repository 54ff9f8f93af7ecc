import Foundation
import Microlensing
import Testing

@Suite struct CausticTests {
  /// Close, resonant and wide lenses have 3, 1 and 2 caustics with 10, 6 and 8 cusps
  /// (Schneider & Weiß 1986; limits of Erdl & Schneider 1993).
  @Test(arguments: [
    (0.5, 0.3, CausticTopology.close), (1.0, 0.3, .resonant), (3.0, 0.3, .wide),
    (0.9, 1e-4, .close), (0.6, 1.0, .close), (1.0, 1.0, .resonant), (2.5, 1.0, .wide),
    (1.0, 1e-9, .resonant), (0.05, 1e-9, .close), (20.0, 1e-9, .wide), (75.0, 2e-9, .wide),
    (0.3, 4.0, .close),
  ])
  func numbersOfCausticsAndCusps(s: Double, q: Double, topology: CausticTopology) throws {
    let lens = try BinaryLens(s: s, q: q)
    #expect(lens.topology == topology)
    let curves = lens.criticalCurveAndCaustics
    let cusps = curves.map { $0.filter(\.isCusp).count }.sorted()
    #expect(cusps == (topology == .close ? [3, 3, 4] : topology == .wide ? [4, 4] : [6]))
  }

  /// The limits of the topologies as Erdl & Schneider (1993) give them, in the form of
  /// Cassan (2008, arXiv:0808.1527): s⁸ = (1 + q)² (1 − s⁴)³ / 27q and s² = (1 + q^⅓)³ / (1 + q).
  @Test(arguments: [1.0, 0.9999, 0.3, 1e-2, 1e-5, 1e-9])
  func limitsOfTheTopologies(q: Double) throws {
    let limits = BinaryLens.resonantSeparations(q: q)
    #expect(abs(pow(limits.upperBound, 2) * (1 + q) / pow(1 + cbrt(q), 3) - 1) < 1e-13)
    // (1 − s⁴) is small for small q.
    let fourth = 3 * cbrt(q / ((1 + q) * (1 + q))) * pow(limits.lowerBound, 8 / 3.0)
    #expect(abs(1 - pow(limits.lowerBound, 4) - fourth) < 1e-14)
    for relative in [1e-2, 1e-6, 1e-10] {
      for (s, caustics) in [
        (limits.lowerBound * (1 - relative), 3), (limits.lowerBound * (1 + relative), 1),
        (limits.upperBound * (1 - relative), 1), (limits.upperBound * (1 + relative), 2),
      ] where relative < cbrt(q) {
        let curves = try BinaryLens(s: s, q: q).criticalCurveAndCaustics
        #expect(curves.count == caustics, "s \(s) q \(q)")
        #expect(curves.joined().filter(\.isCusp).count == [0, 6, 8, 10][caustics])
      }
    }
    // Exactly at a limit the caustics touch, and count as one.
    for s in [limits.lowerBound, limits.upperBound] {
      #expect(try BinaryLens(s: s, q: q).criticalCurveAndCaustics.count == 1)
    }
  }

  /// On the critical curve the Jacobian determinant vanishes; the caustic is its image.
  @Test func criticalPointsHaveZeroDeterminant() throws {
    for (s, q) in [(0.5, 0.3), (1.0, 1e-3), (1.7, 1e-6), (1.0, 1.0), (2.0, 1.0), (1.2, 5.0)] {
      for point in try BinaryLens(s: s, q: q).criticalCurveAndCaustics.joined() {
        let image = LensMap.at(point.criticalX, point.criticalY, s: s, q: q)
        #expect(abs(image.shear.re * image.shear.re + image.shear.im * image.shear.im - 1) < 1e-11)
        #expect(hypot(image.x - point.causticX, image.y - point.causticY) < 1e-13)
      }
    }
  }

  /// Curves are closed and smooth: no step is much longer than its neighbours, and the tangent turns
  /// by half of the phase of g′, by 0.05 at most.
  @Test(arguments: [(0.6, 0.4), (1.0, 1.0), (1.3, 1e-3), (2.0, 1.0), (0.5.squareRoot(), 1.0)])
  func curvesAreConnected(s: Double, q: Double) throws {
    for curve in try BinaryLens(s: s, q: q).criticalCurveAndCaustics {
      for (k, point) in curve.enumerated() {
        let next = curve[(k + 1) % curve.count]
        let step = hypot(next.causticX - point.causticX, next.causticY - point.causticY)
        #expect(step < 0.06)
        let (a, b) = (
          LensMap.at(point.criticalX, point.criticalY, s: s, q: q).shear,
          LensMap.at(next.criticalX, next.criticalY, s: s, q: q).shear
        )
        let turn = atan2(a.re * b.im - a.im * b.re, a.re * b.re + a.im * b.im)
        #expect(abs(turn) < 0.21)
        #expect(turn > -1e-9 || step < 1e-5)
      }
    }
  }

  /// Crossing a fold inwards adds two images.
  @Test func imagesAppearInsideTheCaustic() throws {
    let lens = try BinaryLens(s: 1, q: 0.5)
    let curve = lens.criticalCurveAndCaustics[0]
    let centreX = curve.reduce(0) { $0 + $1.causticX } / Double(curve.count)
    #expect(lens.images(x: centreX, y: 0).count == 5)
    #expect(lens.images(x: 3, y: 3).count == 3)
  }

  /// Planetary caustics lie at the source positions whose image is the planet (Gaudi 2012).
  @Test(arguments: [2.0, 1.4, 0.6])
  func planetaryCausticPosition(s: Double) throws {
    let curves = try BinaryLens(s: s, q: 1e-6).criticalCurveAndCaustics
    let centres = curves.map { curve in
      curve.reduce(0) { $0 + $1.causticX } / Double(curve.count)
    }
    #expect(centres.contains { abs($0 - (s - 1 / s)) < 3e-3 })
  }

  /// Extent of the planetary caustic along the axis of a wide lens, 4 √q / (s √(s² − 1)), and of the
  /// central one, 4q / (s − 1/s)² (Han 2006, ApJ 638, 1080; Chung et al. 2005, ApJ 630, 535).
  @Test func sizesOfPlanetaryCaustics() throws {
    let (s, q) = (2.5, 1e-7)
    let extents = try BinaryLens(s: s, q: q).criticalCurveAndCaustics.map { curve in
      curve.map(\.causticX).max()! - curve.map(\.causticX).min()!
    }.sorted()
    #expect(abs(extents[1] / (4 * q.squareRoot() / (s * (s * s - 1).squareRoot())) - 1) < 2e-3)
    #expect(abs(extents[0] / (4 * q / pow(s - 1 / s, 2)) - 1) < 2e-3)
  }
}

/// The lens equation and g′, written out independently.
enum LensMap {
  static func at(
    _ x: Double, _ y: Double, s: Double, q: Double
  ) -> (x: Double, y: Double, shear: (re: Double, im: Double)) {
    var result = (x: x, y: y, shear: (re: 0.0, im: 0.0))
    for (mass, position) in [(1 / (1 + q), -q * s / (1 + q)), (q / (1 + q), s / (1 + q))] {
      let (dx, dy) = (x - position, y)
      let squared = dx * dx + dy * dy
      result.x -= mass * dx / squared
      result.y -= mass * dy / squared
      result.shear.re += mass * (dx * dx - dy * dy) / (squared * squared)
      result.shear.im -= mass * 2 * dx * dy / (squared * squared)
    }
    return result
  }
}
