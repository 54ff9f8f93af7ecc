import ArrayFiles
import Foundation
import Inference
import NumericalMethods
import Probability
import Testing

@Suite struct ObservationDistanceTests {
  /// x = (θ₁, θ₂) times a fixed matrix, plus noise: two large directions and many small ones; the last
  /// feature never varies.
  private func observation(
    _ features: Int, _ stream: inout RandomStream, theta: (Double, Double)? = nil
  ) -> (theta: [Double], x: [Float]) {
    let theta = theta ?? (stream.normal(), stream.normal())
    let x = (0..<features).map { k in
      let phase = 7 * Double(k) / Double(features)
      return Float(theta.0 * cos(phase) + theta.1 * sin(phase) + 0.1 * stream.normal())
    }
    return ([theta.0, theta.1], x.dropLast() + [3])
  }

  private func withModel(
    features: Int, count: Int = 4_000, _ body: (PosteriorModel) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      var stream = RandomStream(seed: 1, purpose: .simulation)
      let rows = (0..<count).map { _ in observation(features, &stream) }
      var writer = NPZWriter()
      writer.add("theta", NDArray(shape: [count, 2], values: rows.flatMap(\.theta)))
      writer.add("x", NDArray(shape: [count, features], values: rows.flatMap(\.x)))
      try writer.write(to: "\(folder)/a.npz")
      let simulations = try Simulations(
        archive: "\(folder)/a.npz", scratch: folder, monitor: WorkMonitor())
      var experiment = ToyExperiment()
      experiment.training.epochs = 1
      let model = try PosteriorTraining(
        simulations, model: StoredObservations(count: features), prior: simulations.realLine(),
        architecture: experiment.architecture, configuration: experiment.training, seed: 1
      ).run(
        in: "\(folder)/model", observationFingerprint: "", provenance: [:],
        monitor: WorkMonitor(threads: 2)
      ).model
      try body(model)
      let loaded = try PosteriorModel(folder: "\(folder)/model")
      #expect(loaded.distance == model.distance && loaded.description == model.description)
    }
  }

  /// Its quantiles hold for observations that it has not seen.
  @Test(arguments: [5, 300]) func quantilesAreThoseOfFreshSimulations(features: Int) throws {
    try withModel(features: features) { model in
      var stream = RandomStream(seed: 2, purpose: .simulation)
      let fresh = (0..<4_000).map { _ in observation(features, &stream).x }
      let distances = try #require(model.distances(of: fresh))
      let quantiles = try #require(model.distance?.quantiles)
      for (level, value) in [(0.5, quantiles.p50), (0.9, quantiles.p90), (0.99, quantiles.p99)] {
        let part = Double(distances.count { $0 < value }) / 4_000
        // Both sides are samples: of 1,800 and 4,000.
        let error = (level * (1 - level) * (1 / 1_800 + 1 / 4_000)).squareRoot()
        #expect(abs(part - level) < 4 * error)
      }
      #expect(quantiles.p50 < quantiles.p90 && quantiles.p99 <= quantiles.p999)
      #expect(quantiles.p999 <= quantiles.largest)
    }
  }

  /// Strange in a large direction, in a small one, in one feature, and in one that never varied.
  @Test(arguments: [5, 300]) func strangeObservationsAreFar(features: Int) throws {
    try withModel(features: features) { model in
      var stream = RandomStream(seed: 3, purpose: .simulation)
      let usual = observation(features, &stream, theta: (0.5, -0.5)).x
      var strange = [observation(features, &stream, theta: (12, -12)).x]
      strange.append(usual.enumerated().map { $1 + ($0 % 2 == 0 ? 1 : -1) })
      var spike = usual
      spike[1] += 1e6
      strange.append(spike)
      var changed = usual
      changed[features - 1] = 4
      strange.append(changed)
      let largest = try #require(model.distance?.quantiles.largest)
      let distances = try #require(model.distances(of: [usual] + strange))
      #expect(distances[0] < largest)
      for distance in distances.dropFirst() { #expect(distance > 2 * largest) }
    }
  }
}
