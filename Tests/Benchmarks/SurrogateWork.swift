import ArrayFiles
import Foundation
import Probability
import Surrogates

/// The fit of a Gaussian process to a function of five features, standardised; the peer reads the same.
enum SurrogateWork {
  private static let name = "gaussian-process-2000"
  private static let (rows, testRows, features) = (2_000, 2_000, 5)

  /// A step that bends, a wave that dies away, and a kink.
  private static func function(_ x: [Double]) -> Double {
    let step = 1 / (1 + exp(6 * (x[0] + 0.5 * sin(.pi * x[1] * x[4]))))
    let wave = 0.3 * cos(.pi * x[3]) * exp(-2 * x[2] * x[2])
    return step + wave + 0.2 * abs(x[0] - x[2] * x[4])
  }

  static func prepare(in folder: String) throws {
    var stream = RandomStream(seed: 1, purpose: .simulation)
    let points = (0..<rows + testRows).map { _ in
      (0..<features).map { _ in Double.random(in: -1...1, using: &stream) }
    }
    let values = points.map(function)
    let own = values.prefix(rows)
    let mean = own.reduce(0, +) / Double(rows)
    let deviation =
      (own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows)).squareRoot()
    let all = points.count
    var archive = NPZWriter()
    // Uniform in [−1, 1] is of variance 1/3.
    let x = points.flatMap { $0.map { $0 * 3.0.squareRoot() } }
    archive.add("x", NDArray(shape: [all, features], values: x))
    archive.add("y", NDArray(shape: [all, 1], values: values.map { ($0 - mean) / deviation }))
    archive.add("training_rows", NDArray(shape: [1], values: [Int64(rows)]))
    try archive.write(to: "\(folder)/\(name).npz")
  }

  static func measure(in folder: String) throws {
    let archive = try NPZArchive(path: "\(folder)/\(name).npz")
    let all = RegressionData(
      x: try archive.read("x", as: Double.self).values,
      y: try archive.read("y", as: Double.self).values, featureCount: features, outputCount: 1)
    let (train, test) = (all.rows(0..<rows), all.rows(rows..<rows + testRows))
    let start = wallSeconds()
    let (seconds, fit) = try medianSeconds(patience: 0) {
      try GaussianProcess().fit(train, FittingContext())
    }
    let wall = wallSeconds() - start
    let prediction = fit.predict(test.x, threads: 1)
    let squares = zip(prediction.mean, test.y).map { ($0 - $1) * ($0 - $1) }
    try Measurement(
      name, setting: "squared exponential", seconds: seconds, units: 1,
      details: [
        "wall": wall, "likelihood": fit.logMarginalLikelihood,
        "error": (squares.reduce(0, +) / Double(testRows)).squareRoot(),
      ]
    ).printLine()
  }
}
