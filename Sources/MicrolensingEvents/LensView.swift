import Foundation
import Microlensing
import Plotting

/// The geometry of an event: its curves, and where its source meets them.
struct LensView {
  let parameters: BinaryLensParameters
  let masses: [LensPlane.Mass]
  let criticalCurves: [[LensPlane.Point]]
  let caustics: [[LensPlane.Point]]
  /// The caustic nearest to the track while it is watched, with the place of the track there.
  let detail: LensPlane.Region

  /// - Parameter window: the times the event is watched.
  init(_ parameters: BinaryLensParameters, window: ClosedRange<Double>) throws(MicrolensingError) {
    self.parameters = parameters
    let (s, q) = (parameters.s, parameters.q)
    masses = [
      .init(position: .init(x: -q * s / (1 + q), y: 0), mass: 1 / (1 + q)),
      .init(position: .init(x: s / (1 + q), y: 0), mass: q / (1 + q)),
    ]
    let curves = try BinaryLens(s: s, q: q).criticalCurveAndCaustics
    criticalCurves = curves.map { $0.map { .init(x: $0.criticalX, y: $0.criticalY) } }
    let caustics: [[LensPlane.Point]] = curves.map { curve in
      curve.map { .init(x: $0.causticX, y: $0.causticY) }
    }
    self.caustics = caustics
    let everything = (criticalCurves + caustics).joined() + masses.map(\.position)
    let whole = Self.bounds(Array(everything))
    // Touching counts as meeting; of several caustics met the largest.
    let nearest = caustics.map { curve in
      let approach = Self.approach(of: parameters, to: curve, in: window)
      return (
        region: Self.bounds(curve), time: approach.time,
        gap: max(0, approach.distance - parameters.rho)
      )
    }.min { ($0.gap, -$0.region.radius) < ($1.gap, -$1.region.radius) }!
    let place = parameters.sourcePosition(at: nearest.time)
    let distance = hypot(place.x - nearest.region.center.x, place.y - nearest.region.center.y)
    // Room for the source, and for the track to pass the caustic well within the region.
    let radius = max(1.15 * nearest.region.radius, 1.5 * distance) + 2 * parameters.rho
    let largest = 0.3 * whole.radius
    detail =
      radius <= largest
      ? .init(center: nearest.region.center, radius: radius)
      : .init(center: .init(x: place.x, y: place.y), radius: largest)
  }

  /// Times when the source's centre is in a region, within the window; the window where it never is.
  func times(
    in region: LensPlane.Region, window: ClosedRange<Double>
  ) -> ClosedRange<Double> {
    let passage = parameters.passage(of: region.center)
    let chord = (max(0, region.radius * region.radius - passage.distance * passage.distance))
      .squareRoot()
    let low = max(window.lowerBound, passage.time - parameters.tE * chord)
    let high = min(window.upperBound, passage.time + parameters.tE * chord)
    return low < high ? low...high : window
  }

  /// Where the track comes closest to a closed curve: of several crossings at that nearest to t0,
  /// where the magnification is strongest.
  private static func approach(
    of parameters: BinaryLensParameters, to curve: [LensPlane.Point], in window: ClosedRange<Double>
  ) -> (time: Double, distance: Double) {
    func clamped(_ time: Double) -> Double {
      min(max(time, window.lowerBound), window.upperBound)
    }
    var best = (time: window.lowerBound, distance: Double.infinity)
    var bestCrossing = Double.infinity
    for (point, next) in zip(curve, curve.dropFirst() + curve.prefix(1)) {
      let (a, b) = (parameters.passage(of: point), parameters.passage(of: next))
      if a.side * b.side < 0 {
        let crossing = a.time + (b.time - a.time) * a.side / (a.side - b.side)
        let isNearer = abs(crossing - parameters.t0) < abs(bestCrossing - parameters.t0)
        if window.contains(crossing), isNearer { bestCrossing = crossing }
      }
      let time = clamped(a.time)
      let place = parameters.sourcePosition(at: time)
      let distance = hypot(place.x - point.x, place.y - point.y)
      if distance < best.distance { best = (time, distance) }
    }
    if bestCrossing.isFinite { return (bestCrossing, 0) }
    return best
  }

  /// The disc around the box of some points.
  private static func bounds(_ points: [LensPlane.Point]) -> LensPlane.Region {
    let (x0, x1) = (points.map(\.x).min()!, points.map(\.x).max()!)
    let (y0, y1) = (points.map(\.y).min()!, points.map(\.y).max()!)
    return .init(
      center: .init(x: (x0 + x1) / 2, y: (y0 + y1) / 2), radius: max(x1 - x0, y1 - y0) / 2)
  }
}

extension BinaryLensParameters {
  /// When the source passes a point, how far from it, and on which side of the track the point is.
  func passage(of point: LensPlane.Point) -> (time: Double, distance: Double, side: Double) {
    let tau = -(point.x * cos(alpha) + point.y * sin(alpha))
    let side = point.x * sin(alpha) - point.y * cos(alpha) - u0
    return (t0 + tau * tE, abs(side), side)
  }

  /// The track long before and after, for a figure of some size.
  func track(reaching radius: Double) -> LensPlane.Track {
    let span = tE * (radius + abs(u0))
    let (start, end) = (sourcePosition(at: t0 - span), sourcePosition(at: t0 + span))
    return .init(start: .init(x: start.x, y: start.y), end: .init(x: end.x, y: end.y))
  }
}
