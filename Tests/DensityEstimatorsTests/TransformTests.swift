import DensityEstimators
import Foundation
import Probability
import Testing

/// What holds for every transform of every flow.
@Suite struct TransformTests {
  private static let batch = 21

  @Test(arguments: EstimatorCase.flows) func inverseUndoesForward(_ item: EstimatorCase) {
    let model = WeightedEstimator(item)
    let z = priorCases(Self.batch, item.coordinates, seed: 1)
    let context = normalCases(Self.batch, item.contextCount, seed: 2)
    for transform in model.transforms {
      let there = model.forward(transform, z, context: context)
      let back = model.inverse(transform, there.u, context: context)
      for index in z.indices {
        for (k, coordinate) in item.coordinates.enumerated() {
          #expect(abs(difference(z[index][k], back.z[index][k], coordinate)) < 2e-4)
        }
        #expect(abs(there.logDeterminant[index] - back.logDeterminant[index]) < 1e-3)
      }
    }
  }

  @Test(arguments: EstimatorCase.flows)
  func logDeterminantIsThatOfTheJacobian(_ item: EstimatorCase) {
    let model = WeightedEstimator(item)
    let z = priorCases(Self.batch, item.coordinates, seed: 3)
    let context = normalCases(Self.batch, item.contextCount, seed: 4)
    for transform in model.transforms {
      let claimed = model.forward(transform, z, context: context).logDeterminant
      var unclear = 0
      for index in z.indices {
        var error = 0.0
        let columns = item.coordinates.indices.map { j in
          // All outputs at once: the centre is subtracted so that circles have no cut nearby.
          let centre = model.forward(transform, [z[index]], context: [context[index]]).u[0]
          return item.coordinates.enumerated().map { i, coordinate in
            let slope = derivative { step in
              var moved = z[index]
              moved[j] += step
              let u = model.forward(transform, [moved], context: [context[index]]).u[0]
              return difference(u[i], centre[i], coordinate)
            }
            error = max(error, slope.error)
            return slope.value
          }
        }
        guard error < 1e-3 else {
          unclear += 1
          continue
        }
        #expect(abs(log(abs(determinant(columns))) - claimed[index]) < 1e-2)
      }
      #expect(unclear < z.count / 2)
    }
  }

  /// Case by case: of a sum over cases, too many would be next to a kink.
  @Test(arguments: EstimatorCase.flows) func gradientsAreDerivatives(_ item: EstimatorCase) {
    var model = WeightedEstimator(item)
    let weights = model.weights
    let z = priorCases(Self.batch, item.coordinates, seed: 5)
    let context = normalCases(Self.batch, item.contextCount, seed: 6)
    let slopes = normalCases(Self.batch, item.coordinates.count, seed: 7)
    for transform in model.transforms {
      var comparison = DerivativeComparison()
      for index in z.indices {
        let (z, context, slopes) = (z[index], context[index], slopes[index])
        let centre = model.forward(transform, [z], context: [context]).u[0]
        func value(_ z: [Double], _ context: [Double]) -> Double {
          let (u, logDeterminant) = model.forward(transform, [z], context: [context])
          let moved = item.coordinates.enumerated().map { k, coordinate in
            difference(u[0][k], centre[k], coordinate)
          }
          return dot(slopes, moved) + logDeterminant[0]
        }
        let gradient = model.gradient(transform, [z], context: [context], slopes: [slopes])
        let zMove = normalCases(1, z.count, seed: 8 + UInt64(index))[0]
        comparison.compare(dot(gradient.z[0], zMove), size: norm(gradient.z[0])) { step in
          value(zip(z, zMove).map { $0 + step * $1 }, context)
        }
        let contextMove = normalCases(1, context.count, seed: 50 + UInt64(index))[0]
        comparison.compare(
          dot(gradient.context[0], contextMove), size: norm(gradient.context[0])
        ) { step in
          value(z, zip(context, contextMove).map { $0 + step * $1 })
        }
        let direction = model.direction(scale: 1, seed: 90 + UInt64(index))
        let products = zip(gradient.parameters, direction).map { Double($0 * $1) }
        comparison.compare(products.reduce(0, +), size: norm(products)) { step in
          model.weights = zip(weights, direction).map { $0 + Float(step) * $1 }
          return value(z, context)
        }
        model.weights = weights
      }
      #expect(comparison.passes, "\(comparison)")
    }
  }

  private func norm(_ values: [Double]) -> Double { dot(values, values).squareRoot() }
}
