import Foundation
import Microlensing

/// All caustics of a lens as one line, measured by its length or by the critical curve's phase.
struct CausticSampling {
  enum Measure {
    case length
    /// The argument of m1/(z − z1)² + m2/(z − z2)², which has the modulus 1 on the critical curve.
    case phase
  }

  private let segments: [(start: CausticPoint, end: CausticPoint)]
  /// Measure of the line up to each segment's start, and of the whole.
  private var places = [0.0]

  init(_ lens: BinaryLens, by measure: Measure) {
    segments = lens.criticalCurveAndCaustics.flatMap { curve in
      curve.indices.map { (curve[$0], curve[($0 + 1) % curve.count]) }
    }
    for (start, end) in segments {
      switch measure {
      case .length:
        places.append(
          places.last! + hypot(end.causticX - start.causticX, end.causticY - start.causticY))
      case .phase:
        let turn = Self.phase(end, lens) - Self.phase(start, lens)
        places.append(places.last! + abs(remainder(turn, 2 * Double.pi)))
      }
    }
  }

  /// The point at `part` (0 … 1) of the whole.
  func point(at part: Double) -> (x: Double, y: Double) {
    let place = part * places.last!
    let index = (places.firstIndex { $0 > place } ?? segments.count) - 1
    let along = (place - places[index]) / (places[index + 1] - places[index])
    let (start, end) = segments[index]
    return (
      start.causticX + along * (end.causticX - start.causticX),
      start.causticY + along * (end.causticY - start.causticY)
    )
  }

  /// Distance to the nearest sampled point.
  func distance(x: Double, y: Double) -> Double {
    segments.lazy.map { hypot($0.start.causticX - x, $0.start.causticY - y) }.min()!
  }

  private static func phase(_ point: CausticPoint, _ lens: BinaryLens) -> Double {
    let total = 1 + lens.q
    var sum = (re: 0.0, im: 0.0)
    for (mass, place) in [(1 / total, -lens.q * lens.s / total), (lens.q / total, lens.s / total)] {
      let (x, y) = (point.criticalX - place, point.criticalY)
      let squared = (x * x + y * y) * (x * x + y * y)
      sum.re += mass * (x * x - y * y) / squared
      sum.im -= mass * 2 * x * y / squared
    }
    return atan2(sum.im, sum.re)
  }
}
