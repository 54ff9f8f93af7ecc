import Microlensing

/// The caustics of a lens as polygons: places to draw from, and distances to.
struct CausticMap {
  typealias Point = SIMD2<Double>

  let curves: [[Point]]
  let cusps: [Point]

  init(lens: BinaryLens) {
    let sampled = lens.criticalCurveAndCaustics
    curves = sampled.map { $0.map { Point($0.causticX, $0.causticY) } }
    cusps = sampled.joined().filter(\.isCusp).map { Point($0.causticX, $0.causticY) }
  }

  /// A lower bound of the distance to the caustics; the curve stays within 1 % of a chord from it.
  func clearance(x: Double, y: Double) -> Double {
    let point = Point(x, y)
    var closest = Double.infinity
    for curve in curves {
      var start = curve[curve.count - 1]
      for end in curve {
        let chord = end - start
        let offset = point - start
        let square = (chord * chord).sum()
        let t = square > 0 ? min(1, max(0, (offset * chord).sum() / square)) : 0
        let gap = offset - t * chord
        let distance = (gap * gap).sum().squareRoot() - 0.01 * square.squareRoot()
        closest = min(closest, distance)
        start = end
      }
    }
    return max(0, closest)
  }

  /// A point of a random curve and the normal there.
  ///
  /// Curves are equally likely, however small.
  func point(using stream: inout some RandomNumberGenerator) -> (point: Point, normal: Point) {
    let curve = curves.randomElement(using: &stream)!
    let k = Int.random(in: curve.indices, using: &stream)
    let along = curve[(k + 1) % curve.count] - curve[(k + curve.count - 1) % curve.count]
    let size = (along * along).sum().squareRoot()
    return (curve[k], size > 0 ? Point(-along.y, along.x) / size : Point(0, 1))
  }

  /// A point on a chord of one of the curves: mostly inside.
  func insidePoint(using stream: inout some RandomNumberGenerator) -> Point {
    let curve = curves.randomElement(using: &stream)!
    let share = Double.random(in: 0..<1, using: &stream)
    return share * curve.randomElement(using: &stream)!
      + (1 - share) * curve.randomElement(using: &stream)!
  }
}
