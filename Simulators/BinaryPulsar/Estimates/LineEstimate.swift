/// Estimates of the factors of the published line to some thousandths, in about a microsecond each.
///
/// γ is computed at places of the line equally spaced in eccentric anomaly, then twice between those neighbours that
/// promise most; a parabola through the largest value and its neighbours gives the maximum. What lies between places
/// that promise less is missed: of long and fast orbits, now and then, the largest of many maxima. ``LineSearch``
/// excludes this, in a hundred times as long.
struct LineEstimate: ~Copyable {
  /// The most first places.
  private static let mostPlaces = 256

  /// The bins of the spectrum over which the orbit spreads, or a little less.
  private(set) var cycles = 0.0
  /// The velocity from which others are counted, bins.
  private(set) var reference = 0.0
  private(set) var pieces = PhasePieces()
  private var places = LineSamples()
  private var placeCount = 0
  /// Places to a piece.
  private var refinement = 1
  private var samples = LineSamples()

  /// Prepares for an orbit.
  ///
  /// - Parameter orbit: the same in all lanes.
  mutating func take(_ orbit: OrbitLanes) {
    let eight = Lanes(0, 1, 2, 3, 4, 5, 6, 7)
    var (least, most) = (Double.infinity, -Double.infinity)
    for start in [0.0, 8] {
      let velocities = orbit.derivatives(orbit.place((eight + start) * (1.0 / 15))).velocity
      least = min(least, velocities.min())
      most = max(most, velocities.max())
    }
    cycles = (most - least) / (2 * .pi)
    reference = (most + least) / (4 * .pi)
    divide(turns: orbit.end[0] / (2 * .pi))
    let step = 1 / Double(placeCount - 1)
    for start in stride(from: 0, to: (placeCount + 15) / 16 * 16, by: 8) {
      var parts = (eight + Double(start)) * step
      parts.replace(with: 1, where: parts .> 1)
      let place = orbit.place(parts)
      Self.store(parts, places.parts + start)
      set(places, start, orbit, place)
      // These two wait where places have nothing else.
      Self.store(place.time, places.powers + start)
      Self.store(place.phase * (0.5 / .pi) - reference * place.time, samples.powers + start)
    }
    for end in 0..<pieces.count {
      pieces.times[end] = places.powers[end * refinement]
      pieces.phases[end] = samples.powers[end * refinement]
    }
  }

  /// Sets the numbers of pieces and places.
  ///
  /// 32 ends of pieces to a turn, and at least sixteen, resolve the phase; places are as many or some times more, as
  /// the line is longer the faster the orbit.
  private mutating func divide(turns: Double) {
    let least: Double = cycles < 1 ? 1 : 2
    pieces.count = min(16 * Int(max(least, 2 * turns).rounded(.up)), PhasePieces.capacity)
    let wanted = 16 * max(least, 4 * turns, cycles.squareRoot())
    refinement = min(
      Int((wanted / Double(pieces.count)).rounded()), Self.mostPlaces / pieces.count)
    placeCount = refinement * (pieces.count - 1) + 1
  }

  /// Sets the polynomials of eight places.
  private func set(
    _ samples: borrowing LineSamples, _ start: Int, _ orbit: OrbitLanes, _ place: OrbitLanes.Place
  ) {
    let (velocity, acceleration, jerk) = orbit.derivatives(place)
    Self.store(velocity * (0.5 / .pi) - reference, samples.v + start)
    Self.store(acceleration * (0.25 / .pi), samples.a + start)
    Self.store(jerk * (1 / (12 * .pi)), samples.j + start)
  }

  @inline(__always)
  private static func store(_ values: Lanes, _ target: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(target).storeBytes(of: SIMD8<Float>(values), as: SIMD8<Float>.self)
  }

  /// γ₀: nothing is taken off.
  var stillFactor: Double {
    let still = FloatLanes(repeating: Float(-reference))
    return Double(min(pieces.powers(still, .zero, .zero)[0], 1)).squareRoot()
  }

  /// γ of the degree's search.
  ///
  /// - Parameter orbit: that which was taken.
  mutating func largest(_ degree: Int, _ orbit: OrbitLanes) -> Double {
    // Of velocities alone the line is shorter.
    let step = degree == 1 ? refinement : 1
    let count = (placeCount - 1) / step + 1
    for start in stride(from: 0, to: count, by: 16) {
      if step == 1 {
        samples.set(start, places)
      } else {
        for index in start..<start + 16 {
          let place = min(index, count - 1) * step
          samples.parts[index] = places.parts[place]
          samples.v[index] = places.v[place]
        }
      }
      evaluate(samples, start, degree)
    }
    samples.begin(count)
    for _ in 0..<2 {
      let added = samples.cut()
      if added == 0 { break }
      let new = LineSamples.waiting..<LineSamples.waiting + added
      for start in stride(from: new.lowerBound, to: new.upperBound, by: 8) {
        let parts = UnsafeRawPointer(samples.parts + start).loadUnaligned(as: SIMD8<Float>.self)
        set(samples, start, orbit, orbit.place(Lanes(parts)))
      }
      for start in stride(from: new.lowerBound, to: new.upperBound, by: 16) {
        evaluate(samples, start, degree)
      }
      samples.insert()
    }
    return Double(min(samples.peak, 1)).squareRoot()
  }

  /// Sets γ² of sixteen places.
  private func evaluate(_ samples: borrowing LineSamples, _ start: Int, _ degree: Int) {
    if degree < 2 { LineSamples.set(.zero, samples.a + start) }
    if degree < 3 { LineSamples.set(.zero, samples.j + start) }
    LineSamples.set(
      pieces.powers(
        LineSamples.lanes(samples.v + start), LineSamples.lanes(samples.a + start),
        LineSamples.lanes(samples.j + start)), samples.powers + start)
  }
}
