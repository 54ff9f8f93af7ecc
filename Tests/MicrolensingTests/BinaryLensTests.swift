import Foundation
import Microlensing
import Testing

@Suite struct BinaryLensTests {
  @Test func referenceRowsArePresent() {
    #expect(ReferenceTable.points.count == 500)
    #expect(ReferenceTable.discs.count == 1500)
  }

  /// Rows with A > 10⁶ are left out: det J = 1 − |g′|² of the brightest image is then below 10⁻⁶, and
  /// being formed in double precision it is known to a few 10⁻¹⁶, so that the relative error, A times
  /// this, passes 10⁻⁸ from about A = 10⁷.
  @Test func pointSourceAgreesWithReference() throws {
    for row in ReferenceTable.points where row.magnification <= 1e6 {
      let lens = try BinaryLens(s: row.s, q: row.q)
      let bound = max(1e-8, 3 * row.relativeError)
      let scalar = lens.magnification(x: row.x, y: row.y)
      #expect(abs(scalar / row.magnification - 1) <= bound, "one position, \(row)")
      let lane = lens.magnification(x: row.x, y: row.y, rho: 0).value
      #expect(abs(lane / row.magnification - 1) <= bound, "vector, \(row)")
    }
  }

  @Test func extremeMagnificationsAgreeToSixDigits() throws {
    for row in ReferenceTable.points where row.magnification > 1e6 {
      let lens = try BinaryLens(s: row.s, q: row.q)
      #expect(abs(lens.magnification(x: row.x, y: row.y) / row.magnification - 1) <= 1e-6, "\(row)")
    }
  }

  /// At the tightest tolerance rounding allows 10⁻⁶.
  @Test(arguments: [1e-2, 1e-3, 1e-4, 1e-5, 1e-7])
  func uniformDiscAgreesWithReference(tolerance: Double) throws {
    var outside = 0
    for row in ReferenceTable.discs {
      let lens = try BinaryLens(s: row.s, q: row.q)
      let found = lens.magnification(x: row.x, y: row.y, rho: row.rho, tolerance: tolerance)
      let error = abs(found.value / row.magnification - 1)
      #expect(error <= max(tolerance, 1e-6, 3 * row.relativeError), "\(row): \(found)")
      if error > found.error / found.value + 3 * row.relativeError { outside += 1 }
    }
    #expect(outside * 100 <= ReferenceTable.discs.count, "\(outside) errors underestimated")
  }

  /// The images solve the lens equation, and their parities sum to −1.
  @Test func imagesSolveTheLensEquation() throws {
    for row in ReferenceTable.points where row.magnification < 1e4 {
      let lens = try BinaryLens(s: row.s, q: row.q)
      let images = lens.images(x: row.x, y: row.y)
      #expect(images.count == 3 || images.count == 5)
      #expect(images.reduce(0) { $0 + ($1.magnification > 0 ? 1 : -1) } == -1)
      for image in images where abs(image.magnification) > 1e-6 {
        let source = mapped(image.x, image.y, row.s, row.q)
        let scale = 1 + hypot(image.x, image.y)
        #expect(hypot(source.0 - row.x, source.1 - row.y) < 1e-9 * scale, "\(row)")
      }
    }
  }

  /// Inside a caustic a binary lens's signed magnifications sum to one (Witt & Mao 1995).
  @Test func signedMagnificationsOfFiveImagesSumToOne() throws {
    var found = 0
    for row in ReferenceTable.points where row.magnification < 1e4 {
      let images = try BinaryLens(s: row.s, q: row.q).images(x: row.x, y: row.y)
      guard images.count == 5 else { continue }
      found += 1
      let sum = images.reduce(0) { $0 + $1.magnification }
      #expect(abs(sum - 1) < 1e-8 * row.magnification, "\(row)")
    }
    #expect(found > 20)
  }

  @Test func mirrorAndExchangeOfMassesLeaveMagnificationUnchanged() throws {
    for row in ReferenceTable.discs.prefix(200) {
      let lens = try BinaryLens(s: row.s, q: row.q)
      let value = lens.magnification(x: row.x, y: row.y, rho: row.rho).value
      let mirrored = lens.magnification(x: row.x, y: -row.y, rho: row.rho).value
      #expect(abs(mirrored / value - 1) < 1e-3, "\(row)")
      let exchanged = try BinaryLens(s: row.s, q: 1 / row.q)
      let turned = exchanged.magnification(x: -row.x, y: -row.y, rho: row.rho).value
      #expect(abs(turned / value - 1) < 1e-3, "\(row)")
    }
  }

  @Test func closePairAndTinyPlanetActAsOneMass() throws {
    for (s, q) in [(1e-4, 0.6), (0.7, 1e-14)] {
      let lens = try BinaryLens(s: s, q: q)
      for u in [0.02, 0.3, 1.1, 4.0] {
        let (x, y) = (u * cos(0.8), u * sin(0.8))
        let expected = SingleLens.magnification(u: u)
        #expect(abs(lens.magnification(x: x, y: y) / expected - 1) < 1e-5)
        let disc = lens.magnification(x: x, y: y, rho: 0.05, tolerance: 1e-5).value
        let discExpected = SingleLens.magnification(u: u, rho: 0.05, tolerance: 1e-8)
        #expect(abs(disc / discExpected - 1) < 3e-5)
      }
    }
  }

  /// The mean of the point-source magnification over discs that touch no caustic, at places where an
  /// expansion about the centre is tempting: on the axis outside a cusp, next to a planet, between
  /// caustics.
  @Test(arguments: [
    [3.673104849621482, 0.33449979219608306, 1.0479811694717682, 0, 0.4076968647911717],
    [1.43781993528253, 4.731959724799592e-5, 1.3306112696796e-3, 1.013398073697e-4, 1.854277e-4],
    [0.38485391328251595, 0.1968863450579929, -8.3792801282e-3, -5.4390274e-2, 1.038172e-3],
    [0.525099547111855, 1.1644101613074e-4, -1.381414677258, 3.466163036675e-2, 2.518614e-4],
    [75.03589041699226, 2.0129989681763e-9, 75.03588668168601, 3.7731946e-6, 3.512457e-3],
    [1.436982101846516, 5.8246167538213e-5, 0.23654667746076, 0, 6.292247691897e-2],
  ])
  func discIsTheMeanOfPointSources(_ v: [Double]) throws {
    let lens = try BinaryLens(s: v[0], q: v[1])
    let (x, y, rho) = (v[2], v[3], v[4])
    let (radial, angular) = (60, 120)
    var sum = 0.0
    for i in 0..<radial {
      // Rings of equal area.
      let r = rho * ((Double(i) + 0.5) / Double(radial)).squareRoot()
      for j in 0..<angular {
        let angle = 2 * Double.pi * (Double(j) + 0.5) / Double(angular)
        sum += lens.magnification(x: x + r * cos(angle), y: y + r * sin(angle))
      }
    }
    let mean = sum / Double(radial * angular)
    #expect(abs(lens.magnification(x: x, y: y, rho: rho).value / mean - 1) < 1e-3)
  }

  @Test func positionsOnLensesAndOnCausticsStayFinite() throws {
    for (s, q) in [(1.0, 1.0), (1.3, 1e-3), (0.6, 1e-9), (4.0, 0.1)] {
      let lens = try BinaryLens(s: s, q: q)
      var positions = [(0, 0), (s / (1 + q), 0), (-q * s / (1 + q), 0), (1e3, -2e3)]
      for curve in lens.criticalCurveAndCaustics {
        positions += curve.map { ($0.causticX, $0.causticY) }
      }
      for (x, y) in positions {
        for rho in [0.0, 1e-4, 0.02] {
          let value = lens.magnification(x: x, y: y, rho: rho).value
          #expect(value.isFinite && value >= 1, "s \(s) q \(q) x \(x) y \(y) rho \(rho): \(value)")
        }
      }
    }
  }

  @Test func invalidParametersAreNamed() {
    let expected = MicrolensingError.invalidParameter(
      name: "s", value: -1, requirement: "positive and finite")
    #expect(throws: expected) { try BinaryLens(s: -1, q: 0.1) }
    #expect(throws: MicrolensingError.self) { try BinaryLens(s: 1, q: 0) }
    #expect(throws: MicrolensingError.self) { try BinaryLens(s: .nan, q: 0.1) }
  }

  private func mapped(_ x: Double, _ y: Double, _ s: Double, _ q: Double) -> (Double, Double) {
    var (sx, sy) = (x, y)
    for (mass, position) in [(1 / (1 + q), -q * s / (1 + q)), (q / (1 + q), s / (1 + q))] {
      let (dx, dy) = (x - position, y)
      let squared = dx * dx + dy * dy
      sx -= mass * dx / squared
      sy -= mass * dy / squared
    }
    return (sx, sy)
  }
}
