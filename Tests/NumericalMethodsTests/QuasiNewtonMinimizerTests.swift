import Foundation
import NumericalMethods
import Testing

@Suite struct QuasiNewtonMinimizerTests {
  /// Rosenbrock's valley (1960, Comput. J. 3, 175).
  private static func valley(_ x: [Double]) -> (value: Double, gradient: [Double]) {
    let (a, b) = (1 - x[0], x[1] - x[0] * x[0])
    return (a * a + 100 * b * b, [-2 * a - 400 * x[0] * b, 200 * b])
  }

  private static var limits: QuasiNewtonMinimizer.Limits {
    var limits = QuasiNewtonMinimizer.Limits()
    (limits.gradient, limits.decrease) = (1e-9, 0)
    return limits
  }

  @Test func findsTheEndOfTheValley() {
    var minimizer = QuasiNewtonMinimizer(lower: [-10, -10], upper: [10, 10])
    let result = minimizer.minimize(from: [-1.2, 1], Self.limits, Self.valley)
    #expect(abs(result.point[0] - 1) < 1e-7 && abs(result.point[1] - 1) < 1e-7)
    #expect(result.iterations < 100)
    // What it knows of the curvature helps from nearby.
    let again = minimizer.minimize(from: [1.01, 1.02], Self.limits, Self.valley)
    #expect(abs(again.point[0] - 1) < 1e-7)
    #expect(again.iterations < result.iterations)
  }

  /// With x ≤ 1/2 the least value is at (1/2, 1/4); with y ≥ 2 too, no bound is free.
  @Test func staysWithinBounds() {
    var minimizer = QuasiNewtonMinimizer(lower: [-10, -10], upper: [0.5, 10])
    let result = minimizer.minimize(from: [-1.2, 1], Self.limits, Self.valley)
    #expect(result.point[0] == 0.5)
    #expect(abs(result.point[1] - 0.25) < 1e-9)
    var cornered = QuasiNewtonMinimizer(lower: [0, 2], upper: [0.5, 10])
    #expect(cornered.minimize(from: [0.2, 5], Self.limits, Self.valley).point == [0.5, 2])
  }

  @Test func avoidsWhatIsNotFinite() {
    var minimizer = QuasiNewtonMinimizer(lower: [-10], upper: [10])
    let result = minimizer.minimize(from: [3], Self.limits) { x in
      x[0] > 0 ? (x[0] - log(x[0]), [1 - 1 / x[0]]) : (.nan, [0])
    }
    #expect(abs(result.point[0] - 1) < 1e-8)
  }

  @Test func exponentialOfEightIsThatOfOne() {
    for start in stride(from: -700.0, to: 700, by: 0.37) {
      let x = SIMD8<Double>((0..<8).map { start + 0.045 * Double($0) })
      let values = exponential(x)
      for lane in 0..<8 { #expect(abs(values[lane] / exp(x[lane]) - 1) < 5e-16) }
    }
    #expect(exponential(SIMD8(repeating: -1e9))[0] < 1e-300)
  }
}
