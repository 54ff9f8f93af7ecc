/// Estimates of the factors of the published line to some thousandths, in about a microsecond each.
///
/// γ is computed at places of the line equally spaced in eccentric anomaly, then twice between those
/// neighbours that promise most; a parabola through the largest value and its neighbours gives the maximum. What lies
/// between places that promise less is missed: of long and fast orbits, now and then, the largest of many maxima.
/// ``LineSearch`` excludes this, in a hundred times as long.
struct LineEstimate: ~Copyable {
  /// The most first places.
  private static let capacity = 512
  /// Samples that are added at a time.
  private static let added = LineSamples.cuts * LineSamples.mostCells

  /// The bins of the spectrum over which the orbit spreads, or a little less.
  private(set) var cycles = 0.0
  /// The velocity from which others are counted, bins.
  private(set) var reference = 0.0
  private(set) var pieces = PhasePieces()
  private var places = Places(capacity: capacity)
  private var cuts = Places(capacity: added)
  private var samples = LineSamples(capacity: capacity + 2 * added)
  private let cutSamples = UnsafeMutablePointer<LineSamples.Sample>.allocate(capacity: added)

  deinit { cutSamples.deallocate() }

  /// Places of the line, in groups of sixteen of which the last repeat the last place.
  private struct Places: ~Copyable {
    /// Of the way from the first place to the last, in eccentric anomaly.
    let parts: UnsafeMutablePointer<Float>
    /// Coefficients of τ, τ² and τ³, turns.
    let v: UnsafeMutablePointer<Float>
    let a: UnsafeMutablePointer<Float>
    let j: UnsafeMutablePointer<Float>
    var count = 0

    var wholeCount: Int { (count + 15) / 16 * 16 }

    init(capacity: Int) {
      parts = .allocate(capacity: 4 * capacity)
      (v, a, j) = (parts + capacity, parts + 2 * capacity, parts + 3 * capacity)
    }

    deinit { parts.deallocate() }

    static func lanes(_ values: UnsafeMutablePointer<Float>) -> FloatLanes {
      UnsafeRawPointer(values).loadUnaligned(as: FloatLanes.self)
    }

    /// Stores the polynomials of eight places.
    func set(
      _ start: Int, _ derivatives: (velocity: Lanes, acceleration: Lanes, jerk: Lanes),
      reference: Double
    ) {
      func store(_ values: Lanes, _ target: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(target + start)
          .storeBytes(of: SIMD8<Float>(values), as: SIMD8<Float>.self)
      }
      store(derivatives.velocity * (0.5 / .pi) - reference, v)
      store(derivatives.acceleration * (0.25 / .pi), a)
      store(derivatives.jerk * (1 / (12 * .pi)), j)
    }
  }

  // MARK: - The orbit

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
    let stride = divide(turns: orbit.end[0] / (2 * .pi))
    let step = 1 / Double(places.count - 1)
    for start in Swift.stride(from: 0, to: places.wholeCount, by: 8) {
      var parts = (eight + Double(start)) * step
      parts.replace(with: 1, where: parts .> 1)
      let place = orbit.place(parts)
      places.set(start, orbit.derivatives(place), reference: reference)
      let phases = place.phase * (0.5 / .pi) - reference * place.time
      for lane in 0..<8 {
        let index = start + lane
        places.parts[index] = Float(parts[lane])
        if index < places.count, index % stride == 0 {
          pieces.times[index / stride] = Float(place.time[lane])
          pieces.phases[index / stride] = Float(phases[lane])
        }
      }
    }
  }

  /// Sets the numbers of pieces and places, and returns how many places there are to a piece.
  ///
  /// 32 ends of pieces to a turn, and at least sixteen, resolve the phase; places are as many or some times more, as
  /// the line is longer the faster the orbit.
  private mutating func divide(turns: Double) -> Int {
    let least: Double = cycles < 1 ? 1 : 2
    pieces.count = min(16 * Int(max(least, 2 * turns).rounded(.up)), PhasePieces.capacity)
    let wanted = 16 * max(least, 4 * turns, cycles.squareRoot())
    let stride = min(
      Int((wanted / Double(pieces.count)).rounded(.up)), Self.capacity / pieces.count)
    places.count = stride * (pieces.count - 1) + 1
    return stride
  }

  // MARK: - Factors

  /// γ₀: nothing is taken off.
  var stillFactor: Double {
    let still = FloatLanes(repeating: Float(-reference))
    return Double(min(pieces.powers(still, .zero, .zero)[0], 1)).squareRoot()
  }

  /// γ of the degree's search.
  ///
  /// - Parameter orbit: that which was taken.
  mutating func largest(_ degree: Int, _ orbit: OrbitLanes) -> Double {
    evaluate(places, degree, into: samples.samples)
    samples.count = places.count
    for _ in 0..<2 {
      samples.choose()
      if samples.cellCount == 0 { break }
      cuts.count = samples.cut(into: cuts.parts)
      for index in cuts.count..<cuts.wholeCount { cuts.parts[index] = cuts.parts[cuts.count - 1] }
      for start in stride(from: 0, to: cuts.wholeCount, by: 8) {
        let parts = UnsafeRawPointer(cuts.parts + start).loadUnaligned(as: SIMD8<Float>.self)
        cuts.set(start, orbit.derivatives(orbit.place(Lanes(parts))), reference: reference)
      }
      evaluate(cuts, degree, into: cutSamples)
      samples.insert(cutSamples)
    }
    return Double(min(samples.peak, 1)).squareRoot()
  }

  private func evaluate(
    _ places: borrowing Places, _ degree: Int,
    into samples: UnsafeMutablePointer<LineSamples.Sample>
  ) {
    for start in stride(from: 0, to: places.count, by: 16) {
      let v = Places.lanes(places.v + start)
      let a = degree > 1 ? Places.lanes(places.a + start) : .zero
      let j = degree > 2 ? Places.lanes(places.j + start) : .zero
      let powers = pieces.powers(v, a, j)
      // As in `PhasePolynomial`.
      let x = (0.5 * v + 0.5 * a + 0.45 * j) * (1 / Float(3).squareRoot())
      let y = (a * (1 / Float(6)) + 0.25 * j) * (1 / Float(5).squareRoot())
      let z = j * (0.05 / Float(7).squareRoot())
      for lane in 0..<min(16, places.count - start) {
        samples[start + lane] = LineSamples.Sample(
          part: places.parts[start + lane],
          values: SIMD4(x[lane], y[lane], z[lane], powers[lane]))
      }
    }
  }
}
