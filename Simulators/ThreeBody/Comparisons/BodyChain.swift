/// Bodies as a chain of neighbours: the vectors from each to the next, so that close bodies lose no digits to
/// their distance from the origin.
///
/// Complexity: O(bodies²) a force. Reference: Mikkola & Aarseth (1993), Celest. Mech. Dyn. Astron. 57, 439, §3.
final class BodyChain {
  typealias Vector = SIMD3<Double>

  let count: Int
  /// The bodies in the order of the chain.
  private(set) var order: [Int]
  /// `[2][bodies - 1]`: distances, then velocities, each from one body to the next, and what their rounding
  /// left out.
  let links: UnsafeMutablePointer<Vector>
  let remainders: UnsafeMutablePointer<Vector>
  /// G times the masses, `[bodies]` in the order of the chain.
  private let strengths: UnsafeMutablePointer<Double>
  let total: Double
  private let accelerations: UnsafeMutablePointer<Vector>
  private let centre: Vector
  private let centreVelocity: Vector

  init(_ bodies: PointMasses) {
    count = bodies.strengths.count
    order = Array(0..<count)
    total = bodies.strengths.reduce(0, +)
    func vectors(_ count: Int) -> UnsafeMutablePointer<Vector> {
      let memory = UnsafeMutablePointer<Vector>.allocate(capacity: count)
      memory.initialize(repeating: .zero, count: count)
      return memory
    }
    (links, remainders) = (vectors(2 * count - 2), vectors(2 * count - 2))
    accelerations = vectors(count)
    strengths = .allocate(capacity: count)
    strengths.initialize(from: bodies.strengths, count: count)
    func mean(_ values: [Vector], _ rests: [Vector]) -> Vector {
      var sum = Vector.zero
      for body in values.indices { sum += bodies.strengths[body] * (values[body] + rests[body]) }
      return sum / bodies.strengths.reduce(0, +)
    }
    centre = mean(bodies.positions, bodies.positionRemainders)
    centreVelocity = mean(bodies.velocities, bodies.velocityRemainders)
    for (start, values, rests) in [
      (0, bodies.positions, bodies.positionRemainders),
      (count - 1, bodies.velocities, bodies.velocityRemainders),
    ] {
      for link in 0..<(count - 1) {
        set(
          start + link,
          to: Sum(values[link + 1], rests[link + 1]) + -Sum(values[link], rests[link]))
      }
    }
  }

  deinit {
    for memory in [links, remainders, accelerations] { memory.deallocate() }
    strengths.deallocate()
  }

  private func set(_ place: Int, to sum: Sum) {
    (links[place], remainders[place]) = (sum.value, sum.rest)
  }

  /// Chains the closest pair, then what is nearest to an end of the chain, until all are in it.
  func rechain() {
    var squares = [Double](repeating: .infinity, count: count * count)
    for i in 0..<(count - 1) {
      var d = Vector.zero
      for j in (i + 1)..<count {
        d += links[j - 1]
        squares[i * count + j] = dot(d, d)
        squares[j * count + i] = squares[i * count + j]
      }
    }
    let first = squares.indices.min { squares[$0] < squares[$1] }!
    var chain = [first / count, first % count]
    var rest = (0..<count).filter { !chain.contains($0) }
    while !rest.isEmpty {
      let (head, tail) = (chain.first!, chain.last!)
      func square(_ body: Int) -> Double {
        min(squares[head * count + body], squares[tail * count + body])
      }
      let next = rest.min { square($0) < square($1) }!
      if squares[head * count + next] < squares[tail * count + next] {
        chain.insert(next, at: 0)
      } else {
        chain.append(next)
      }
      rest.removeAll { $0 == next }
    }
    if chain.first! > chain.last! { chain.reverse() }
    guard chain != Array(0..<count) else { return }
    for start in [0, count - 1] {
      let sums = (0..<(count - 1)).map { link -> Sum in
        let (from, to) = (chain[link], chain[link + 1])
        let sum = (min(from, to)..<max(from, to)).reduce(Sum()) {
          $0 + Sum(links[start + $1], remainders[start + $1])
        }
        return from < to ? sum : -sum
      }
      for link in sums.indices { set(start + link, to: sums[link]) }
    }
    let masses = (0..<count).map { strengths[chain[$0]] }
    for body in 0..<count { strengths[body] = masses[body] }
    order = chain.map { order[$0] }
  }

  /// G times the kinetic energy about the centre of mass, with `change` and its `rest` added to the
  /// velocities.
  @inline(__always) func kineticEnergy(
    _ change: UnsafePointer<Vector>, _ rest: UnsafePointer<Vector>
  ) -> Double {
    var sum = 0.0
    let velocities = links + (count - 1)
    for i in 0..<(count - 1) {
      var v = Vector.zero
      for j in (i + 1)..<count {
        v += (velocities[j - 1] + change[j - 1]) + rest[j - 1]
        sum += strengths[i] * strengths[j] * dot(v, v)
      }
    }
    return sum / (2 * total)
  }

  /// The accelerations of the links, with `change` and its `rest` added to the distances; returns G times the
  /// potential energy with its sign turned, and the largest inverse square of a distance.
  @inline(__always) func forces(
    _ change: UnsafePointer<Vector>, _ rest: UnsafePointer<Vector>,
    into result: UnsafeMutablePointer<Vector>
  ) -> (binding: Double, inverseSquare: Double) {
    var (sum, largest) = (0.0, 0.0)
    accelerations.update(repeating: .zero, count: count)
    for i in 0..<(count - 1) {
      var d = Vector.zero
      for j in (i + 1)..<count {
        d += (links[j - 1] + change[j - 1]) + rest[j - 1]
        let square = dot(d, d)
        let inverse = 1 / square.squareRoot()
        let inverseSquare = inverse * inverse
        largest = max(largest, inverseSquare)
        let (a, b) = (strengths[i], strengths[j])
        sum += a * b * inverse
        let force = d * (inverse * inverseSquare)
        accelerations[i].addProduct(force, Vector(repeating: b))
        accelerations[j].addProduct(force, Vector(repeating: -a))
      }
    }
    for link in 0..<(count - 1) { result[link] = accelerations[link + 1] - accelerations[link] }
    return (sum, largest)
  }

  /// Adds what a step changes: the remainders are in it.
  func accept(_ change: UnsafePointer<Vector>) {
    for place in 0..<(2 * count - 2) {
      set(place, to: Sum(links[place], .zero) + Sum(change[place], .zero))
    }
  }

  /// The bodies at the time, with the centre of mass on its way.
  func write(to path: inout Trajectory, at index: Int, time: Double) {
    for part in 0...1 {
      let start = part * (count - 1)
      // From the first body of the chain, then from their centre.
      var places = [Sum()]
      for link in 0..<(count - 1) {
        places.append(places[link] + Sum(links[start + link], remainders[start + link]))
      }
      var shift = Sum(part == 0 ? centre : centreVelocity, .zero)
      if part == 0 { shift = shift + Sum(time * centreVelocity, .zero) }
      for body in 0..<count {
        let share = -strengths[body] / total
        shift = shift + Sum(share * places[body].value, share * places[body].rest)
      }
      for body in 0..<count {
        let place = places[body] + shift
        for axis in 0..<3 {
          let target = (index * count + order[body]) * 6 + 3 * part + axis
          path.state[target] = place.value[axis]
          path.remainder[target] = place.rest[axis]
        }
      }
    }
    path.reached = index + 1
  }
}

/// A sum of doubles, and what its rounding left out (Knuth 1969).
private struct Sum {
  var value = SIMD3<Double>.zero
  var rest = SIMD3<Double>.zero

  init() {}
  init(_ value: SIMD3<Double>, _ rest: SIMD3<Double>) { (self.value, self.rest) = (value, rest) }

  static func + (a: Self, b: Self) -> Self {
    let sum = a.value + b.value
    let back = sum - a.value
    let rest = ((a.value - (sum - back)) + (b.value - back)) + (a.rest + b.rest)
    let value = sum + rest
    return Self(value, rest - (value - sum))
  }

  static prefix func - (a: Self) -> Self { Self(-a.value, -a.rest) }
}
