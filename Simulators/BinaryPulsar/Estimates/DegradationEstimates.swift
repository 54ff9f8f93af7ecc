/// Estimates of an orbit's degradation factors, for one orbit after the other.
struct DegradationEstimates: ~Copyable {
  private var line = LineEstimate()
  private var free = FreeEstimate()

  /// The bins of the spectrum over which the orbit spreads, or a little less.
  var cycles: Double { line.cycles }

  /// Prepares for an orbit.
  ///
  /// - Parameter orbit: the same in all lanes.
  mutating func take(_ orbit: OrbitLanes) { line.take(orbit) }

  /// - Parameter orbit: that which was taken.
  mutating func value(of factor: DegradationFactor, on orbit: OrbitLanes) -> Double {
    switch factor {
    case .gamma0: line.stillFactor
    // Of 2,000 orbits none gains by a velocity that it never has.
    case .gamma1Line, .gamma1Free: line.largest(1, orbit)
    case .gamma2Line: line.largest(2, orbit)
    case .gamma3Line: line.largest(3, orbit)
    case .gamma2Free: largest(2, orbit)
    case .gamma3Free: largest(3, orbit)
    }
  }

  private mutating func largest(_ degree: Int, _ orbit: OrbitLanes) -> Double {
    free.largest(
      degree, orbit, line.pieces, reference: line.reference, cycles: line.cycles)
  }
}
