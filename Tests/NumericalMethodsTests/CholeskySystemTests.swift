import Foundation
import NumericalMethods
import Probability
import Testing

@Suite struct CholeskySystemTests {
  /// Rows that come and go leave the factor of what is there: it solves that system.
  @Test func growsAndShrinks() {
    var stream = RandomStream(seed: 3, purpose: .simulation)
    let size = 90
    let square = (0..<size).map { _ in
      (0..<size).map { _ in Double.random(in: -1...1, using: &stream) }
    }
    // G Gᵀ + 1 is positive definite.
    let matrix = (0..<size).map { a in
      (0..<size).map { b in
        zip(square[a], square[b]).reduce(a == b ? 1 : 0) { $0 + $1.0 * $1.1 }
      }
    }
    let right = (0..<size).map { Double($0 % 7) - 3 }
    var system = CholeskySystem()
    var rows: [Int] = []
    for step in 0..<400 {
      let absent = (0..<size).filter { !rows.contains($0) }
      if rows.count < 3 || (!absent.isEmpty && step % 3 != 0) {
        guard let row = absent.randomElement(using: &stream) else { continue }
        let isIndependent = system.append(
          [(rows + [row]).map { matrix[row][$0] }], right: [right[row]])
        #expect(isIndependent == [true])
        rows.append(row)
      } else {
        let index = Int.random(in: 0..<rows.count, using: &stream)
        system.remove(at: index)
        rows.remove(at: index)
      }
      #expect(system.count == rows.count)
      let solution = system.solution
      let residual = rows.map { a in
        rows.enumerated().reduce(-right[a]) { $0 + matrix[a][$1.element] * solution[$1.offset] }
      }
      #expect(residual.allSatisfy { abs($0) < 1e-9 })
    }
  }

  /// Rows that enter together, with one among them that repeats another.
  @Test func manyAtOnce() {
    let size = 20
    let matrix = (0..<size).map { a in (0..<size).map { b in exp(-0.1 * Double((a - b) * (a - b))) }
    }
    let right = (0..<size).map { cos(Double($0)) }
    var system = CholeskySystem()
    let first = system.append(
      (0..<4).map { a in (0...a).map { matrix[a][$0] } }, right: Array(right[..<4]))
    // The fourth of these is the second again.
    let next = [4, 5, 6, 5, 7, 8, 9, 10, 11, 12, 13]
    let order = [0, 1, 2, 3] + next
    let second = system.append(
      next.indices.map { k in order[...(4 + k)].map { matrix[next[k]][$0] } },
      right: next.map { right[$0] })
    #expect(first == [true, true, true, true])
    #expect(second.enumerated().allSatisfy { $1 == ($0 != 3) })
    let rows = Array(0..<14)
    let solution = system.solution
    for a in rows {
      let sum = rows.reduce(0) { $0 + matrix[a][$1] * solution[$1] }
      #expect(abs(sum - right[a]) < 1e-9)
    }
  }
}
