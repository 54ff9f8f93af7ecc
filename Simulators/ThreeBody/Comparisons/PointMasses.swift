/// A system on its way, as methods of double precision keep it: what the sums of many small changes lose
/// by rounding is carried along (Kahan 1965).
struct PointMasses {
  /// G times the masses, `[bodies]`.
  let strengths: [Double]
  var positions: [SIMD3<Double>]
  var velocities: [SIMD3<Double>]
  private(set) var positionRemainders: [SIMD3<Double>]
  private(set) var velocityRemainders: [SIMD3<Double>]

  init(_ system: GravitySystem, gravitationalConstant: Double) {
    strengths = system.masses.map { gravitationalConstant * $0 }
    (positions, velocities) = (system.positions, system.velocities)
    positionRemainders = system.positionRemainders
    velocityRemainders = system.velocityRemainders
  }

  @inline(__always) mutating func move(_ body: Int, by change: SIMD3<Double>) {
    Self.add(change, to: &positions[body], &positionRemainders[body])
  }

  @inline(__always) mutating func accelerate(_ body: Int, by change: SIMD3<Double>) {
    Self.add(change, to: &velocities[body], &velocityRemainders[body])
  }

  @inline(__always) private static func add(
    _ change: SIMD3<Double>, to value: inout SIMD3<Double>, _ remainder: inout SIMD3<Double>
  ) {
    let rest = change + remainder
    let sum = value + rest
    remainder = rest - (sum - value)
    value = sum
  }

  /// Accelerations at the present places, digits of the remainders included; returns the least square of a
  /// distance.
  ///
  /// Complexity: O(bodies²).
  @discardableResult
  func accelerations(into result: inout [SIMD3<Double>]) -> Double {
    result.withUnsafeMutableBufferPointer { result in
      accelerations(into: result.baseAddress!) { distance($0, $1) }
    }
  }

  @inline(__always) @discardableResult
  func accelerations(
    at places: UnsafePointer<SIMD3<Double>>, into result: UnsafeMutablePointer<SIMD3<Double>>
  ) -> Double {
    accelerations(into: result) { places[$1] - places[$0] }
  }

  @inline(__always) private func accelerations(
    into result: UnsafeMutablePointer<SIMD3<Double>>,
    distance: (Int, Int) -> SIMD3<Double>
  ) -> Double {
    strengths.withUnsafeBufferPointer { strengths in
      var least = Double.infinity
      result.update(repeating: .zero, count: strengths.count)
      for j in 1..<strengths.count {
        for i in 0..<j {
          let d = distance(i, j)
          let square = dot(d, d)
          least = min(least, square)
          let force = d * (1 / (square * square.squareRoot()))
          result[i].addProduct(force, SIMD3(repeating: strengths[j]))
          result[j].addProduct(force, SIMD3(repeating: -strengths[i]))
        }
      }
      return least
    }
  }

  /// From body `i` to `j`.
  @inline(__always) private func distance(_ i: Int, _ j: Int) -> SIMD3<Double> {
    (positions[j] - positions[i]) + (positionRemainders[j] - positionRemainders[i])
  }

  func write(to trajectory: inout Trajectory, at index: Int) {
    for body in strengths.indices {
      let start = (index * strengths.count + body) * 6
      for axis in 0..<3 {
        trajectory.state[start + axis] = positions[body][axis]
        trajectory.remainder[start + axis] = positionRemainders[body][axis]
        trajectory.state[start + 3 + axis] = velocities[body][axis]
        trajectory.remainder[start + 3 + axis] = velocityRemainders[body][axis]
      }
    }
    trajectory.reached = index + 1
  }
}
