import Foundation
import Inference
import Microlensing
import NumericalMethods
import Observations
import Probability

/// Posterior samples of an event, confronted with the exact likelihood.
public struct EventPosterior: Sendable {
  /// One sample with its photometric solution.
  struct Evaluation: Sendable {
    let parameters: BinaryLensParameters
    let logLikelihood: Double
    let solutions: [EventLikelihood.Solution]
  }

  /// Weighted samples count from this effective size on; below it, too few samples carry the weight.
  static let usefulSampleSize = 200.0

  public let samples: PosteriorSamples
  public let weights: ImportanceWeights
  let evaluations: [Evaluation]
  /// The best least-squares solution found from the likeliest samples.
  public let bestFit: BestFit

  /// Weighs every sample with the exact likelihood and refines the likeliest ones.
  ///
  /// - Throws: `Interrupted`; `EventError` when no sample has a positive source flux.
  public init(
    _ samples: PosteriorSamples, event: MicrolensingEvent, prior: JointPrior, monitor: WorkMonitor
  ) throws {
    let columns = try prior.columns(of: EventSimulator.parameterNames)
    var evaluations: [Evaluation] = []
    let block = 128
    for start in stride(from: 0, to: samples.count, by: block) {
      let end = min(start + block, samples.count)
      evaluations += try parallelMap(end - start, threads: monitor.threads) { offset in
        Result {
          let theta = samples[start + offset]
          let parameters = try BinaryLensParameters(eventTheta: columns.map { theta[$0] })
          let magnifications = parameters.magnifications(
            of: event.lightCurves, tolerance: EventSimulator.tolerance)
          let (logLikelihood, solutions) = event.likelihood.evaluate(magnifications)
          // What the simulator refuses is outside the prior.
          let isInside = event.admits(magnifications)
          return Evaluation(
            parameters: parameters, logLikelihood: isInside ? logLikelihood : -.infinity,
            solutions: solutions)
        }
      }.map { try $0.get() }
      try monitor.advance(
        WorkProgress(label: "weigh", completed: end, total: samples.count))
    }
    self.samples = samples
    self.evaluations = evaluations
    weights = ImportanceWeights(
      logTarget: evaluations.indices.map {
        evaluations[$0].logLikelihood + prior.logDensity(samples[$0])
      },
      logProposal: samples.logDensity)
    let likeliest = evaluations.filter { $0.logLikelihood > -.infinity }
      .sorted { $0.logLikelihood > $1.logLikelihood }.prefix(6)
    let fits = parallelMap(likeliest.count, threads: monitor.threads) { index in
      Result { try BestFit(from: likeliest[index].parameters, of: event.lightCurves) }
    }
    guard let best = try fits.map({ try $0.get() }).min(by: { $0.chi2 < $1.chi2 }) else {
      throw EventError("no posterior sample explains the data with a positive source flux")
    }
    bestFit = best
  }

  /// True where tables and figures use the weights.
  public var isWeighted: Bool { weights.effectiveSampleSize >= Self.usefulSampleSize }

  /// The weights that tables and figures use; nil for equal ones.
  var effectiveWeights: [Double]? { isWeighted ? weights.weights : nil }
}
