import ArrayFiles
import Foundation
import Microlensing
import Probability

/// Light curves, all at the same times.
struct LightCurveTable: MagnificationTable {
  let events: [BinaryLensParameters]
  let times: [Double]
  var unitCount: Int { events.count }

  /// Curves whose errors are measured; a peer takes minutes for the tightest answers of all.
  static let checked = 100

  init(events: [BinaryLensParameters], times: [Double]) {
    (self.events, self.times) = (events, times)
  }

  init(_ table: CSVTable, times: CSVTable) throws {
    let (s, q) = (try table.doubles("s"), try table.doubles("q"))
    let (t0, tE) = (try table.doubles("t0"), try table.doubles("tE"))
    let (u0, alpha) = (try table.doubles("u0"), try table.doubles("alpha"))
    let rho = try table.doubles("rho")
    events = try s.indices.map {
      try BinaryLensParameters(
        t0: t0[$0], u0: u0[$0], tE: tE[$0], rho: rho[$0], s: s[$0], q: q[$0], alpha: alpha[$0])
    }
    self.times = try times.doubles("time")
  }

  func write(_ name: String, in folder: String) throws {
    try CSVTable.write(
      columns: [
        CSVColumn("s", events.map(\.s)), CSVColumn("q", events.map(\.q)),
        CSVColumn("t0", events.map(\.t0)), CSVColumn("u0", events.map(\.u0)),
        CSVColumn("tE", events.map(\.tE)), CSVColumn("rho", events.map(\.rho)),
        CSVColumn("alpha", events.map(\.alpha)),
      ], to: "\(folder)/\(name).csv")
    try CSVTable.write(columns: [CSVColumn("time", times)], to: "\(folder)/\(name).times.csv")
  }

  func magnifications(tolerance: Double) -> [Double] {
    events.flatMap { $0.magnifications(times: times, tolerance: tolerance) }
  }

  func reference() -> [Double] {
    events.prefix(Self.checked).flatMap {
      $0.magnifications(times: times, tolerance: Self.tightest)
    }
  }
}

/// Single dense curves, a survey's curves and a training set.
enum LightCurves {
  static let works = [
    dense("curve-planet", s: 1, q: 1e-3, u0: 0.05, alpha: 0.5),
    dense("curve-binary", s: 0.9, q: 0.5, u0: 0.1, alpha: 1),
    training, roman,
  ]

  /// 10,000 epochs across caustics.
  private static func dense(
    _ name: String, s: Double, q: Double, u0: Double, alpha: Double
  ) -> MagnificationWork {
    MagnificationWork(name: name) {
      LightCurveTable(
        events: [
          try BinaryLensParameters(t0: 0, u0: u0, tE: 1, rho: 1e-3, s: s, q: q, alpha: alpha)
        ], times: grid(from: -1.5, to: 1.5, count: 10_000))
    }
  }

  /// What a network is trained with: 500 epochs over ±2 tE.
  private static let training = MagnificationWork(name: "curves-prior") {
    var stream = RandomStream(seed: 1, purpose: .simulation)
    let events = try (0..<1000).map { _ in
      try BinaryLensParameters(
        t0: 0, u0: stream.uniform(), tE: 1, rho: logUniform(1e-4, 1e-2, &stream),
        s: logUniform(0.3, 3, &stream), q: logUniform(1e-3, 1, &stream),
        alpha: 2 * Double.pi * stream.uniform())
    }
    return LightCurveTable(events: events, times: grid(from: -2, to: 2, count: 500))
  }

  /// As the Roman telescope will see them: two seasons of 72 days, every 15 minutes (Zhang et al.
  /// 2021, AJ 161, 262).
  private static let roman = MagnificationWork(name: "curves-roman") {
    var stream = RandomStream(seed: 1, purpose: .simulation)
    let events = try (0..<24).map { _ in
      try BinaryLensParameters(
        t0: 144 * stream.uniform(), u0: 2 * stream.uniform(), tE: logUniform(1, 100, &stream),
        rho: logUniform(1e-4, 1e-2, &stream), s: logUniform(0.2, 5, &stream),
        q: logUniform(1e-6, 1, &stream), alpha: 2 * Double.pi * stream.uniform())
    }
    return LightCurveTable(events: events, times: (0..<13_824).map { Double($0) / 96 })
  }

  private static func grid(from first: Double, to last: Double, count: Int) -> [Double] {
    (0..<count).map { first + (last - first) * Double($0) / Double(count - 1) }
  }

  private static func logUniform(
    _ low: Double, _ high: Double, _ stream: inout RandomStream
  ) -> Double {
    low * pow(high / low, stream.uniform())
  }
}
