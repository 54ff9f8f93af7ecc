import Foundation
import Microlensing
import Probability

/// Sources within three radii of a caustic, where a magnification is hardest, and far from any.
enum NearCaustic {
  static let works = lenses.flatMap { name, s, q in
    [
      work("near-caustic-\(name)-1e-3", s, q, rho: 1e-3),
      work("near-caustic-\(name)-1e-2", s, q, rho: 1e-2),
      work("near-caustic-\(name)-mixed", s, q, rho: nil),
      work("near-caustic-\(name)-dark", s, q, rho: nil, u1: 0.5, count: 300),
    ]
  }

  private static let lenses = [("planet", 1.0, 1e-3), ("binary", 0.9, 0.5)]

  /// - Parameter rho: one radius and the caustics sampled evenly in length; or nil: for each source
  ///   a radius of its own, log-uniform in 1e-4 … 1e-2, and the caustics sampled evenly in the
  ///   critical curve's phase, which prefers cusps and small, strong caustics.
  private static func work(
    _ name: String, _ s: Double, _ q: Double, rho: Double?, u1: Double = 0, count: Int = 1000
  ) -> MagnificationWork {
    MagnificationWork(name: name) {
      var stream = RandomStream(seed: 1, purpose: .simulation)
      let lens = try BinaryLens(s: s, q: q)
      let caustics = CausticSampling(lens, by: rho == nil ? .phase : .length)
      var table = SourceTable()
      for _ in 0..<count {
        let rho = rho ?? 1e-4 * pow(100, stream.uniform())
        let point = caustics.point(at: stream.uniform())
        let distance = 3 * rho * stream.uniform().squareRoot()
        let angle = 2 * Double.pi * stream.uniform()
        table.append(
          s: s, q: q, x: point.x + distance * cos(angle), y: point.y + distance * sin(angle),
          rho: rho, u1: u1)
      }
      return table
    }
  }
}

enum FarFromCaustics {
  /// Uniform in a square, no closer to a caustic than ten radii.
  static let work = MagnificationWork(name: "far") {
    let (s, q, rho) = (1.0, 1e-3, 1e-3)
    var stream = RandomStream(seed: 1, purpose: .simulation)
    let caustics = CausticSampling(try BinaryLens(s: s, q: q), by: .length)
    var table = SourceTable()
    while table.unitCount < 20_000 {
      let (x, y) = (4 * stream.uniform() - 2, 4 * stream.uniform() - 2)
      if caustics.distance(x: x, y: y) < 10 * rho { continue }
      table.append(s: s, q: q, x: x, y: y, rho: rho, u1: 0)
    }
    return table
  }
}
