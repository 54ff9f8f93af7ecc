import ExperimentRunner
import Foundation
import Testing

@Suite struct DesignComparisonTests {
  private typealias Point = DesignComparison.Point

  private static func points(_ sizes: [Int], _ error: (Double) -> Double) -> [Point] {
    sizes.map {
      Point(
        simulations: $0, relativeError: error(Double($0)), relativeAbsolute: error(Double($0)) / 2)
    }
  }

  /// Errors 10 / n of the active design and n^−1/2 of the random one are equal where the latter has 0.01 n² simulations.
  @Test func savingsOfPowerLawsAreExact() {
    let comparison = DesignComparison(
      active: Self.points([100, 200, 300]) { 10 / $0 },
      random: Self.points([100, 200, 300, 600, 1_200]) { 1 / $0.squareRoot() })
    for saving in [comparison.saving, comparison.savingOfAbsolute] {
      #expect(!saving.isBound)
      #expect(abs(saving.ratio - 3) < 1e-12)
    }
  }

  /// What the random design never reaches needs more simulations than it had.
  @Test func savingsBeyondTheRandomDesignAreBounds() {
    let comparison = DesignComparison(
      active: Self.points([100, 300]) { 1 / $0 },
      random: Self.points([100, 300, 1_200]) { 1 / $0.squareRoot() })
    #expect(comparison.saving == .init(ratio: 4, isBound: true))
  }

  /// A design that is worse costs simulations.
  @Test func lossesAreTold() {
    let comparison = DesignComparison(
      active: Self.points([100, 400]) { 1 / $0.squareRoot() },
      random: Self.points([100, 400]) { 10 / $0 })
    #expect(abs(comparison.saving.ratio - 0.5) < 1e-12)
    let same = Self.points([100, 400]) { _ in 0.1 }
    #expect(DesignComparison(active: same, random: same).saving.ratio == 0.25)
  }

  @Test func randomDesignsGrowByRootsOfTwo() {
    #expect(DesignComparison.sizes([100, 200], factor: 4) == [100, 200, 282, 400, 565, 800])
    #expect(DesignComparison.sizes([100, 200], factor: 1.7) == [100, 200, 282, 340])
    #expect(DesignComparison.sizes([100, 200], factor: 1) == [100, 200])
  }
}
