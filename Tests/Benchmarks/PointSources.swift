import ArrayFiles
import Foundation
import Microlensing
import Probability

/// Point sources: at random places behind one lens, along a track, and each behind a lens of its own.
enum PointSources {
  static let scattered = "point-source-scattered"
  static let track = "point-source-track"
  static let lenses = "point-source-lenses"
  static let count = 100_000
  static let lensCount = 5_000
  static let (s, q) = (0.9, 0.5)

  static func prepare(in folder: String) throws {
    var stream = RandomStream(seed: 1, purpose: .simulation, index: 101)
    func positions(_ count: Int) -> [Double] { (0..<count).map { _ in 4 * stream.uniform() - 2 } }
    let trackTimes = (0..<count).map { -2 + 4 * Double($0) / Double(count - 1) }
    try write(scattered, x: positions(count), y: positions(count), in: folder)
    try write(track, x: trackTimes, y: trackTimes.map { 0.1 + 0.5 * $0 }, in: folder)
    try write(
      lenses, x: positions(lensCount), y: positions(lensCount),
      s: (0..<lensCount).map { _ in 0.3 * pow(10, stream.uniform()) },
      q: (0..<lensCount).map { _ in pow(10, -3 * stream.uniform()) }, in: folder)
  }

  static func measure(in folder: String) throws {
    for name in [scattered, track] {
      let table = try CSVTable.read("\(folder)/\(name).csv")
      let (x, y) = (try table.doubles("x"), try table.doubles("y"))
      try report(name, in: folder) {
        try BinaryLens(s: Self.s, q: Self.q).magnifications(x: x, y: y, rho: 0)
      }
    }
    let table = try CSVTable.read("\(folder)/\(lenses).csv")
    let (s, q) = (try table.doubles("s"), try table.doubles("q"))
    let (x, y) = (try table.doubles("x"), try table.doubles("y"))
    try report(lenses, in: folder) {
      try x.indices.map { try BinaryLens(s: s[$0], q: q[$0]).magnification(x: x[$0], y: y[$0]) }
    }
  }

  private static func report(
    _ name: String, in folder: String, _ body: () throws -> [Double]
  ) throws {
    let reference = try readReference(name, in: folder)
    let (seconds, values) = try medianSeconds(body)
    try Measurement(
      name, setting: "point source", seconds: seconds, units: values.count,
      error: .init(values, reference: reference)
    ).printLine()
  }

  private static func write(
    _ name: String, x: [Double], y: [Double], s: [Double]? = nil, q: [Double]? = nil,
    in folder: String
  ) throws {
    let s = s ?? [Double](repeating: Self.s, count: x.count)
    let q = q ?? [Double](repeating: Self.q, count: x.count)
    try CSVTable.write(
      columns: [CSVColumn("s", s), CSVColumn("q", q), CSVColumn("x", x), CSVColumn("y", y)],
      to: "\(folder)/\(name).csv")
    // One at a time, every source is solved afresh, without a neighbour's help.
    let reference = try x.indices.map {
      try BinaryLens(s: s[$0], q: q[$0]).magnification(x: x[$0], y: y[$0])
    }
    try writeReference(reference, name, in: folder)
  }
}
