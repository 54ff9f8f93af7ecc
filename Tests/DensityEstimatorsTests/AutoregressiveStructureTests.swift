import DensityEstimators
import Testing

/// A masked autoregressive flow is a stack of triangular maps.
@Suite struct AutoregressiveStructureTests {
  private func flow(dimensions: Int, transforms: Int) -> WeightedEstimator {
    WeightedEstimator(scale: 1, seed: 4) { layout in
      var configuration = MaskedAutoregressiveFlow.Configuration()
      (configuration.transforms, configuration.width) = (transforms, 17)
      return MaskedAutoregressiveFlow(
        "flow", dimensions: dimensions, contextCount: 3, configuration: configuration,
        layout: &layout)
    }
  }

  /// Which outputs change when one input does; exact, since masked paths contribute exactly nothing.
  private func dependence(_ model: WeightedEstimator, dimensions: Int) -> [[Bool]] {
    let noise = normalRows(1, dimensions, seed: 60)
    let context = normalRows(1, 3, seed: 61)
    let z = model.transform(noise, context: context).z[0]
    return (0..<dimensions).map { j in
      var moved = noise
      moved[0][j] += 0.5
      let other = model.transform(moved, context: context).z[0]
      return zip(z, other).map { $0 != $1 }
    }
  }

  @Test(arguments: [2, 3, 7]) func oneTransformIsLowerTriangular(dimensions: Int) {
    let changed = dependence(flow(dimensions: dimensions, transforms: 1), dimensions: dimensions)
    for j in 0..<dimensions {
      for i in 0..<dimensions { #expect(changed[j][i] == (i >= j), "z\(i) of u\(j)") }
    }
  }

  @Test(arguments: [2, 3, 7]) func reversingTheOrderMixesAll(dimensions: Int) {
    let changed = dependence(flow(dimensions: dimensions, transforms: 2), dimensions: dimensions)
    #expect(changed.allSatisfy { $0.allSatisfy { $0 } })
  }

  /// The first dimension of one order is the last of the next; a lone one needs no second.
  @Test(arguments: [1, 2, 7]) func allDimensionsSeeTheContext(dimensions: Int) {
    let model = flow(dimensions: dimensions, transforms: dimensions == 1 ? 1 : 2)
    let noise = normalRows(1, dimensions, seed: 62)
    let z = model.transform(noise, context: normalRows(1, 3, seed: 63)).z[0]
    let other = model.transform(noise, context: normalRows(1, 3, seed: 64)).z[0]
    #expect(zip(z, other).allSatisfy { $0 != $1 })
  }

  /// Rows of a batch do not influence each other.
  @Test func rowsAreIndependent() {
    let model = flow(dimensions: 3, transforms: 3)
    let (z, context) = (normalRows(13, 3, seed: 65), normalRows(13, 3, seed: 66))
    let together = model.logDensity(z, context: context)
    for row in 0..<13 {
      #expect(model.logDensity([z[row]], context: [context[row]])[0] == together[row])
    }
  }
}
