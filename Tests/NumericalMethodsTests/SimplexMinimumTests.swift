import Foundation
import NumericalMethods
import Testing

@Suite struct SimplexMinimumTests {
  /// Rosenbrock's valley (1960, The Computer Journal 3, 175), whose minimum is 0 at (1, 1).
  @Test func findsTheEndOfTheValley() throws {
    let (point, value) = try SimplexMinimum.find(
      start: [-1.2, 1], step: 0.5, tolerance: 1e-9, maximumIterations: 1_000
    ) { p in 100 * pow(p[1] - p[0] * p[0], 2) + pow(1 - p[0], 2) }
    #expect(value < 1e-12)
    #expect(abs(point[0] - 1) < 1e-6 && abs(point[1] - 1) < 1e-6)
  }

  /// Beyond a wall of values that are not numbers nothing is looked for.
  @Test func staysWhereTheFunctionIsFinite() throws {
    let (point, _) = try SimplexMinimum.find(
      start: [2], step: 0.5, tolerance: 1e-9, maximumIterations: 500
    ) { p in p[0] < 1 ? .nan : p[0] }
    #expect(point[0] >= 1 && point[0] < 1 + 1e-6)
  }

  @Test func startsMustBeFinite() {
    #expect(throws: NumericalError.self) {
      try SimplexMinimum.find(
        start: [0], step: 1, tolerance: 1e-3, maximumIterations: 10
      ) { _ in .infinity }
    }
  }
}
