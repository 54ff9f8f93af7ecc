import Foundation
import NumericalMethods
import Surrogates
import Testing

@Suite struct RegionalNetworksTests {
  /// Flat on one side, and fast waves on the other.
  private static func data(_ rows: Int, seed: UInt64) -> RegressionData {
    Functions.data(rows: rows, features: 2, seed: seed) {
      [$0[0] < 0 ? 0 : sin(20 * $0[0]) * (1 + $0[1])]
    }
  }

  private static func network(width: Int) -> NeuralEnsemble {
    var network = NeuralEnsemble()
    (network.layers, network.width, network.members) = (2, width, 1)
    (network.epochs, network.batchSize) = (60, 32)
    return network
  }

  private static func error(_ method: any SurrogateMethod) throws -> Double {
    let names = (["x1", "x2"], ["y"])
    let model = try SurrogateModel(
      fitting: method, to: data(4_000, seed: 1), calibratedOn: data(500, seed: 2),
      inputNames: names.0, outputNames: names.1, FittingContext())
    let test = data(2_000, seed: 3)
    let mean = model.predict(test.x).prediction.mean
    return zip(mean, test.y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }

  @Test func partsKnowMoreThanTheWhole() throws {
    var regional = RegionalNetworks()
    regional.regions = 6
    regional.network = Self.network(width: 16)
    (regional.network.epochs, regional.network.patience) = (300, 300)
    let (parts, whole) = (try Self.error(regional), try Self.error(regional.network))
    #expect(parts < 0.5 * whole)
  }

  /// A row's region does not depend on what else is asked, nor on how many threads there are.
  @Test func rowsDoNotSeeEachOther() throws {
    var regional = RegionalNetworks()
    regional.regions = 5
    regional.network = Self.network(width: 8)
    regional.network.epochs = 3
    let model = try SurrogateModel(
      fitting: regional, to: Self.data(2_000, seed: 1), calibratedOn: Self.data(100, seed: 2),
      inputNames: ["x1", "x2"], outputNames: ["y"], FittingContext())
    let x = Self.data(20_000, seed: 4).x
    let all = model.predict(x, threads: 2)
    #expect(all.excess.count == 20_000)
    for row in stride(from: 0, to: 20_000, by: 997) {
      let one = model.predict(Array(x[2 * row..<2 * row + 2]))
      #expect(one.prediction.mean[0] == all.prediction.mean[row])
      #expect(one.prediction.standardDeviation[0] == all.prediction.standardDeviation[row])
      #expect(one.excess[0] == all.excess[row])
    }
  }
}
