import ArrayFiles
import Foundation
import Microlensing
import Probability

/// Light curves of random binary events, 500 epochs over ±2 tE: what a training set is made of.
enum PriorCurves {
  static let name = "prior-curves"
  static let count = 1000
  static let epochs = 500
  /// Curves whose errors are measured; the reference is slow.
  static let checked = 100
  static let tolerances = [1e-1, 1e-2, 1e-3, 1e-4]

  static let times = (0..<epochs).map { -2 + 4 * Double($0) / Double(epochs - 1) }

  static let prior = JointPrior([
    .init(name: "s", distribution: .logUniform(low: 0.3, high: 3)),
    .init(name: "q", distribution: .logUniform(low: 1e-3, high: 1)),
    .init(name: "u0", distribution: .uniform(low: 0, high: 1)),
    .init(name: "alpha", distribution: .uniform(low: 0, high: 2 * Double.pi)),
    .init(name: "rho", distribution: .logUniform(low: 1e-4, high: 1e-2)),
  ])

  static func prepare(in folder: String) throws {
    var stream = RandomStream(seed: 1, purpose: .simulation, index: 100)
    let theta = (0..<count).map { _ in prior.sample(using: &stream) }
    try CSVTable.write(
      columns: prior.names.enumerated().map { column, name in
        CSVColumn(name, theta.map { $0[column] })
      }, to: "\(folder)/\(name).csv")
    let reference = try events(in: folder).prefix(checked).flatMap {
      $0.magnifications(times: times, tolerance: 1e-9)
    }
    try writeReference(reference, name, in: folder)
  }

  static func measure(in folder: String) throws {
    let events = try events(in: folder)
    let reference = try readReference(name, in: folder)
    for tolerance in tolerances {
      let (seconds, values) = medianSeconds(repeats: 3) {
        events.map { $0.magnifications(times: times, tolerance: tolerance) }
      }
      try Measurement(
        name, setting: "tolerance \(tolerance)", seconds: seconds, units: count,
        error: .init(values.prefix(checked).flatMap { $0 }, reference: reference)
      ).printLine()
    }
  }

  private static func events(in folder: String) throws -> [BinaryLensParameters] {
    let table = try CSVTable.read("\(folder)/\(name).csv")
    let (s, q) = (try table.doubles("s"), try table.doubles("q"))
    let (u0, alpha) = (try table.doubles("u0"), try table.doubles("alpha"))
    let rho = try table.doubles("rho")
    return try s.indices.map {
      try BinaryLensParameters(
        t0: 0, u0: u0[$0], tE: 1, rho: rho[$0], s: s[$0], q: q[$0], alpha: alpha[$0])
    }
  }
}
