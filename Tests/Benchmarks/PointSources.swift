import ArrayFiles
import Foundation
import Microlensing
import Probability

/// Point sources behind one lens, or each behind a lens of its own.
struct PointSourceTable: MagnificationTable {
  let s: [Double]
  let q: [Double]
  let x: [Double]
  let y: [Double]
  var unitCount: Int { x.count }

  static let tolerances: [Double] = []

  init(s: [Double], q: [Double], x: [Double], y: [Double]) {
    (self.s, self.q, self.x, self.y) = (s, q, x, y)
  }

  init(_ table: CSVTable) throws {
    self.init(
      s: try table.doubles("s"), q: try table.doubles("q"), x: try table.doubles("x"),
      y: try table.doubles("y"))
  }

  func write(_ name: String, in folder: String) throws {
    try CSVTable.write(
      columns: [CSVColumn("s", s), CSVColumn("q", q), CSVColumn("x", x), CSVColumn("y", y)],
      to: "\(folder)/\(name).csv")
  }

  func magnifications(tolerance: Double) throws -> [Double] {
    let isOneLens = s.last == s.first && q.last == q.first
    return isOneLens
      ? try BinaryLens(s: s[0], q: q[0]).magnifications(x: x, y: y, rho: 0, tolerance: tolerance)
        .map(\.value)
      : try BinaryLens.pointSourceMagnifications(s: s, q: q, x: x, y: y).map(\.value)
  }

  /// One at a time, each solved afresh without a neighbour's help.
  func reference() throws -> [Double] {
    var lens: BinaryLens?
    return try x.indices.map { k in
      if lens?.s != s[k] || lens?.q != q[k] { lens = try BinaryLens(s: s[k], q: q[k]) }
      return lens!.magnification(x: x[k], y: y[k])
    }
  }
}

enum PointSources {
  static let works = [
    MagnificationWork(name: "point-source-scattered") {
      var stream = RandomStream(seed: 1, purpose: .simulation)
      return behindOneLens(x: positions(&stream), y: positions(&stream))
    },
    MagnificationWork(name: "point-source-track") {
      let x = (0..<count).map { -2 + 4 * Double($0) / Double(count - 1) }
      return behindOneLens(x: x, y: x.map { 0.1 + 0.5 * $0 })
    },
    MagnificationWork(name: "point-source-lenses") {
      var stream = RandomStream(seed: 1, purpose: .simulation)
      return PointSourceTable(
        s: (0..<count).map { _ in 0.3 * pow(10, stream.uniform()) },
        q: (0..<count).map { _ in pow(10, -3 * stream.uniform()) },
        x: positions(&stream), y: positions(&stream))
    },
  ]

  private static let count = 100_000

  private static func behindOneLens(x: [Double], y: [Double]) -> PointSourceTable {
    PointSourceTable(
      s: [Double](repeating: 0.9, count: count), q: [Double](repeating: 0.5, count: count), x: x,
      y: y)
  }

  private static func positions(_ stream: inout RandomStream) -> [Double] {
    (0..<count).map { _ in 4 * stream.uniform() - 2 }
  }
}
