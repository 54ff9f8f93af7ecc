import Foundation
import Inference
import Interferometry
import NumericalMethods
import Numerics
import Observations
import Probability

/// How well the posterior of data fits them if the model is right: crescents drawn from a posterior are
/// observed, inferred from and compared with their own data, all like the data themselves.
///
/// A trained posterior is wider than the exact one, so that its skies fit worse than χ² says. Only what is
/// worse for the data than for replicas speaks against the model.
///
/// Reference: Gelman, Meng & Stern (1996), Statistica Sinica 6, 733 (posterior predictive checks).
struct CrescentReplicas {
  let model: PosteriorModel
  let simulator: CrescentSimulator
  let sets: [VisibilitySet]
  let minimumBaseline: Double

  private static let count = 50
  /// Posterior samples of each.
  private static let samples = 200

  /// The median χ² per closure of each replica's own posterior.
  ///
  /// - Throws: `Interrupted`.
  func chiSquared(of samples: PosteriorSamples, monitor: WorkMonitor) throws -> [Double] {
    var result: [Double] = []
    for start in stride(from: 0, to: Self.count, by: 10) {
      result += parallelMap(10, threads: monitor.threads) { offset in
        chiSquared(of: samples[(start + offset) * samples.count / Self.count], start + offset)
      }.compactMap { $0 }
      try monitor.advance(
        WorkProgress(label: "replicas", completed: start + 10, total: Self.count))
    }
    return result
  }

  /// nil where too little of a replica is above the noise, or a sample is no sky.
  private func chiSquared(of theta: [Double], _ index: Int) -> Double? {
    var stream = RandomStream(seed: 0, purpose: .predictive, index: UInt64(index))
    guard let sky = try? CrescentSimulator.sky(of: theta) else { return nil }
    let signal = simulator.data.visibilities.flatMap { row in
      let value = sky.visibility(u: row.u, v: row.v)
      return [Float(value.real), Float(value.imaginary)]
    }
    var values = [Complex<Double>](repeating: .zero, count: simulator.data.visibilities.count)
    signal.withUnsafeBufferPointer { signal in
      values.withUnsafeMutableBufferPointer {
        simulator.measure(signal, into: $0, using: &stream)
      }
    }
    var (replicas, first) = (sets, 0)
    for number in replicas.indices {
      for row in replicas[number].visibilities.indices {
        replicas[number].visibilities[row].value = values[first + row]
      }
      first += replicas[number].visibilities.count
    }
    guard
      let residuals = try? ClosureResiduals(
        replicas, minimumBaseline: minimumBaseline, nonClosing: simulator.errors.nonClosing)
    else { return nil }
    let posterior = model.sample(
      simulator.data.features(of: values), count: Self.samples, seed: 0, purpose: .predictive,
      index: index)
    let chi2 = (0..<posterior.count).compactMap {
      (try? CrescentSimulator.sky(of: posterior[$0])).map {
        residuals.chiSquared(of: $0).perClosure
      }
    }
    return chi2.isEmpty ? nil : weightedQuantiles(chi2, at: [0.5])[0]
  }
}
