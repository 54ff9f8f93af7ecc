import Foundation
import Microlensing
import Testing

@Suite struct CausticTests {
  /// Close, resonant and wide lenses have 3, 1 and 2 caustics with 10, 6 and 8 cusps
  /// (Schneider & Weiß 1986; limits of Erdl & Schneider 1993).
  @Test(arguments: [(0.5, 0.3, 3, 10), (1.0, 0.3, 1, 6), (3.0, 0.3, 2, 8), (0.9, 1e-4, 3, 10)])
  func topology(s: Double, q: Double, caustics: Int, cusps: Int) throws {
    let curves = try BinaryLens(s: s, q: q).criticalCurveAndCaustics
    #expect(curves.count == caustics)
    #expect(curves.joined().filter(\.isCusp).count == cusps)
  }

  /// On the critical curve the point-source magnification of the image diverges.
  @Test func criticalPointsHaveZeroDeterminant() throws {
    for (s, q) in [(0.5, 0.3), (1.0, 1e-3), (1.7, 1e-6)] {
      for point in try BinaryLens(s: s, q: q).criticalCurveAndCaustics.joined() {
        var (re, im) = (0.0, 0.0)
        for (mass, position) in [(1 / (1 + q), -q * s / (1 + q)), (q / (1 + q), s / (1 + q))] {
          let (dx, dy) = (point.criticalX - position, point.criticalY)
          let squared = dx * dx + dy * dy
          re += mass * (dx * dx - dy * dy) / (squared * squared)
          im -= mass * 2 * dx * dy / (squared * squared)
        }
        #expect(abs(re * re + im * im - 1) < 1e-8)
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
  @Test func planetaryCausticPosition() throws {
    let (s, q) = (2.0, 1e-6)
    let curves = try BinaryLens(s: s, q: q).criticalCurveAndCaustics
    let centres = curves.map { curve in
      curve.reduce(0) { $0 + $1.causticX } / Double(curve.count)
    }
    #expect(centres.contains { abs($0 - (s - 1 / s)) < 1e-3 })
  }
}
