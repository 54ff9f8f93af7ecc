import Foundation
import Plotting
import Testing

@Suite struct DensityTests {
  private static func gaussian(
    _ count: Int, correlation: Double, seed: UInt64, shift: Double = 0
  ) -> (x: [Double], y: [Double]) {
    var generator = TestGenerator(state: seed)
    var (x, y): ([Double], [Double]) = ([], [])
    for _ in 0..<count {
      let (a, b) = (generator.normal(), generator.normal())
      x.append(a + shift)
      y.append(correlation * a + (1 - correlation * correlation).squareRoot() * b + shift)
    }
    return (x, y)
  }

  /// The region of mass m of a Gaussian has the area −2π σ² √(1−r²) ln(1−m); smoothing widens it a
  /// little. Its contour is closed and has the area.
  @Test(arguments: [0.0, 0.9, -0.98])
  func regionsOfAGaussian(correlation: Double) throws {
    let (x, y) = Self.gaussian(20_000, correlation: correlation, seed: 5)
    let grid = DensityGrid(x: x, y: y, xRange: -4.5...4.5, yRange: -4.5...4.5)
    for mass in CornerFigure.regionMasses {
      let level = grid.level(enclosing: mass)
      let loops = grid.contours(at: level)
      let largest = try #require(loops.max { $0.signedArea < $1.signedArea })
      let area = loops.reduce(0) { $0 + $1.signedArea } * grid.cellX * grid.cellY
      let expected = -2 * .pi * (1 - correlation * correlation).squareRoot() * log(1 - mass)
      #expect(abs(area / expected - 1) < 0.15)
      #expect(largest.x.first == largest.x.last && largest.y.first == largest.y.last)

      let inside = zip(x, y).count { x, y in loops.contains { Self.isInside(x, y, $0) } }
      #expect(abs(Double(inside) / Double(x.count) - mass) < 0.02)
    }
  }

  @Test func twoModesStayApart() {
    let (x1, y1) = Self.gaussian(6000, correlation: 0, seed: 1)
    let (x2, y2) = Self.gaussian(6000, correlation: 0, seed: 2, shift: 12)
    let grid = DensityGrid(
      x: x1 + x2, y: y1 + y2, xRange: -5...17, yRange: -5...17, size: 128)
    let loops = grid.contours(at: grid.level(enclosing: 0.865))
    let large = loops.filter { $0.signedArea * grid.cellX * grid.cellY > 1 }
    #expect(large.count == 2)
    // Each mode's region is that of a unit Gaussian: 2π · 2.
    for loop in large {
      #expect(abs(loop.signedArea * grid.cellX * grid.cellY / (4 * .pi) - 1) < 0.15)
    }
  }

  /// A ring has an outer and an inner contour, the inner one with negative area.
  @Test func holesAreSeen() {
    var generator = TestGenerator(state: 8)
    let angles = (0..<20_000).map { _ in Double.random(in: 0..<(2 * .pi), using: &generator) }
    let radii = angles.map { _ in 3 + 0.4 * generator.normal() }
    let grid = DensityGrid(
      x: zip(radii, angles).map { $0 * cos($1) }, y: zip(radii, angles).map { $0 * sin($1) },
      xRange: -5...5, yRange: -5...5)
    let loops = grid.contours(at: grid.level(enclosing: 0.865))
    #expect(loops.count { $0.signedArea > 100 } == 1)
    #expect(loops.count { $0.signedArea < -100 } == 1)
  }

  @Test func weightsCount() {
    let grid = DensityGrid(
      x: [-2, 2], y: [-2, 2], weights: [3, 1], xRange: -4...4, yRange: -4...4)
    let half = grid.mass.prefix(grid.mass.count / 2).reduce(0, +)
    #expect(abs(half - 0.75) < 1e-6)
  }

  private static func isInside(_ x: Double, _ y: Double, _ loop: ContourLoop) -> Bool {
    var inside = false
    for index in loop.x.indices.dropLast() {
      let (x1, y1) = (loop.x[index], loop.y[index])
      let (x2, y2) = (loop.x[index + 1], loop.y[index + 1])
      if (y1 > y) != (y2 > y), x < x1 + (y - y1) / (y2 - y1) * (x2 - x1) { inside.toggle() }
    }
    return inside
  }
}
