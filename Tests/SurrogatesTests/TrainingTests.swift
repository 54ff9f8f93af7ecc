import Foundation
import NumericalMethods
import Probability
import Surrogates
import Testing

@Suite struct TrainingTests {
  private func run(
    _ data: RegressionData, _ methods: [any SurrogateMethod.Type] = SurrogateCatalog.methods,
    _ change: (inout SurrogateTraining) -> Void = { _ in }
  ) throws -> SurrogateTraining.Outcome {
    var training = SurrogateTraining(data, methods: methods)
    change(&training)
    return try training.run(
      data, inputNames: (1...data.featureCount).map { "x\($0)" },
      outputNames: (1...data.outputCount).map { "y\($0)" }, monitor: WorkMonitor())
  }

  /// Of a cubic, polynomials of degree 3 know everything, and more is not simpler.
  @Test func polynomialsAreFound() throws {
    let data = Functions.data(rows: 200, features: 3) { x in
      [x[0] * x[1] * x[2] - 2 * x[0] * x[0] + x[1]]
    }
    let outcome = try run(data, [RidgeRegression.self, NearestNeighbors.self])
    let ridge = try #require(outcome.model.method as? RidgeRegression)
    #expect(ridge.degree >= 3)
    #expect(outcome.scores[outcome.chosen].relativeError < 1e-6)
    let fresh = Functions.data(rows: 50, features: 3, seed: 5) { x in
      [x[0] * x[1] * x[2] - 2 * x[0] * x[0] + x[1]]
    }
    let mean = outcome.model.predict(fresh.x).prediction.mean
    for (value, truth) in zip(mean, fresh.y) { #expect(abs(value - truth) < 1e-5) }
  }

  /// A line under noise: whatever is as good by chance, the line is the simplest.
  @Test func theSimplestIsChosen() throws {
    let data = Functions.data(rows: 400, features: 3, noise: 1) { [3 * $0[0]] }
    let outcome = try run(data)
    let ridge = try #require(outcome.model.method as? RidgeRegression)
    #expect(ridge.degree == 1)
    #expect(
      outcome.scores[outcome.simplest].meanSquare
        <= outcome.scores[outcome.best].meanSquare + outcome.scores[outcome.best].standardError)
  }

  /// An angle and the same angle one turn on are one input.
  @Test func periodicFeatures() throws {
    let data = Functions.data(rows: 300, features: 2) { [cos(.pi * $0[0] + 0.5) * $0[1]] }
    let outcome = try run(data, [RidgeRegression.self]) {
      $0 = SurrogateTraining(data, methods: [RidgeRegression.self], periods: [2, 0])
    }
    let answer = outcome.model.predict([0.3, 0.5, 2.3, 0.5, -17.7, 0.5])
    #expect(answer.excess == [0, 0, 0])
    for turn in 1...2 {
      #expect(abs(answer.prediction.mean[turn] - answer.prediction.mean[0]) < 1e-9)
    }
    #expect(abs(answer.prediction.mean[0] - cos(.pi * 0.3 + 0.5) * 0.5) < 1e-6)
  }

  @Test func learningCurvesFall() throws {
    let data = Functions.data(rows: 800, features: 5) { Functions.friedman($0) }
    let curve = try run(data, [NearestNeighbors.self]).learningCurve
    #expect(curve.map(\.rows) == [80, 160, 320, 640])
    #expect(curve.last!.relativeError < 0.8 * curve.first!.relativeError)
  }

  @Test func nothingToLearn() throws {
    let constant = Functions.data(rows: 50, features: 2) { [$0[0], 3.5] }
    #expect(throws: SurrogateError.self) { try run(constant) }
    let few = Functions.data(rows: 9, features: 2) { [$0[0]] }
    #expect(throws: SurrogateError.self) { try run(few) }
  }

  /// Fewer rows than features: what is left is shrunk, not broken.
  @Test func fewerRowsThanFeatures() throws {
    let data = Functions.data(rows: 20, features: 40) { [$0[0] + 0.1 * $0[1]] }
    let outcome = try run(data)
    let answer = outcome.model.predict(data.x)
    #expect(answer.prediction.mean.allSatisfy { $0.isFinite })
    #expect(answer.prediction.standardDeviation.allSatisfy { $0.isFinite && $0 >= 0 })
  }

  /// Columns that are the same or constant.
  @Test func dependentFeatures() throws {
    let data = Functions.data(rows: 100, features: 1) { [2 * $0[0]] }
    let tripled = RegressionData(
      x: data.x.flatMap { [$0, $0, 7] }, y: data.y, featureCount: 3, outputCount: 1)
    let outcome = try run(tripled)
    let answer = outcome.model.predict([0.25, 0.25, 7])
    #expect(abs(answer.prediction.mean[0] - 0.5) < 1e-3)
  }
}
