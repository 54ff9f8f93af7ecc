import Foundation
import NumericalMethods
import Surrogates
import Testing

@Suite struct NeighborTests {
  /// The tree finds what looking at every row finds: with clumps, ties and rows that are the same.
  @Test(arguments: [1, 2, 5])
  func theTreeMissesNothing(_ features: Int) throws {
    let fresh = Functions.data(rows: 200, features: features, seed: 9) { _ in [0] }
    let rows = Functions.data(rows: 400, features: features) { [$0.reduce(0, +)] }
    let data = RegressionData(
      x: rows.x.enumerated().map {
        $0.offset % 3 == 0 ? ($0.element * 4).rounded() / 4 : $0.element
      },
      y: rows.y, featureCount: features, outputCount: 1)
    var method = NearestNeighbors()
    method.neighbors = 1
    let mean = try method.fit(data, FittingContext()).predict(fresh.x, threads: 1).mean
    for row in 0..<fresh.rowCount {
      let squares = (0..<data.rowCount).map { other in
        (0..<features).reduce(0.0) {
          $0 + pow(data.x[other * features + $1] - fresh.x[row * features + $1], 2)
        }
      }
      let least = squares.min()!
      // Any of those that are as near.
      let answers = squares.indices.filter { squares[$0] <= least * (1 + 1e-12) }
      #expect(answers.contains { abs(data.y[$0] - mean[row]) < 1e-12 })
    }
  }
}
