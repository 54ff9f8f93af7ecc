import CVector

/// Estimates of the largest γ over all polynomials, to some thousandths.
///
/// A polynomial takes much of the phase off where its velocity is the orbit's own, and one of degree d can have it at d
/// times, or at fewer of which it has the acceleration or the jerk too. γ is computed for all choices from a few times;
/// from the sixteen best, Newton's steps lead to maxima. ``FreeSearch`` excludes others, in hundreds of times as long.
struct FreeEstimate: ~Copyable {
  /// At least as many as there are choices.
  private static let capacity = 128

  /// Coefficients of τ, τ² and τ³, turns; and γ² there.
  private let v = UnsafeMutablePointer<Float>.allocate(capacity: 4 * capacity)
  private var a: UnsafeMutablePointer<Float> { v + Self.capacity }
  private var j: UnsafeMutablePointer<Float> { v + 2 * Self.capacity }
  private var powers: UnsafeMutablePointer<Float> { v + 3 * Self.capacity }
  private var count = 0

  deinit { v.deallocate() }

  /// γ of the degree's search.
  ///
  /// - Parameters:
  ///   - degree: 2 or 3.
  ///   - orbit: the same in all lanes, in `pieces`.
  ///   - reference: the velocity taken off there, turns.
  ///   - cycles: the bins of the spectrum over which the orbit spreads.
  mutating func largest(
    _ degree: Int, _ orbit: OrbitLanes, _ pieces: borrowing PhasePieces, reference: Double,
    cycles: Double
  ) -> Double {
    // At most 16 choices, or 120.
    let times = cycles < 1 ? (degree == 2 ? 5 : 3) : (degree == 2 ? 15 : 8)
    choose(degree, times: times, orbit, reference)
    for start in stride(from: 0, to: count, by: 16) {
      let found = pieces.powers(lanes(v + start), lanes(a + start), lanes(j + start))
      UnsafeMutableRawPointer(powers + start).storeBytes(of: found, as: FloatLanes.self)
    }
    return climb(degree, pieces)
  }

  private func lanes(_ values: UnsafeMutablePointer<Float>) -> FloatLanes {
    UnsafeRawPointer(values).loadUnaligned(as: FloatLanes.self)
  }

  /// Sets the polynomials whose velocities are the orbit's own at `degree` of so many times: the divided differences of
  /// its velocity, derivatives where times are the same.
  private mutating func choose(
    _ degree: Int, times: Int, _ orbit: OrbitLanes, _ reference: Double
  ) {
    var (time, velocity, acceleration, jerk) = (
      SIMD16<Float>(), SIMD16<Float>(), SIMD16<Float>(), SIMD16<Float>()
    )
    for start in stride(from: 0, to: times, by: 8) {
      let parts = (Lanes(0, 1, 2, 3, 4, 5, 6, 7) + (Double(start) + 0.5)) / Double(times)
      let place = orbit.place(parts)
      let derivatives = orbit.derivatives(place)
      for lane in 0..<8 {
        time[start + lane] = Float(place.time[lane])
        velocity[start + lane] = Float(derivatives.velocity[lane] * (0.5 / .pi) - reference)
        acceleration[start + lane] = Float(derivatives.acceleration[lane] * (0.5 / .pi))
        jerk[start + lane] = Float(derivatives.jerk[lane] * (0.5 / .pi))
      }
    }
    func slope(_ i: Int, _ k: Int) -> Float {
      i == k ? acceleration[i] : (velocity[k] - velocity[i]) / (time[k] - time[i])
    }
    count = 0
    func add(_ v: Float, _ a: Float, _ j: Float) {
      (self.v[count], self.a[count], self.j[count]) = (v, a / 2, j / 3)
      count += 1
    }
    for i in 0..<times {
      for k in i..<times {
        let first = slope(i, k)
        if degree == 2 {
          add(velocity[i] - time[i] * first, first, 0)
          continue
        }
        for l in k..<times {
          let second =
            i == l ? 0.5 * jerk[i] : (slope(k, l) - first) / (time[l] - time[i])
          add(
            velocity[i] - time[i] * first + time[i] * time[k] * second,
            first - (time[i] + time[k]) * second, second)
        }
      }
    }
    while count % 16 != 0 { add(v[count - 1], 2 * a[count - 1], 3 * j[count - 1]) }
  }

  /// The largest γ reached from the sixteen best polynomials.
  private func climb(_ degree: Int, _ pieces: borrowing PhasePieces) -> Double {
    var (v, a, j) = best()
    var largest: Float = 0
    for _ in 0..<2 {
      let moments = pieces.moments(v, a, j)
      largest = max(largest, moments.power.max())
      let (x, y, z) = moments.step(degree: degree)
      // The inverse of `PhasePolynomial`, from radians to turns.
      let scale = Float(0.5) / .pi
      let third = z * (scale * 20 * Float(7).squareRoot())
      let second = y * (scale * 6 * Float(5).squareRoot()) - 1.5 * third
      v += x * (scale * 2 * Float(3).squareRoot()) - second - 0.9 * third
      a += second
      j += third
    }
    largest = max(largest, pieces.powers(v, a, j).max())
    return Double(min(largest, 1)).squareRoot()
  }

  private func best() -> (FloatLanes, FloatLanes, FloatLanes) {
    if count == 16 { return (lanes(v), lanes(a), lanes(j)) }
    var chosen = SIMD16<Int32>.zero
    var values = FloatLanes(repeating: -1)
    var least: Float = -1
    for index in 0..<count where powers[index] > least {
      // The last are in order.
      var place = 15
      while place > 0 && values[place - 1] < powers[index] {
        values[place] = values[place - 1]
        chosen[place] = chosen[place - 1]
        place -= 1
      }
      values[place] = powers[index]
      chosen[place] = Int32(index)
      least = values[15]
    }
    var (bestV, bestA, bestJ) = (FloatLanes.zero, FloatLanes.zero, FloatLanes.zero)
    for lane in 0..<16 {
      let index = Int(chosen[lane])
      (bestV[lane], bestA[lane], bestJ[lane]) = (v[index], a[index], j[index])
    }
    return (bestV, bestA, bestJ)
  }
}
