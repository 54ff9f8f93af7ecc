import NumericalMethods
import Surrogates
import Testing

/// What a surrogate takes for outside of its training set.
@Suite struct TrainingDomainTests {
  /// A plane over a narrow strip along the diagonal of [−1, 1]².
  private static func model() throws -> SurrogateModel {
    func strip(_ rows: Int, seed: UInt64) -> RegressionData {
      let data = Functions.data(rows: rows, features: 2, seed: seed) { _ in [0] }
      let x = stride(from: 0, to: data.x.count, by: 2).flatMap {
        [data.x[$0], data.x[$0] + 0.05 * data.x[$0 + 1]]
      }
      let y = stride(from: 0, to: x.count, by: 2).map { x[$0] + x[$0 + 1] }
      return RegressionData(x: x, y: y, featureCount: 2, outputCount: 1)
    }
    return try SurrogateModel(
      fitting: RidgeRegression(), to: strip(2_000, seed: 1), calibratedOn: strip(200, seed: 2),
      inputNames: ["x1", "x2"], outputNames: ["y"], FittingContext())
  }

  @Test func onAllSides() throws {
    let model = try Self.model()
    #expect(model.predict([0, 0, 0.5, 0.5, -0.9, -0.9]).excess == [0, 0, 0])
    // Along the diagonal, and across it within the range of each feature.
    let outside = model.predict([2, 2, -2, -2, 0.8, -0.8, -0.8, 0.8])
    // A standard deviation is 0.58; across the diagonal it is 0.02.
    for (excess, least) in zip(outside.excess, [1.6, 1.6, 30, 30]) { #expect(excess > least) }
    for deviation in outside.prediction.standardDeviation { #expect(deviation > 1) }
  }

  @Test func everyRowItsOwn() throws {
    let model = try Self.model()
    var x = [Double](repeating: 0.1, count: 2 * 9_000)
    for row in [0, 3_000, 8_999] { x[2 * row] = 3 + Double(row) }
    for threads in [1, 2] {
      let excess = model.predict(x, threads: threads).excess
      #expect(excess.indices.filter { excess[$0] > 0 } == [0, 3_000, 8_999])
      #expect(excess[0] < excess[3_000] && excess[3_000] < excess[8_999])
    }
  }
}
