import Foundation

/// A step of ``AlgorithmicRegularization``.
///
/// Reference: Hairer, Nørsett & Wanner (1993), Solving Ordinary Differential Equations I, II.9: Gragg's
/// expansion in even powers, the table of Aitken and Neville, the choice of its rows and of the length.
final class ExtrapolatedStep {
  private typealias Vector = SIMD3<Double>
  private static let rows = 12

  let chain: BodyChain
  /// In s.
  var length: Double
  /// G times the potential energy, with its sign turned, near the end of the step.
  private(set) var binding = 0.0
  /// Of a distance in all steps so far.
  private(set) var largestInverseSquare = 0.0

  private let tolerance: Double
  /// G (U − T) at the beginning.
  private let bindingEnergy: Double
  /// Distances, velocities, time.
  private let width: Int
  /// What the step changes, `[rows][width]`; after row k, row k − j is extrapolated j times.
  private let table: UnsafeMutablePointer<Vector>
  /// What its sums leave out, `[width]`.
  private let rests: UnsafeMutablePointer<Vector>
  private let acceleration: UnsafeMutablePointer<Vector>
  private var inverseSquare = 0.0
  /// The row that is expected to do.
  private var target = 6
  private var next: (length: Double, target: Int) = (0, 6)
  private var isRepeated = false

  init(_ chain: BodyChain, tolerance: Double) {
    (self.chain, self.tolerance) = (chain, tolerance)
    let width = 2 * chain.count - 1
    func vectors(_ count: Int) -> UnsafeMutablePointer<Vector> {
      let memory = UnsafeMutablePointer<Vector>.allocate(capacity: count)
      memory.initialize(repeating: .zero, count: count)
      return memory
    }
    (table, rests, acceleration) = (vectors(Self.rows * width), vectors(width), vectors(width))
    self.width = width
    chain.rechain()
    let (binding, inverseSquare) = chain.forces(table, rests, into: acceleration)
    let kinetic = chain.kineticEnergy(table, rests)
    bindingEnergy = binding - kinetic
    // Part of the closest pair's passage or fall.
    let square = inverseSquare * max(binding, kinetic) / chain.total
    length = 0.01 * binding / square.squareRoot()
  }

  deinit { for memory in [table, rests, acceleration] { memory.deallocate() } }

  /// In time.
  var duration: Double { table[width - 1].x }

  /// Whether the step is good; if not, `length` is shorter.
  func iterate() -> Bool {
    var work = 0.0
    var previous = (cost: Double.infinity, length: 0.0)
    for row in 0...(target + 1) {
      guard leapfrogs(Self.leapfrogs(row), into: table + row * width) else { break }
      work += Double(Self.leapfrogs(row))
      let error = extrapolate(row) / tolerance
      guard row >= target - 1 else { continue }
      let factor = 0.94 * pow(0.65 / error, 1 / Double(2 * row + 1))
      let best = length * min(max(factor, 0.02), 8)
      let cost = work / best
      if error <= 1 {
        if row < target || (row < Self.rows - 2 && cost < 0.9 * previous.cost) {
          next = (best * (1 + Double(Self.leapfrogs(row + 1)) / work), row + 1)
        } else if row > 3, previous.cost < 0.8 * cost {
          next = (previous.length, row - 1)
        } else {
          next = (best, min(row, Self.rows - 2))
        }
        if isRepeated { next.length = min(next.length, length) }
        return true
      }
      // What two more rows cannot mend.
      let gain = Double(Self.leapfrogs(row + 1) * Self.leapfrogs(row + 2)) / 4
      if row > target || (row < target && error > gain * gain) {
        length = min(best, 0.7 * length)
        isRepeated = true
        return false
      }
      previous = (cost, best)
    }
    length *= 0.1
    isRepeated = true
    return false
  }

  func accept() {
    chain.accept(table)
    chain.rechain()
    largestInverseSquare = max(largestInverseSquare, inverseSquare)
    (length, target) = next
    isRepeated = false
  }

  private static func leapfrogs(_ row: Int) -> Int { 2 * (row + 1) }

  /// False where the step is too long for the motion.
  private func leapfrogs(_ count: Int, into change: UnsafeMutablePointer<Vector>) -> Bool {
    let links = chain.count - 1
    let (chain, acceleration) = (chain, acceleration)
    let velocities = chain.links + links
    let (velocityChange, velocityRests) = (change + links, rests + links)
    for place in 0..<(2 * links) { change[place] = chain.remainders[place] }
    change[width - 1] = .zero
    rests.update(repeating: .zero, count: width)
    inverseSquare = 0
    let kick = length / Double(count)
    for leapfrog in 0...count {
      let speed = chain.kineticEnergy(velocityChange, velocityRests) + bindingEnergy
      guard speed > 0 else { return false }
      // Neighbouring half drifts are one.
      let time = (leapfrog == 0 || leapfrog == count ? 0.5 * kick : kick) / speed
      for link in 0..<links {
        let velocity = (velocities[link] + velocityChange[link]) + velocityRests[link]
        add(time * velocity, to: link, of: change)
      }
      add(Vector(time, 0, 0), to: width - 1, of: change)
      if leapfrog == count { break }
      let largest: Double
      (binding, largest) = chain.forces(change, rests, into: acceleration)
      inverseSquare = max(inverseSquare, largest)
      let push = kick / binding
      for link in 0..<links { add(push * acceleration[link], to: links + link, of: change) }
    }
    return change[width - 1].x.isFinite
  }

  /// Kahan's sum (1965).
  @inline(__always) private func add(
    _ value: Vector, to place: Int, of change: UnsafeMutablePointer<Vector>
  ) {
    let rest = value + rests[place]
    let sum = change[place] + rest
    rests[place] = rest - (sum - change[place])
    change[place] = sum
  }

  /// Makes the entries of a row; returns what the last changes, relative to each link and to the time.
  private func extrapolate(_ row: Int) -> Double {
    var largest = 0.0
    for column in 0..<row {
      let (fine, coarse) = (table + (row - column) * width, table + (row - column - 1) * width)
      let ratio =
        Double(Self.leapfrogs(row)) / Double(Self.leapfrogs(row - column - 1))
      let factor = 1 / (ratio * ratio - 1)
      for place in 0..<width {
        let difference = (fine[place] - coarse[place]) * factor
        if column == row - 1 {
          let begin = place < width - 1 ? chain.links[place] : .zero
          let end = begin + fine[place]
          largest = max(
            largest, dot(difference, difference) / max(dot(begin, begin), dot(end, end)))
        }
        coarse[place] = fine[place] + difference
      }
    }
    return largest.isFinite ? max(largest.squareRoot(), 0x1p-60) : .infinity
  }
}
