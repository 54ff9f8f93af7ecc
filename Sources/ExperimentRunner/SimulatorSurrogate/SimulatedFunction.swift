import Foundation
import Inference
import NumericalMethods
import Probability
import Surrogates

/// A simulator as a function that is to be learnt: from what a surrogate sees of its parameters to its signal.
///
/// A `ReducedSimulator` says what is seen. Otherwise it is the parameters themselves, logarithms of those whose prior is
/// logarithmic, and those with a periodic prior as points on a circle.
struct SimulatedFunction: Sendable {
  let simulator: any Simulator
  let prior: JointPrior
  let inputNames: [String]
  /// Of each input; 0 where it is not periodic.
  let periods: [Double]
  private let reduced: (any ReducedSimulator)?
  /// Of theta, in the simulator's order.
  private let columns: [Int]

  /// - Throws: `PriorError` unless the prior has exactly the simulator's parameters.
  init(_ simulator: any Simulator, prior: JointPrior) throws {
    (self.simulator, self.prior) = (simulator, prior)
    columns = try prior.columns(of: simulator.parameterNames)
    reduced = simulator as? any ReducedSimulator
    if let reduced {
      inputNames = reduced.featureNames
      periods = inputNames.map { _ in 0 }
    } else {
      inputNames = prior.parameters.map {
        $0.distribution.isLogarithmic ? "ln_\($0.name)" : $0.name
      }
      periods = prior.parameters.map { parameter in
        let support = parameter.distribution.support
        return parameter.distribution.isPeriodic ? support.upperBound - support.lowerBound : 0
      }
    }
  }

  var outputNames: [String] { simulator.outputNames }

  /// What a surrogate sees of draws `[rows, parameters]` that have answers, `[rows, inputs]`.
  func inputs(_ theta: [Double]) -> [Double] {
    let width = prior.count
    if let reduced {
      if columns == Array(0..<width) { return reduced.features(of: theta) }
      return reduced.features(
        of: stride(from: 0, to: theta.count, by: width).flatMap { start in
          columns.map { theta[start + $0] }
        })
    }
    let isLogarithmic = prior.parameters.map(\.distribution.isLogarithmic)
    return theta.enumerated().map { isLogarithmic[$0 % width] ? log($1) : $1 }
  }

  /// Simulations as rows of the function.
  ///
  /// - Parameters:
  ///   - theta: `[rows, parameters]`
  ///   - signals: `[rows, signalCount]`
  func data(theta: [Double], signals: [Float], threads: Int) -> RegressionData {
    let rows = theta.count / prior.count
    let x = parallelMap((rows + 1023) / 1024, threads: threads) { block in
      let part = block * 1024..<min((block + 1) * 1024, rows)
      return inputs(Array(theta[part.lowerBound * prior.count..<part.upperBound * prior.count]))
    }
    return RegressionData(
      x: Array(x.joined()), y: signals.map(Double.init), featureCount: inputNames.count,
      outputCount: simulator.signalCount)
  }

  /// All rows of a training set. Throws `FileError` for altered files.
  func data(_ set: TrainingSet, threads: Int) throws -> RegressionData {
    let (theta, x) = try set.simulations.read(0..<set.rowCount)
    return data(theta: theta, signals: x, threads: threads)
  }

  /// What a surrogate would have seen of a training set's draws without an answer, `[draws, inputs]`, but for those of
  /// which this is known without a simulation.
  func refused(in set: TrainingSet) throws -> [Double] {
    let theta = try set.simulations.read(0..<set.rowCount).theta
    let width = prior.count
    var row = 0
    return (0..<set.description.count).flatMap { index -> [Double] in
      // As `SimulationRun` draws; rows are in the order of draws.
      var stream = RandomStream(
        seed: set.description.seed, purpose: .simulation, index: UInt64(index))
      let drawn = prior.sample(using: &stream)
      if row < set.rowCount, theta[row * width..<(row + 1) * width].elementsEqual(drawn) {
        row += 1
        return []
      }
      return isRefused(drawn) ? [] : inputs(drawn)
    }
  }

  /// Whether it is known without a simulation that a draw has no answer.
  private func isRefused(_ theta: [Double]) -> Bool {
    guard let reduced else { return false }
    return (try? reduced.check(columns.map { theta[$0] })) == nil
  }

  /// Draws from the prior of these numbers, `[rows, parameters]`, without those that are known to have no answer.
  func draws(_ numbers: Range<Int>, seed: UInt64) -> [Double] {
    numbers.flatMap { number -> [Double] in
      var stream = RandomStream(seed: seed, purpose: .predictive, index: UInt64(number))
      let theta = prior.sample(using: &stream)
      return isRefused(theta) ? [] : theta
    }
  }

  // MARK: - Candidates

  /// A draw from the prior that may be simulated.
  struct Candidate: Sendable {
    let theta: [Double]
    let inputs: [Double]
    /// Of (0, 1).
    let uniform: Double
    /// What its simulation draws from.
    let stream: RandomStream
  }

  /// Draws from the prior, without those that are known to have no answer.
  ///
  /// - Parameter first: the number of the first draw's random stream.
  func candidates(_ count: Int, seed: UInt64, first: Int, threads: Int) -> [Candidate] {
    parallelMap(count, threads: threads) { place -> Candidate? in
      var stream = RandomStream(seed: seed, purpose: .design, index: UInt64(first + place))
      let theta = prior.sample(using: &stream)
      let uniform = stream.uniform()
      if isRefused(theta) { return nil }
      return Candidate(
        theta: theta, inputs: inputs(theta), uniform: uniform, stream: stream)
    }.compactMap(\.self)
  }

  /// The signals of some candidates.
  func signals(
    of candidates: ArraySlice<Candidate>, threads: Int
  ) -> [Result<[Float], SimulationFailure>] {
    let batch = simulator.batchCount
    return parallelMap((candidates.count + batch - 1) / batch, threads: threads) { number in
      let part = candidates.dropFirst(number * batch).prefix(batch)
      var streams = part.map(\.stream)
      return simulator.signals(
        of: part.map { candidate in columns.map { candidate.theta[$0] } }, using: &streams
      ).map { signal in
        signal.flatMap {
          $0.allSatisfy(\.isFinite)
            ? .success($0) : .failure(SimulationFailure("non-finite values"))
        }
      }
    }.flatMap(\.self)
  }

  /// Seconds that one simulation takes on one thread, by as many of these parameters, `[rows, parameters]`, as two
  /// seconds allow, at most 256.
  func seconds(_ theta: [Double]) -> Double {
    let rows = theta.count / prior.count
    let batch = simulator.batchCount
    var (done, elapsed) = (0, Duration.zero)
    while done < min(rows, 256), elapsed < .seconds(2) {
      let part = done..<min(done + batch, rows)
      let thetas = part.map { row in columns.map { theta[row * prior.count + $0] } }
      var streams = part.map {
        RandomStream(seed: 0, purpose: .reference, index: UInt64($0))
      }
      elapsed += ContinuousClock().measure {
        _ = simulator.signals(of: thetas, using: &streams)
      }
      done += part.count
    }
    return elapsed / .seconds(1) / Double(max(done, 1))
  }
}
