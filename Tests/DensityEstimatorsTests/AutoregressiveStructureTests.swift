import DensityEstimators
import Testing

/// A masked autoregressive flow is a stack of triangular maps.
@Suite struct AutoregressiveStructureTests {
  private static let context = normalCases(2, 3, seed: 63)

  private func flow(_ dimensions: Int) -> WeightedEstimator {
    WeightedEstimator(
      EstimatorCase(
        testDescription: "", coordinates: .init(repeating: .line, count: dimensions)
      ) { layout in
        var configuration = MaskedAutoregressiveFlow.Configuration()
        (configuration.transforms, configuration.width) = (2, 17)
        return MaskedAutoregressiveFlow(
          "flow", coordinates: lines(dimensions), contextCount: 3, configuration: configuration,
          layout: &layout)
      }, scale: 1, seed: 4)
  }

  /// Which outputs `[i]` change with which input `[j]`; exact, since masked paths contribute nothing.
  private func dependence(_ model: WeightedEstimator, _ transform: Int, dimensions: Int) -> [[Bool]]
  {
    let transform = model.transforms[transform]
    let z = normalCases(1, dimensions, seed: 60)
    let u = model.forward(transform, z, context: [Self.context[0]]).u[0]
    return (0..<dimensions).map { j in
      var moved = z
      moved[0][j] += 0.5
      let other = model.forward(transform, moved, context: [Self.context[0]]).u[0]
      return zip(u, other).map { $0 != $1 }
    }
  }

  @Test(arguments: [2, 3, 7]) func transformsAreTriangularInAlternatingOrder(dimensions: Int) {
    let model = flow(dimensions)
    let first = dependence(model, 0, dimensions: dimensions)
    let second = dependence(model, 1, dimensions: dimensions)
    for j in 0..<dimensions {
      for i in 0..<dimensions {
        #expect(first[j][i] == (i >= j), "u\(i) of z\(j)")
        #expect(second[j][i] == (i <= j), "u\(i) of z\(j)")
      }
    }
  }

  /// Also the first variable, which sees no other.
  @Test(arguments: [1, 2, 7]) func allVariablesSeeTheContext(dimensions: Int) {
    let model = flow(dimensions)
    let z = normalCases(1, dimensions, seed: 62)
    for transform in model.transforms {
      let u = model.forward(transform, z, context: [Self.context[0]]).u[0]
      let other = model.forward(transform, z, context: [Self.context[1]]).u[0]
      #expect(zip(u, other).allSatisfy { $0 != $1 })
    }
  }
}
