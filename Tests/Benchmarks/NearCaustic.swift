import ArrayFiles
import Foundation
import Microlensing
import Probability

/// Uniform sources within three radii of a caustic, where a magnification is hardest.
enum NearCaustic {
  static let sets = [
    (name: "near-caustic-planet", s: 1.0, q: 1e-3, rho: 1e-3),
    (name: "near-caustic-binary", s: 0.9, q: 0.5, rho: 1e-3),
    (name: "near-caustic-planet-giant", s: 1.0, q: 1e-3, rho: 1e-2),
    (name: "near-caustic-binary-giant", s: 0.9, q: 0.5, rho: 1e-2),
  ]
  static let count = 1000
  static let tolerances = [1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 1e-5]

  static func prepare(in folder: String) throws {
    for (index, (name, s, q, rho)) in sets.enumerated() {
      let lens = try BinaryLens(s: s, q: q)
      var stream = RandomStream(seed: 1, purpose: .simulation, index: UInt64(index))
      let points = positions(
        near: lens.criticalCurveAndCaustics, reach: 3 * rho, using: &stream)
      let (x, y) = (points.map(\.x), points.map(\.y))
      try CSVTable.write(
        columns: [
          CSVColumn("s", [Double](repeating: s, count: count)),
          CSVColumn("q", [Double](repeating: q, count: count)), CSVColumn("x", x),
          CSVColumn("y", y), CSVColumn("rho", [Double](repeating: rho, count: count)),
        ], to: "\(folder)/\(name).csv")
      let reference = lens.magnifications(x: x, y: y, rho: rho, tolerance: 1e-9)
      try writeReference(reference, name, in: folder)
    }
  }

  static func measure(in folder: String) throws {
    for (name, s, q, rho) in sets {
      let table = try CSVTable.read("\(folder)/\(name).csv")
      let (x, y) = (try table.doubles("x"), try table.doubles("y"))
      let reference = try readReference(name, in: folder)
      for tolerance in tolerances {
        let (seconds, values) = try medianSeconds {
          try BinaryLens(s: s, q: q).magnifications(x: x, y: y, rho: rho, tolerance: tolerance)
        }
        try Measurement(
          name, setting: "tolerance \(tolerance)", seconds: seconds, units: x.count,
          error: .init(values, reference: reference)
        ).printLine()
      }
    }
  }

  /// Points spread evenly along the caustics, then moved by up to `reach`.
  private static func positions(
    near curves: [[CausticPoint]], reach: Double, using stream: inout RandomStream
  ) -> [(x: Double, y: Double)] {
    let segments = curves.flatMap { curve in
      curve.indices.map { (curve[$0], curve[($0 + 1) % curve.count]) }
    }
    var lengths: [Double] = [0]
    for (a, b) in segments {
      lengths.append(lengths.last! + hypot(b.causticX - a.causticX, b.causticY - a.causticY))
    }
    return (0..<count).map { _ in
      let place = stream.uniform() * lengths.last!
      let index = lengths.firstIndex { $0 > place }! - 1
      let part = (place - lengths[index]) / (lengths[index + 1] - lengths[index])
      let (a, b) = segments[index]
      let distance = reach * stream.uniform().squareRoot()
      let angle = 2 * Double.pi * stream.uniform()
      return (
        a.causticX + part * (b.causticX - a.causticX) + distance * cos(angle),
        a.causticY + part * (b.causticY - a.causticY) + distance * sin(angle)
      )
    }
  }
}
