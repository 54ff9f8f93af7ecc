import Foundation
import NumericalMethods
import Probability

/// Whether a model's posteriors mean what they say, over fresh simulations from the prior.
///
/// References: Talts et al. (2018), arXiv:1804.06788 (simulation-based calibration); Hermans et al.
/// (2022), TMLR, arXiv:2110.06581, eq. 1 (expected coverage of highest-density regions).
public struct Calibration: Codable, Sendable {
  public struct Configuration: Codable, Sendable, Equatable {
    /// Fresh simulations.
    public var count = 1_000
    /// Posterior samples for each.
    public var samples = 1_000

    public init() {}
  }

  public let names: [String]
  public let samples: Int
  /// Fresh draws that the simulator could not answer, by reason; replaced by further draws.
  public let failures: [String: Int]
  /// Per parameter, for each simulation, how many samples lie below the truth: uniform on 0…samples.
  public let ranks: [[Int]]
  /// For each simulation, the part of samples with a higher density than the truth's.
  public let credibilities: [Double]

  /// The part of truths inside the highest-density region of each credibility level.
  public func coverage(_ level: Double) -> Double {
    Double(credibilities.count { $0 < level }) / Double(credibilities.count)
  }

  /// The largest distance between the ECDF of a parameter's normalised ranks and the uniform law.
  public func rankDeviation(_ parameter: Int) -> Double {
    let sorted = ranks[parameter].sorted()
    return sorted.indices.reduce(0) { largest, index in
      let uniform = (Double(sorted[index]) + 0.5) / Double(samples + 1)
      let low = Double(index) / Double(sorted.count)
      let high = Double(index + 1) / Double(sorted.count)
      return max(largest, abs(uniform - low), abs(high - uniform))
    }
  }

  /// Simulates, infers and ranks.
  ///
  /// - Throws: `Interrupted`; `SimulationFailure` when hardly any draw has an answer.
  public static func run(
    _ model: PosteriorModel, simulation: SimulationRun, configuration: Configuration, seed: UInt64,
    monitor: WorkMonitor
  ) throws -> Calibration {
    precondition(configuration.count > 0 && configuration.samples > 0)
    var cases: [Case] = []
    var failures: [String: Int] = [:]
    var next = 0
    while cases.count < configuration.count {
      let batch = min(32, configuration.count - cases.count)
      let first = next
      let results = parallelMap(batch, threads: monitor.threads) { offset in
        Self.rank(model, simulation, first + offset, configuration.samples, seed)
      }
      next += batch
      for result in results {
        switch result {
        case .success(let value): cases.append(value)
        case .failure(let failure): failures[failure.reason, default: 0] += 1
        }
      }
      if next > 100 * configuration.count {
        throw SimulationFailure("only \(cases.count) of \(next) fresh simulations succeeded")
      }
      try monitor.advance(
        WorkProgress(label: "calibrate", completed: cases.count, total: configuration.count))
    }
    return Calibration(
      names: model.prior.names, samples: configuration.samples, failures: failures,
      ranks: model.prior.names.indices.map { parameter in cases.map { $0.ranks[parameter] } },
      credibilities: cases.map(\.credibility))
  }

  private struct Case: Sendable {
    let ranks: [Int]
    let credibility: Double
  }

  private static func rank(
    _ model: PosteriorModel, _ simulation: SimulationRun, _ index: Int, _ samples: Int,
    _ seed: UInt64
  ) -> Result<Case, SimulationFailure> {
    let simulator = simulation.simulator
    var signal = [Float](repeating: 0, count: simulator.signalCount)
    let truth: [Double]
    do {
      truth = try signal.withUnsafeMutableBufferPointer { buffer throws(SimulationFailure) in
        try simulation.draw(index, purpose: .calibration, into: buffer)
      }
    } catch { return .failure(error) }
    var observation = [Float](repeating: 0, count: simulator.observationCount)
    var noise = RandomStream(seed: seed, purpose: .calibrationNoise, index: UInt64(index))
    signal.withUnsafeBufferPointer { signal in
      observation.withUnsafeMutableBufferPointer { observation in
        simulator.observe(signal, into: observation, using: &noise)
      }
    }
    let posterior = model.sample(
      observation, count: samples, seed: seed, purpose: .calibrationPosterior, index: index)
    let density = model.logDensity(of: [truth], observation: observation)[0]
    let ranks = truth.indices.map { parameter in
      posterior.theta.count { $0[parameter] < truth[parameter] }
    }
    let higher = posterior.logDensity.count { $0 > density }
    return .success(
      Case(ranks: ranks, credibility: (Double(higher) + 0.5) / Double(samples + 1)))
  }
}
