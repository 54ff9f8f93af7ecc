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
          (rows + [row]).map { matrix[row][$0] }, right: right[row])
        #expect(isIndependent)
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
    // What is a multiple of another row does not enter.
    let isIndependent = system.append(
      rows.map { matrix[rows[0]][$0] } + [matrix[rows[0]][rows[0]]], right: 1)
    #expect(!isIndependent)
  }
}
