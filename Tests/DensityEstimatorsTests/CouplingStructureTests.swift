import DensityEstimators
import Testing

/// A coupling flow maps every other variable in turn, and mixes the line coordinates in between.
@Suite struct CouplingStructureTests {
  private let context = normalCases(2, 3, seed: 5)

  private let model = WeightedEstimator(
    EstimatorCase(testDescription: "", coordinates: [.line, .line, .circle, .line, .line]) {
      layout in
      var configuration = NeuralSplineFlow.Configuration()
      (configuration.transforms, configuration.width) = (2, 17)
      return NeuralSplineFlow(
        "flow", coordinates: [.line, .line, .circle, .line, .line], contextCount: 3,
        configuration: configuration, layout: &layout)
    }, scale: 1, seed: 6)

  /// Which outputs `[i]` change with which input `[j]`.
  private func dependence(_ transform: Int) -> [[Bool]] {
    let transform = model.transforms[transform]
    let z = [[0.1, -0.4, 0.7, 0.3, -0.2]]
    let u = model.forward(transform, z, context: [context[0]]).u[0]
    return z[0].indices.map { j in
      var moved = z
      moved[0][j] += 0.3
      let other = model.forward(transform, moved, context: [context[0]]).u[0]
      return zip(u, other).map { $0 != $1 }
    }
  }

  @Test func everyOtherVariableIsMapped() {
    for (transform, parity) in [(0, 0), (2, 1)] {
      let changed = dependence(transform)
      for j in 0..<5 {
        for i in 0..<5 {
          let expected = i == j || (i % 2 == parity && j % 2 != parity)
          #expect(changed[j][i] == expected, "u\(i) of z\(j) in transform \(transform)")
        }
      }
    }
  }

  /// A circle has no linear maps but the identity.
  @Test func linearMapsMixTheLines() {
    let changed = dependence(1)
    for j in 0..<5 {
      for i in 0..<5 { #expect(changed[j][i] == (i == 2 || j == 2 ? i == j : true)) }
    }
  }

  @Test func onlySplinesSeeTheContext() {
    let z = [[0.1, -0.4, 0.7, 0.3, -0.2]]
    let isChanged = model.transforms.map { transform in
      let u = context.map { model.forward(transform, z, context: [$0]).u[0] }
      return zip(u[0], u[1]).map { $0 != $1 }
    }
    #expect(isChanged[0] == [true, false, true, false, true])
    #expect(isChanged[1] == [false, false, false, false, false])
    #expect(isChanged[2] == [false, true, false, true, false])
  }
}
