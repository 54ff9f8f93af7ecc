/// One step of ``GaussRadau``: the acceleration of each body, h of the step after its beginning, is
/// a₀ + Σ b[k] h^(k+1), k = 0 … 6.
final class RadauStep {
  private typealias Vector = SIMD3<Double>

  var bodies: PointMasses
  /// The least square of a distance so far.
  private(set) var leastSquare = Double.infinity

  /// `[7][bodies]`: of the power series, of Newton's divided differences, and of the power series that was
  /// expected.
  private let b: UnsafeMutablePointer<Vector>
  private let g: UnsafeMutablePointer<Vector>
  private let expected: UnsafeMutablePointer<Vector>
  /// Of the last step that was accepted.
  private let lastB: UnsafeMutablePointer<Vector>
  private let lastError: UnsafeMutablePointer<Vector>
  private var lastStep = 0.0
  /// `[bodies]`
  private let begin: UnsafeMutablePointer<Vector>
  private let place: UnsafeMutablePointer<Vector>
  private let acceleration: UnsafeMutablePointer<Vector>
  private let table = RadauTable()

  init(_ bodies: PointMasses) {
    self.bodies = bodies
    let count = bodies.strengths.count
    func vectors(_ count: Int) -> UnsafeMutablePointer<Vector> {
      let memory = UnsafeMutablePointer<Vector>.allocate(capacity: count)
      memory.initialize(repeating: .zero, count: count)
      return memory
    }
    (b, g, expected) = (vectors(7 * count), vectors(7 * count), vectors(7 * count))
    (lastB, lastError) = (vectors(7 * count), vectors(7 * count))
    (begin, place, acceleration) = (vectors(count), vectors(count), vectors(count))
  }

  deinit {
    for memory in [b, g, expected, lastB, lastError, begin, place, acceleration] {
      memory.deallocate()
    }
  }

  /// Of the fall or the passage of the closest pair.
  var shortestTime: Double {
    var least = Double.infinity
    for j in bodies.strengths.indices {
      for i in 0..<j {
        let distance = length(bodies.positions[j] - bodies.positions[i])
        let strength = bodies.strengths[i] + bodies.strengths[j]
        least = min(
          least, distance * (distance / strength).squareRoot(),
          distance / length(bodies.velocities[j] - bodies.velocities[i]))
      }
    }
    return least
  }

  /// Finds the polynomials of a step from the beginning on.
  func iterate(_ step: Double) {
    let count = bodies.strengths.count
    predict(step)
    bodies.positions.withUnsafeBufferPointer { positions in
      let square = bodies.accelerations(at: positions.baseAddress!, into: begin)
      leastSquare = min(leastSquare, square)
    }
    var last = Double.infinity
    for round in 0..<12 {
      var (change, size) = (0.0, 0.0)
      for node in 1...7 {
        moveToNode(node, step)
        bodies.accelerations(at: place, into: acceleration)
        for body in 0..<count {
          var difference = (acceleration[body] - begin[body]) * table.inverse[node - 1][0]
          for k in 1..<node {
            difference = (difference - g[(k - 1) * count + body]) * table.inverse[node - 1][k]
          }
          let correction = difference - g[(node - 1) * count + body]
          g[(node - 1) * count + body] = difference
          for k in 0..<node {
            b[k * count + body].addProduct(
              correction, Vector(repeating: table.power[node - 1][k]))
          }
          if node == 7 {
            for axis in 0..<3 {
              change = max(change, abs(correction[axis]))
              size = max(size, abs(acceleration[body][axis]))
            }
          }
        }
      }
      let error = change / size
      // Below rounding, or at its floor.
      if !(error > 1e-16) || (round > 1 && error >= last) { return }
      last = error
    }
  }

  /// The shortest time in which an acceleration changes, at the end of the step: not a number where one
  /// is infinite.
  func changeTime(_ step: Double) -> Double {
    let count = bodies.strengths.count
    var (rates, largest) = ([(acceleration: Double, change: Double)](), 0.0)
    rates.reserveCapacity(count)
    for body in 0..<count {
      var (a, jerk, snap) = (begin[body], Vector.zero, Vector.zero)
      for k in 0..<7 {
        let term = b[k * count + body]
        a += term
        jerk += term * Double(k + 1)
        snap += term * Double(k * (k + 1))
      }
      let square = dot(a, a)
      rates.append((square, dot(jerk, jerk) + (square * dot(snap, snap)).squareRoot()))
      largest = max(largest, square)
    }
    var least = Double.infinity
    for (acceleration, change) in rates {
      // Where the forces on a body cancel for a moment, as in the middle of a figure-eight, they change by
      // their whole in no time: below a thousandth of the largest they do not count.
      let time = 2 * max(acceleration, 1e-6 * largest) / change
      guard !acceleration.isNaN, !change.isNaN else { return .nan }
      if time < least { least = time }
    }
    return step * least.squareRoot()
  }

  /// Moves the bodies to the end of the step.
  func accept(_ step: Double) {
    let count = bodies.strengths.count
    for body in 0..<count {
      // Small terms first.
      var (shift, kick) = (Vector.zero, Vector.zero)
      for k in (0..<7).reversed() {
        let term = b[k * count + body]
        shift.addProduct(term, Vector(repeating: table.twice[k]))
        kick.addProduct(term, Vector(repeating: table.once[k]))
      }
      bodies.move(body, by: step * step * (shift + 0.5 * begin[body]))
      bodies.move(body, by: step * bodies.velocities[body])
      bodies.accelerate(body, by: step * (kick + begin[body]))
    }
    for index in 0..<7 * count {
      lastError[index] = b[index] - expected[index]
      lastB[index] = b[index]
    }
    lastStep = step
  }

  /// The last step's polynomials go on, and were wrong by as much as they were the time before.
  private func predict(_ step: Double) {
    let count = bodies.strengths.count
    guard lastStep > 0 else {
      for index in 0..<7 * count { (b[index], g[index]) = (.zero, .zero) }
      return
    }
    let ratio = step / lastStep
    // A much longer step than the last tells nothing of the new one.
    let isFar = ratio > 20
    for body in 0..<count {
      var factor = 1.0
      for j in 0..<7 {
        factor *= ratio
        var sum = Vector.zero
        for k in j..<7 {
          sum.addProduct(lastB[k * count + body], Vector(repeating: table.binomial[j][k]))
        }
        let place = j * count + body
        expected[place] = isFar ? .zero : factor * sum
        b[place] = isFar ? .zero : expected[place] + lastError[place]
      }
      // Newton's form of the same polynomial, from its last term on.
      for node in (0..<7).reversed() {
        var sum = b[node * count + body]
        for k in (node + 1)..<7 {
          sum.addProduct(
            g[k * count + body], Vector(repeating: -table.power[k][node]))
        }
        g[node * count + body] = sum
      }
    }
  }

  @inline(__always) private func moveToNode(_ node: Int, _ step: Double) {
    let count = bodies.strengths.count
    let h = table.nodes[node]
    let (time, square) = (h * step, h * h * step * step)
    for body in 0..<count {
      var sum = Vector.zero
      for k in (0..<7).reversed() {
        sum = (sum + b[k * count + body] * table.twice[k]) * h
      }
      let change =
        (sum + 0.5 * begin[body]) * square + time * bodies.velocities[body]
        + bodies.positionRemainders[body]
      place[body] = bodies.positions[body] + change
    }
  }
}
