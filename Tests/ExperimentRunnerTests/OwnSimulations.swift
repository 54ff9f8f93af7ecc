import ArrayFiles
import ExperimentRunner
import Foundation
import Inference
import NumericalMethods
import Probability
import Testing

/// Simulations of somebody's own and their prior, in a folder, for the tests of what is made of them.
struct OwnSimulations {
  let scratch: String

  init() throws {
    scratch = NSTemporaryDirectory() + "sibyl-own-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    try simulations(800, seed: 1, names: ["b", "a"]).write(to: "\(scratch)/sims.npz")
    try """
    # In another order than theta's columns.
    prior:
      a: { uniform: [-1, 1] }
      b: { log_uniform: [0.5, 2] }
    """.write(toFile: "\(scratch)/prior.yaml", atomically: true, encoding: .utf8)
    try NPY.write(NDArray(shape: [3], values: [1.0, 0.2, 1.2]), to: "\(scratch)/x.npy")
  }

  /// x = (b, a, a + b) with noise.
  func simulations(_ count: Int, seed: UInt64, names: [String]?) -> NPZWriter {
    var stream = RandomStream(seed: seed, purpose: .simulation)
    var (theta, x): ([Double], [Double]) = ([], [])
    for _ in 0..<count {
      let (a, b) = (2 * stream.uniform() - 1, 0.5 * pow(4, stream.uniform()))
      theta += [b, a]
      x += [b, a, a + b].map { $0 + 0.1 * stream.normal() }
    }
    var writer = NPZWriter()
    writer.add("theta", NDArray(shape: [count, 2], values: theta))
    writer.add("x", NDArray(shape: [count, 3], values: x))
    if let names { writer.add("names", names) }
    return writer
  }

  func training(
    _ folder: String, settings: [String] = [], simulations: String = "sims.npz",
    prior: String? = "prior.yaml", seed: UInt64 = 1, force: Bool = false
  ) throws -> ModelTraining {
    try ModelTraining(
      simulations: "\(scratch)/\(simulations)", prior: prior.map { "\(scratch)/\($0)" },
      settings: ["train.epochs=3", "network.estimator=maf", "network.maf.width=16"] + settings,
      seed: seed, folder: "\(scratch)/\(folder)", force: force)
  }

  func files(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(scratch)/\(folder)").sorted()
  }

  /// An error of one line.
  func problem(_ body: () throws -> Void) throws -> String {
    let error = try #require(throws: (any Error).self) { try body() }
    let text = "\(error)"
    #expect(!text.contains("\n"))
    return text
  }
}
