import Foundation
import NumericalMethods
import Surrogates
import Testing

@Suite struct LassoTests {
  /// Two features of forty matter: LASSO needs fewer rows than ridge.
  @Test func fewFeaturesMatter() throws {
    let data = Functions.data(rows: 60, features: 40, noise: 0.1) { [$0[3] - 2 * $0[17]] }
    let fresh = Functions.data(rows: 500, features: 40, seed: 2) { [$0[3] - 2 * $0[17]] }
    func error(_ method: any SurrogateMethod.Type) throws -> Double {
      var training = SurrogateTraining(data, methods: [method])
      training.candidates = [training.candidates[0]]
      let model = try training.run(
        data, inputNames: (1...40).map { "x\($0)" }, outputNames: ["y"], monitor: WorkMonitor()
      ).model
      return zip(model.predict(fresh.x).prediction.mean, fresh.y).reduce(0) {
        $0 + pow($1.0 - $1.1, 2) / 500
      }
    }
    let (lasso, ridge) = (try error(LassoRegression.self), try error(RidgeRegression.self))
    #expect(lasso < 0.5 * ridge)
    #expect(lasso < 0.01)
  }
}
