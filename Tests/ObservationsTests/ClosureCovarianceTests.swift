import Foundation
import Numerics
import Observations
import Testing

@Suite struct ClosureCovarianceTests {
  private static let set = SyntheticVisibilities.set(
    stations: 5, times: [SyntheticVisibilities.complete(5)])

  /// The scatter of closures over noise realisations, off the diagonal too; and log amplitudes as they
  /// are measured have no bias worth mentioning.
  @Test(arguments: ClosureTests.kinds) func covarianceIsThatOfNoise(
    kind: ClosureQuantities.Kind
  ) throws {
    let ideal = try Self.set.closures(kind)
    let n = ideal.elements.count
    let expected = ideal.covariance(of: ideal.groups[0])
    let draws = 20_000
    var generator = TestGenerator(state: 5)
    var means = [Double](repeating: 0, count: n)
    var products = [Double](repeating: 0, count: n * n)
    for _ in 0..<draws {
      let noisy = Self.set.visibilities.map { row in
        row.value + Complex(row.sigma * generator.normal(), row.sigma * generator.normal())
      }
      let offsets = zip(ideal.values(of: noisy), ideal.elements).map { value, element in
        let difference = value - element.value
        return kind == .phase ? difference.remainder(dividingBy: 2 * .pi) : difference
      }
      for i in 0..<n {
        means[i] += offsets[i] / Double(draws)
        for j in 0..<n { products[i * n + j] += offsets[i] * offsets[j] / Double(draws) }
      }
    }
    var correlated = 0
    for i in 0..<n {
      let sigma = expected[i * n + i].squareRoot()
      #expect(abs(ideal.elements[i].sigma - sigma) < 1e-14)
      #expect(abs(means[i]) < 5 * sigma / Double(draws).squareRoot())
      for j in 0..<n {
        let scale = (expected[i * n + i] * expected[j * n + j]).squareRoot()
        // Five standard errors of a covariance, and the second order in 1/SNR.
        #expect(abs(products[i * n + j] - expected[i * n + j]) < 0.06 * scale)
        if i != j && abs(expected[i * n + j]) > 0.2 * scale { correlated += 1 }
      }
    }
    #expect(correlated > 0)
  }

  /// Any minimal set has the same χ²: it depends on the visibilities only.
  @Test(arguments: ClosureTests.kinds) func chiSquaredDoesNotDependOnTheSet(
    kind: ClosureQuantities.Kind
  ) throws {
    let model = Self.set.visibilities.map { $0.value + Complex(0.05, -0.02) * $0.value * $0.value }
    let reference = ClosureChiSquared(try Self.set.closures(kind)).value(of: model)
    #expect(reference > 0.01)
    for best in 0..<5 {
      // Weak rows at times of their own, which close with nothing, make a station the best.
      var other = Self.set
      for row in Self.set.visibilities where row.station1 != best && row.station2 != best {
        for _ in 0..<9 {
          var weak = row
          weak.time += Double(other.visibilities.count)
          weak.sigma = 100
          other.visibilities.append(weak)
        }
      }
      let closures = try other.closures(kind)
      if kind == .phase {
        #expect(
          closures.elements.allSatisfy { element in
            (0..<3).contains { element.stations[$0] == best }
          })
      }
      let padding = [Complex<Double>](repeating: .one, count: 6 * 9)
      let value = ClosureChiSquared(closures).value(of: model + padding)
      #expect(abs(value - reference) < 1e-9 * reference)
    }
    #expect(
      ClosureChiSquared(try Self.set.closures(kind)).value(
        of: Self.set.visibilities.map(\.value)) == 0)
  }

  @Test(arguments: ClosureTests.kinds) func gradientIsTheDerivative(
    kind: ClosureQuantities.Kind
  ) throws {
    let measured = SyntheticVisibilities.set(
      stations: 6, times: [SyntheticVisibilities.complete(6), SyntheticVisibilities.complete(4)],
      channels: 2, noise: 1)
    let chiSquared = ClosureChiSquared(try measured.closures(kind))
    let model = SyntheticVisibilities.set(
      stations: 6, times: [SyntheticVisibilities.complete(6), SyntheticVisibilities.complete(4)],
      channels: 2
    ).visibilities.map(\.value)
    var gradient = [Complex<Double>](repeating: .zero, count: model.count)
    let value = chiSquared.value(of: model, addingGradientTo: &gradient)
    #expect(value > 0 && value == chiSquared.value(of: model))
    let step = 1e-6
    for index in stride(from: 0, to: model.count, by: 5) {
      for direction in [Complex(1.0, 0), Complex(0, 1.0)] {
        var (up, down) = (model, model)
        up[index] += direction.multiplied(by: step)
        down[index] -= direction.multiplied(by: step)
        let numerical = (chiSquared.value(of: up) - chiSquared.value(of: down)) / (2 * step)
        let analytic = (direction.conjugate * gradient[index]).real
        #expect(abs(numerical - analytic) < 1e-5 * (1 + abs(analytic)))
      }
    }
  }

  /// With noise of the stated size χ² is the number of closures, give or take.
  @Test(arguments: ClosureTests.kinds) func noiseGivesChiSquaredOfOneEach(
    kind: ClosureQuantities.Kind
  ) throws {
    let times = (0..<100).map { _ in SyntheticVisibilities.complete(6) }
    let ideal = SyntheticVisibilities.set(stations: 6, times: times)
    let noisy = SyntheticVisibilities.set(stations: 6, times: times, noise: 1, seed: 1)
    #expect(noisy.visibilities[7].u == ideal.visibilities[7].u)
    let closures = try noisy.closures(kind)
    let value = ClosureChiSquared(closures).value(of: ideal.visibilities.map(\.value))
    let count = Double(closures.elements.count)
    #expect(abs(value - count) < 5 * (2 * count).squareRoot())
  }
}
