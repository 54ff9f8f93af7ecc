import Foundation
import Inference
import NumericalMethods
import Testing

/// Learning rates as the histories of trainings show them: that of an epoch's last minibatch.
@Suite struct LearningRateScheduleTests {
  private func learningRates(
    _ change: (inout PosteriorTraining.Configuration) -> Void
  ) throws -> [Double] {
    try withTemporaryFolder { folder in
      var experiment = ToyExperiment()
      (experiment.training.epochs, experiment.training.patience) = (24, 24)
      experiment.training.learningRate = 1e-9
      change(&experiment.training)
      return try experiment.train(in: folder).history.map(\.learningRate)
    }
  }

  @Test func constantStaysAfterTheStart() throws {
    let rates = try learningRates { ($0.schedule, $0.warmup) = (.constant, 4) }
    #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(rates[0] < 0.3e-9 && rates[8...].allSatisfy { $0 == 1e-9 })
  }

  @Test func cosineEndsAtZero() throws {
    let rates = try learningRates { ($0.schedule, $0.warmup) = (.cosine, 0) }
    for (epoch, rate) in rates.enumerated() {
      // 900 rows are 15 minibatches: the last starts after 14/15 of the epoch, nearly.
      let time = Double(epoch) + 896.0 / 900
      #expect(abs(rate / 1e-9 - 0.5 * (1 + cos(.pi * time / 24))) < 1e-9)
    }
  }

  /// Rates too small to learn anything: the loss stands still to within rounding, and the rate is
  /// halved again and again.
  @Test func plateauHalves() throws {
    let rates = try learningRates { ($0.schedule, $0.warmup, $0.learningRate) = (.plateau, 0, 0) }
    #expect(rates.allSatisfy { $0 == 0 })
    let halved = try learningRates {
      ($0.schedule, $0.warmup, $0.learningRate) = (.plateau, 0, 1e-30)
    }
    #expect(halved.first == 1e-30)
    #expect(Set(halved) == [1e-30, 0.5e-30, 0.25e-30, 0.125e-30])
  }
}
