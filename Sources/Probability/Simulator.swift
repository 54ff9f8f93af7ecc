/// How what was simulated becomes what an estimator sees.
///
/// A simulation has two parts. The *signal* is the expensive, usually noise-free part; it is computed
/// once and stored in the training set. The *observation* adds what is cheap and random (noise, fluxes,
/// outliers); it is drawn anew each time a stored signal is used, so that a network never sees the
/// same noise twice. Where there is no such split, the signal is the observation.
public protocol ObservationModel: Sendable {
  /// Values stored per simulation.
  var signalCount: Int { get }
  /// Values an estimator sees per simulation.
  var observationCount: Int { get }

  /// Draws an observation `[observationCount]` of a signal `[signalCount]`.
  func observe(
    _ signal: UnsafeBufferPointer<Float>, into observation: UnsafeMutableBufferPointer<Float>,
    using stream: inout RandomStream)
}

extension ObservationModel {
  public var observationCount: Int { signalCount }

  public func observe(
    _ signal: UnsafeBufferPointer<Float>, into observation: UnsafeMutableBufferPointer<Float>,
    using stream: inout RandomStream
  ) {
    precondition(signal.count == observation.count, "a model whose sizes differ must observe")
    _ = observation.update(fromContentsOf: signal)
  }
}

/// Simulations that are seen as they are stored.
public struct StoredObservations: ObservationModel {
  public let signalCount: Int

  public init(count: Int) { signalCount = count }
}

/// A forward model: from parameters to data.
public protocol Simulator: ObservationModel {
  /// The parameters, in the order `signal` takes them.
  var parameterNames: [String] { get }

  /// What the values of the signal are called, `[signalCount]`: x1, x2 and so on unless they have names.
  var outputNames: [String] { get }

  /// Computes the signal `[signalCount]` of `theta` `[parameterNames.count]`.
  ///
  /// - Throws: `SimulationFailure` where the model has no answer; such draws are counted and excluded.
  func signal(
    of theta: [Double], into signal: UnsafeMutableBufferPointer<Float>,
    using stream: inout RandomStream
  ) throws(SimulationFailure)

  /// How many draws at once are answered fastest.
  var batchCount: Int { get }

  /// The signals of several draws, the same as one by one, each with its own stream.
  func signals(
    of thetas: [[Double]], using streams: inout [RandomStream]
  ) -> [Result<[Float], SimulationFailure>]
}

extension Simulator {
  public var outputNames: [String] { (1...signalCount).map { "x\($0)" } }

  public var batchCount: Int { 1 }

  public func signals(
    of thetas: [[Double]], using streams: inout [RandomStream]
  ) -> [Result<[Float], SimulationFailure>] {
    thetas.indices.map { draw -> Result<[Float], SimulationFailure> in
      var signal = [Float](repeating: 0, count: signalCount)
      do throws(SimulationFailure) {
        try signal.withUnsafeMutableBufferPointer { buffer throws(SimulationFailure) in
          try self.signal(of: thetas[draw], into: buffer, using: &streams[draw])
        }
        return .success(signal)
      } catch {
        return .failure(error)
      }
    }
  }
}

/// A simulator that says what its signal is a function of, in numbers that are fewer or easier to learn than its
/// parameters: dimensionless combinations, logarithms, the cosine and sine of an angle.
public protocol ReducedSimulator: Simulator {
  var featureNames: [String] { get }

  /// - Throws: `SimulationFailure` where it is known without a simulation that the model has no answer.
  func check(_ theta: [Double]) throws(SimulationFailure)

  /// The features `[rows, featureNames.count]` of `thetas` `[rows, parameterNames.count]` that `check` lets pass, at
  /// a small part of the cost of signals.
  func features(of thetas: [Double]) -> [Double]
}

/// A parameter draw that the simulator cannot answer, with the reason it is counted under.
public struct SimulationFailure: Error, Sendable, CustomStringConvertible {
  public let reason: String
  public var description: String { reason }

  public init(_ reason: String) { self.reason = reason }
}
