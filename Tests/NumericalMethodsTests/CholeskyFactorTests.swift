import Foundation
import NumericalMethods
import Testing

/// Matrices of several tiles, the last of another size.
@Suite struct CholeskyFactorTests {
  private static let count = 600
  /// exp(−|i − j|/50), whose inverse is tridiagonal.
  private static let matrix = (0..<count * count).map {
    exp(-abs(Double($0 / count - $0 % count)) / 50)
  }

  @Test func factorTimesItsTransposeIsTheMatrix() throws {
    let factor = try #require(CholeskyFactor(Self.matrix, count: Self.count))
    for (i, j) in [(0, 0), (255, 255), (256, 255), (300, 20), (599, 0), (599, 300), (599, 599)] {
      let sum = (0...j).reduce(0.0) {
        $0 + factor.elements[i * Self.count + $1] * factor.elements[j * Self.count + $1]
      }
      #expect(abs(sum - Self.matrix[i * Self.count + j]) < 1e-13)
    }
    // Each row after the first adds ln(1 − ρ²).
    let expected = Double(Self.count - 1) * log(1 - exp(-2.0 / 50))
    #expect(abs(factor.logDeterminant - expected) < 1e-9)
  }

  @Test func inverseIsTridiagonal() throws {
    let inverse = try #require(CholeskyFactor(Self.matrix, count: Self.count)).inverse()
    let rho = exp(-1.0 / 50)
    let scale = 1 / (1 - rho * rho)
    for i in 0..<Self.count {
      for j in 0...i {
        var expected = 0.0
        if i == j { expected = scale * (i == 0 || i == Self.count - 1 ? 1 : 1 + rho * rho) }
        if i == j + 1 { expected = -rho * scale }
        #expect(abs(inverse[i * Self.count + j] - expected) < 1e-10 * scale)
      }
    }
  }

  @Test func threadsChangeNoBit() throws {
    let one = try #require(CholeskyFactor(Self.matrix, count: Self.count, threads: 1))
    let two = try #require(CholeskyFactor(Self.matrix, count: Self.count, threads: 2))
    #expect(one.elements == two.elements)
    #expect(one.logDeterminant == two.logDeterminant)
    let (a, b) = (one.inverse(threads: 1), two.inverse(threads: 2))
    for i in 0..<Self.count {
      let row = i * Self.count...i * Self.count + i
      #expect(a[row] == b[row])
    }
  }

  @Test func refusesWhatIsNotPositiveDefinite() {
    #expect(CholeskyFactor([1, 2, 2, 1], count: 2) == nil)
  }
}
