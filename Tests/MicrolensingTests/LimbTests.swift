import Foundation
import Microlensing
import Probability
import Testing

/// Discs and caustics: distances, crossings and tangent circles against brute force.
@Suite struct LimbTests {
  static let lenses = [
    (0.5, 0.3), (0.9, 1e-3), (1.0, 1.0), (1.0, 1e-5), (1.3, 0.02), (2.0, 1.0), (3.0, 0.1),
    (0.7, 3.0), (8.0, 1e-4), (0.2, 0.1),
  ]

  struct Disc {
    var x: Double
    var y: Double
    var rho: Double
  }

  /// Discs near points of the caustics, some centred on the axis and some on a cusp.
  private func discs(
    _ curves: [[CausticPoint]], _ stream: inout RandomStream, count: Int
  ) -> [Disc] {
    let points = Array(curves.joined())
    let cusps = points.filter(\.isCusp)
    return (0..<count).map { k in
      let rho = pow(10, -5 * Double.random(in: 0..<1, using: &stream))
      let point = points[Int(Double.random(in: 0..<1, using: &stream) * Double(points.count))]
      let (angle, distance) = (
        2 * .pi * Double.random(in: 0..<1, using: &stream),
        1.5 * rho * Double.random(in: 0..<1, using: &stream)
      )
      if k % 5 == 0 {
        let cusp = cusps[(k / 5) % cusps.count]
        return Disc(x: cusp.causticX, y: cusp.causticY, rho: rho)
      }
      let y = k % 5 == 1 ? 0 : point.causticY + distance * sin(angle)
      return Disc(x: point.causticX + distance * cos(angle), y: y, rho: rho)
    }
  }

  /// Never more than the distance to any point of the caustics, and nearly that of the nearest.
  @Test(arguments: lenses)
  func distanceIsALowerBound(s: Double, q: Double) throws {
    let lens = try BinaryLens(s: s, q: q)
    let curves = lens.criticalCurveAndCaustics
    var stream = RandomStream(seed: 1, purpose: .simulation, index: 0)
    for disc in discs(curves, &stream, count: 200) {
      let distance = lens.distanceToCaustics(x: disc.x, y: disc.y)
      let nearest = curves.map { Self.distance(disc, $0) }
      #expect(distance <= nearest.map(\.points).min()! * (1 + 1e-12) + 1e-14)
      // Polygons are off by at most 1/8 chord × turn.
      #expect(distance >= 0.98 * nearest.map(\.chords).min()! - 0.05 * 0.05 / 8, "\(disc)")
    }
    // Every point of the caustics themselves is at distance zero.
    for point in curves.joined() {
      #expect(lens.distanceToCaustics(x: point.causticX, y: point.causticY) < 1e-9)
    }
  }

  private static func distance(
    _ disc: Disc, _ curve: [CausticPoint]
  ) -> (points: Double, chords: Double) {
    var (points, chords) = (Double.infinity, Double.infinity)
    for (k, start) in curve.enumerated() {
      let end = curve[(k + 1) % curve.count]
      let (cx, cy) = (end.causticX - start.causticX, end.causticY - start.causticY)
      let (dx, dy) = (disc.x - start.causticX, disc.y - start.causticY)
      let squared = cx * cx + cy * cy
      let t = squared > 0 ? min(1, max(0, (dx * cx + dy * cy) / squared)) : 0
      points = min(points, hypot(dx, dy))
      chords = min(chords, hypot(dx - t * cx, dy - t * cy))
    }
    return (points, chords)
  }

  /// Between neighbouring crossings the number of images is constant, and it changes by two across
  /// each, as 400 positions on the limb show.
  @Test(arguments: lenses)
  func crossingsAreWhereTheNumberOfImagesChanges(s: Double, q: Double) throws {
    let lens = try BinaryLens(s: s, q: q)
    var stream = RandomStream(seed: 1, purpose: .simulation, index: 1)
    for disc in discs(lens.criticalCurveAndCaustics, &stream, count: 50) {
      let angles = lens.causticCrossings(x: disc.x, y: disc.y, rho: disc.rho)
      #expect(angles.count % 2 == 0)
      #expect(angles == angles.sorted())
      let starts = angles.isEmpty ? [0] : angles
      var counts: [Int] = []
      var isSeparate = true
      for (k, start) in starts.enumerated() {
        let end = k + 1 < starts.count ? starts[k + 1] : starts[0] + 2 * .pi
        guard end - start > 1e-6 else {
          isSeparate = false
          continue
        }
        let steps = max(3, Int(400 * (end - start) / (2 * .pi)))
        let found = Set(
          (0..<steps).map { step in
            let angle = start + (end - start) * (Double(step) + 0.5) / Double(steps)
            return lens.images(
              x: disc.x + disc.rho * cos(angle), y: disc.y + disc.rho * sin(angle)
            ).count
          })
        #expect(found.count == 1, "\(disc) \(angles)")
        counts.append(found.first!)
      }
      if isSeparate, counts.count > 1 {
        for (k, count) in counts.enumerated() {
          #expect(abs(count - counts[(k + 1) % counts.count]) == 2, "\(disc) \(angles)")
        }
      }
    }
  }

  /// A crossing lies on the caustic to rounding.
  @Test(arguments: lenses)
  func crossingsLieOnTheCaustic(s: Double, q: Double) throws {
    let lens = try BinaryLens(s: s, q: q)
    var stream = RandomStream(seed: 1, purpose: .simulation, index: 2)
    for disc in discs(lens.criticalCurveAndCaustics, &stream, count: 50) {
      for angle in lens.causticCrossings(x: disc.x, y: disc.y, rho: disc.rho) {
        let distance = lens.distanceToCaustics(
          x: disc.x + disc.rho * cos(angle), y: disc.y + disc.rho * sin(angle))
        #expect(distance < 1e-14 * (1 + s + 1 / s))
      }
    }
  }

  /// The number of crossings changes by an even number at the tangent radii and nowhere else.
  @Test(arguments: lenses)
  func tangentRadiiAreWhereTheCrossingsChange(s: Double, q: Double) throws {
    let lens = try BinaryLens(s: s, q: q)
    var stream = RandomStream(seed: 1, purpose: .simulation, index: 3)
    for disc in discs(lens.criticalCurveAndCaustics, &stream, count: 20) {
      let radii = lens.causticTangentRadii(x: disc.x, y: disc.y, within: disc.rho)
      #expect(radii == radii.sorted() && radii.allSatisfy { $0 < disc.rho })
      let limits = [0] + radii + [disc.rho]
      for (low, high) in zip(limits, limits.dropFirst()) where high - low > 1e-6 * disc.rho {
        let numbers = Set(
          (0..<12).map {
            let radius = low + (high - low) * (Double($0) + 0.5) / 12
            return lens.causticCrossings(x: disc.x, y: disc.y, rho: radius).count
          })
        #expect(numbers.count == 1, "\(disc) \(radii) \(numbers)")
      }
    }
  }

  /// A circle far outside, or one that holds all caustics, crosses none of them.
  @Test func circlesAroundEverythingCrossNothing() throws {
    for (s, q) in Self.lenses {
      let lens = try BinaryLens(s: s, q: q)
      #expect(lens.causticCrossings(x: 0, y: 0, rho: 10 + s + 1 / s).isEmpty)
      #expect(lens.causticCrossings(x: 100, y: 30, rho: 1).isEmpty)
      let radii = lens.causticTangentRadii(x: 0, y: 0, within: 10 + s + 1 / s)
      #expect(radii.count >= 3)
    }
  }
}
