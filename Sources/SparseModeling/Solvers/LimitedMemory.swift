/// The last steps of a search and how the gradient changed along them: an estimate of the inverse of the
/// second derivatives, on any part of the unknowns.
///
/// In single precision: it gives directions, not values.
///
/// Complexity: 4 `capacity` passes over the unknowns, a direction.
///
/// Reference: Nocedal (1980), Math. Comp. 35, 773.
struct LimitedMemory {
  typealias Lanes = SIMD16<Float>

  let capacity: Int
  /// Vectors of lanes for one unknown each, the last ones padded with zeros.
  private let blocks: Int
  private var steps: [Lanes]
  private var changes: [Lanes]
  private var stored = 0
  /// Where the next pair goes.
  private var next = 0
  private var result: [Lanes]

  init(capacity: Int, count: Int) {
    self.capacity = capacity
    blocks = (count + Lanes.scalarCount - 1) / Lanes.scalarCount
    steps = [Lanes](repeating: .zero, count: capacity * blocks)
    changes = steps
    result = [Lanes](repeating: .zero, count: blocks)
  }

  var isEmpty: Bool { stored == 0 }

  mutating func removeAll() { (stored, next) = (0, 0) }

  mutating func append(step: [Double], change: [Double]) {
    Self.fill(&steps, at: next * blocks, step)
    Self.fill(&changes, at: next * blocks, change)
    next = (next + 1) % capacity
    stored = min(stored + 1, capacity)
  }

  /// Minus the estimate times `gradient`, on the unknowns that are `free` (one; others zero).
  ///
  /// `scale` is the inverse of the second derivatives while no step is known.
  mutating func direction(_ gradient: [Double], free: [Double], scale: Double) -> [Double] {
    var mask = [Lanes](repeating: .zero, count: blocks)
    Self.fill(&mask, at: 0, free)
    Self.fill(&result, at: 0, gradient)
    var factors = [(pair: Int, curvature: Float, alpha: Float)]()
    var first: Float?
    result.withUnsafeMutableBufferPointer { result in
      for k in 0..<blocks { result[k] *= mask[k] }
      steps.withUnsafeBufferPointer { steps in
        changes.withUnsafeBufferPointer { changes in
          for age in 1...max(1, stored) where age <= stored {
            let pair = (next - age + capacity) % capacity
            let (s, y) = (steps.baseAddress! + pair * blocks, changes.baseAddress! + pair * blocks)
            var (sr, sy, ss, yy) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
            for k in 0..<blocks {
              let step = s[k] * mask[k]
              let change = y[k] * mask[k]
              sr.addProduct(step, result[k])
              sy.addProduct(step, change)
              ss.addProduct(step, step)
              yy.addProduct(change, change)
            }
            let curvature = sy.sum()
            // On a part of the unknowns the pair may show no curvature.
            guard curvature > 1e-6 * (ss.sum() * yy.sum()).squareRoot() else { continue }
            if first == nil { first = curvature / yy.sum() }
            let alpha = sr.sum() / curvature
            factors.append((pair, curvature, alpha))
            let factor = Lanes(repeating: -alpha)
            for k in 0..<blocks { result[k].addProduct(factor * mask[k], y[k]) }
          }
          let scale = Lanes(repeating: -(first ?? Float(scale)))
          for k in 0..<blocks { result[k] *= scale }
          for (pair, curvature, alpha) in factors.reversed() {
            let (s, y) = (steps.baseAddress! + pair * blocks, changes.baseAddress! + pair * blocks)
            var yr = Lanes.zero
            for k in 0..<blocks { yr.addProduct(y[k], result[k]) }
            let factor = Lanes(repeating: -alpha - yr.sum() / curvature)
            for k in 0..<blocks { result[k].addProduct(factor * mask[k], s[k]) }
          }
        }
      }
      return
    }
    return gradient.indices.map { Double(result[$0 >> 4][$0 & 15]) }
  }

  private static func fill(_ lanes: inout [Lanes], at start: Int, _ values: [Double]) {
    lanes.withUnsafeMutableBytes { bytes in
      let floats = bytes.bindMemory(to: Float.self).baseAddress! + start * Lanes.scalarCount
      for k in 0..<values.count { floats[k] = Float(values[k]) }
    }
  }
}
