import Foundation

/// Which samples are drawn, and what lies between them.
extension Trajectories {
  /// How far through the times a time is, from 0 to 1.
  func fraction(_ time: Double) -> Double {
    (time - times[0]) / (times[times.count - 1] - times[0])
  }

  /// Samples at which a part of the whole time has passed, with the first and the last: at most
  /// `count` + 1 of them.
  func milestones(_ count: Int) -> [Int] {
    var kept = [0]
    var passed = 0
    for index in times.indices.dropFirst().dropLast() {
      let now = Int(fraction(times[index]) * Double(count))
      if now > passed {
        kept.append(index)
        passed = now
      }
    }
    if passed == count { kept.removeLast() }
    return kept + [times.count - 1]
  }

  /// Those of the samples of a body between which a straight and uniform motion is nowhere farther than
  /// `tolerance` from the others, by halving at the farthest.
  ///
  /// Reference: Douglas & Peucker (1973), Cartographica 10, 112, with time as the parameter.
  func thinned(
    _ samples: [Int], of body: Int, on plane: Plane, tolerance: Double
  ) -> [Int] {
    let path = positions[body]
    var kept = [samples[0]]
    var pending = [0...samples.count - 1]
    while let part = pending.popLast() {
      let (first, last) = (samples[part.lowerBound], samples[part.upperBound])
      let (start, end) = (plane(path[first]), plane(path[last]))
      var (farthest, distance) = (part.lowerBound, tolerance * tolerance)
      for place in part.dropFirst().dropLast() {
        let index = samples[place]
        let weight = (times[index] - times[first]) / (times[last] - times[first])
        let apart = plane(path[index]) - (start + weight * (end - start))
        let square = (apart * apart).sum()
        if square > distance { (farthest, distance) = (place, square) }
      }
      if farthest == part.lowerBound {
        kept.append(last)
      } else {
        pending.append(farthest...part.upperBound)
        pending.append(part.lowerBound...farthest)
      }
    }
    return kept
  }

  /// Place of an event: the middle of its bodies, between the samples; where they end, after an early end.
  func place(of event: Event) -> SIMD3<Double> {
    let isForward = times[times.count - 1] > times[0]
    let later = times.firstIndex { isForward ? $0 >= event.time : $0 <= event.time }
    let next = max(1, later ?? times.count - 1)
    let weight = min(1, (event.time - times[next - 1]) / (times[next] - times[next - 1]))
    return event.bodies.reduce(SIMD3.zero) { sum, body in
      let (before, after) = (positions[body][next - 1], positions[body][next])
      return sum + (before + weight * (after - before)) / Double(event.bodies.count)
    }
  }

  /// Of the events, in the order in which they are listed.
  var kinds: [String] {
    var kinds: [String] = []
    for event in events where !kinds.contains(event.kind) { kinds.append(event.kind) }
    return kinds
  }

  /// Cube root of the mass, 1 for the heaviest body; small ones remain visible.
  func relativeRadius(_ body: Int) -> Double {
    pow(max(0.125, masses[body] / masses.max()!), 1 / 3)
  }
}

/// The part of a segment within a box, as fractions of its length; nil where they do not meet (Liang &
/// Barsky 1984, ACM Transactions on Graphics 3, 1).
func clipped<V: SIMD>(
  from start: V, to end: V, low: V, high: V
) -> (enters: Double, leaves: Double)? where V.Scalar == Double {
  var (enters, leaves) = (0.0, 1.0)
  for axis in start.indices {
    let step = end[axis] - start[axis]
    let (below, above) = (low[axis] - start[axis], high[axis] - start[axis])
    if step == 0 {
      guard below <= 0, above >= 0 else { return nil }
    } else {
      enters = max(enters, min(below / step, above / step))
      leaves = min(leaves, max(below / step, above / step))
    }
  }
  return enters <= leaves ? (enters, leaves) : nil
}
