import Foundation
import NumericalMethods
import Probability

/// Whether a model's posteriors mean what they say, over fresh simulations from the prior.
///
/// References: Talts et al. (2018), arXiv:1804.06788 (simulation-based calibration); Hermans et al.
/// (2022), TMLR, arXiv:2110.06581, eq. 1 (expected coverage of highest-density regions); Lemos, Coogan,
/// Hezaveh & Perreault-Levasseur (2023), ICML, arXiv:2302.03026, algorithm 2 (tests of accuracy with
/// random points, TARP).
public struct Calibration: Codable, Sendable {
  public struct Configuration: CheckedSettings {
    /// Fresh simulations.
    public var count = 1_000
    /// Posterior samples for each.
    public var samples = 1_000

    public init() {}

    public var ranges: [SettingRange] {
      [
        SettingRange("count", count, 1...10_000_000),
        SettingRange("samples", samples, 1...10_000_000),
      ]
    }
  }

  public let names: [String]
  public let samples: Int
  /// Fresh draws that the simulator could not answer, by reason; replaced by further draws.
  public let failures: [String: Int]
  /// Per parameter, for each simulation, how many samples lie below the truth: uniform on 0…samples.
  public let ranks: [[Int]]
  /// For each simulation, the part of samples with a higher density than the truth's.
  public let credibilities: [Double]
  /// For each simulation, the part of samples nearer than the truth to a point that depends on the
  /// observation, by Euclidean distance in latent space. With exact posteriors uniform on 0…1; unlike
  /// ranks and highest-density regions, not with the prior in place of the posterior.
  public let tarpCredibilities: [Double]
  /// How far all these are from uniform.
  public let statistics: Statistics

  public struct Statistics: Codable, Sendable {
    /// By parameter.
    public let ranks: [String: Uniformity]
    public let coverage: Uniformity
    public let tarp: Uniformity
    /// By credibility level, the part of truths inside the highest-density region, and that of TARP.
    public let expectedCoverage: [String: Double]
    public let tarpCoverage: [String: Double]
  }

  private init(names: [String], samples: Int, failures: [String: Int], cases: [Case]) {
    self.names = names
    self.samples = samples
    self.failures = failures
    ranks = names.indices.map { parameter in cases.map { $0.ranks[parameter] } }
    credibilities = cases.map(\.credibility)
    tarpCredibilities = cases.map(\.tarpCredibility)
    func part(_ values: [Double], below level: Double) -> Double {
      Double(values.count { $0 < level }) / Double(values.count)
    }
    let levels = [0.5, 0.68, 0.9, 0.95]
    let (hpd, tarp) = (credibilities, tarpCredibilities)
    statistics = Statistics(
      ranks: Dictionary(
        uniqueKeysWithValues: zip(names, ranks).map { name, ranks in
          (name, Uniformity(ranks.map { (Double($0) + 0.5) / Double(samples + 1) }))
        }),
      coverage: Uniformity(hpd), tarp: Uniformity(tarp),
      expectedCoverage: Dictionary(
        uniqueKeysWithValues: levels.map { ("\($0)", part(hpd, below: $0)) }),
      tarpCoverage: Dictionary(
        uniqueKeysWithValues: levels.map { ("\($0)", part(tarp, below: $0)) }))
  }

  /// The part of truths inside the highest-density region of each credibility level.
  public func coverage(_ level: Double) -> Double {
    Double(credibilities.count { $0 < level }) / Double(credibilities.count)
  }

  /// The part of truths inside the TARP region of each credibility level.
  public func tarpCoverage(_ level: Double) -> Double {
    Double(tarpCredibilities.count { $0 < level }) / Double(tarpCredibilities.count)
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
      names: model.prior.names, samples: configuration.samples, failures: failures, cases: cases)
  }

  /// Infers from stored simulations, which should not be those the model was trained on: `count` of
  /// them, spread evenly, or all.
  ///
  /// - Throws: `FileError` for simulations of another shape or outside the model's prior,
  ///   `Interrupted`.
  public static func run(
    _ model: PosteriorModel, simulations: Simulations, configuration: Configuration, seed: UInt64,
    monitor: WorkMonitor
  ) throws -> Calibration {
    try simulations.requireFit(to: model)
    let count = min(configuration.count, simulations.rowCount)
    var cases: [Case] = []
    while cases.count < count {
      let first = cases.count
      let batch = try (first..<min(first + 32, count)).map { index in
        let row = index * simulations.rowCount / count
        return try simulations.read(row..<row + 1)
      }
      cases += parallelMap(batch.count, threads: monitor.threads) { offset in
        rank(
          model, truth: batch[offset].theta, observation: batch[offset].x,
          samples: configuration.samples, seed: seed, index: first + offset)
      }
      try monitor.advance(
        WorkProgress(label: "calibrate", completed: cases.count, total: count))
    }
    return Calibration(
      names: model.prior.names, samples: configuration.samples, failures: [:], cases: cases)
  }

  private struct Case: Sendable {
    let ranks: [Int]
    let credibility: Double
    let tarpCredibility: Double
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
    return .success(
      rank(
        model, truth: truth, observation: observation, samples: samples, seed: seed, index: index))
  }

  private static func rank(
    _ model: PosteriorModel, truth: [Double], observation: [Float], samples: Int, seed: UInt64,
    index: Int
  ) -> Case {
    let posterior = model.sample(
      observation, count: samples, seed: seed, purpose: .calibrationPosterior, index: index)
    let density = model.logDensity(of: [truth], observation: observation)[0]
    let point = model.referencePoint(observation, seed: seed)
    let distance = model.latentSpace.squaredDistance(of: truth, to: point)
    let nearer = (0..<posterior.count).count {
      model.latentSpace.squaredDistance(of: posterior[$0], to: point) < distance
    }
    return Case(
      ranks: truth.indices.map { parameter in
        posterior.columns[parameter].count { $0 < truth[parameter] }
      },
      credibility: posterior.credibility(ofLogDensity: density),
      tarpCredibility: (Double(nearer) + 0.5) / Double(samples + 1))
  }
}

extension PosteriorModel {
  /// A random linear function of the standardised observation, in latent space.
  fileprivate func referencePoint(_ observation: [Float], seed: UInt64) -> [Double] {
    let x = description.standardization.standardized(observation)
    return latentSpace.coordinates.enumerated().map { parameter, coordinate in
      // The same function for all observations.
      var stream = RandomStream(seed: seed, purpose: .reference, index: UInt64(parameter))
      let value =
        x.reduce(0) { $0 + stream.normal() * Double($1) } / Double(x.count).squareRoot()
      return coordinate == .circle ? value.remainder(dividingBy: 2 * .pi) : value
    }
  }
}

extension LatentSpace {
  /// Σ (z − point)², the shorter way around on circles.
  fileprivate func squaredDistance(of theta: [Double], to point: [Double]) -> Double {
    theta.indices.reduce(0) { sum, k in
      var difference = abs(latent(theta[k], parameter: k) - point[k])
      if coordinates[k] == .circle { difference = min(difference, 2 * .pi - difference) }
      return sum + difference * difference
    }
  }
}
