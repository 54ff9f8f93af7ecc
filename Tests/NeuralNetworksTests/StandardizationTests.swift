import Foundation
import NeuralNetworks
import Probability
import Testing

@Suite struct StandardizationTests {
  private func standardized(_ rows: [Float], features: Int) -> [Float] {
    let standardization = Standardization(rows: rows, features: features)
    var result = rows
    result.withUnsafeMutableBufferPointer { buffer in
      for row in 0..<rows.count / features {
        standardization.apply(to: buffer.baseAddress! + row * features)
      }
    }
    return result
  }

  @Test func columnsGetMeanZeroAndDeviationOne() {
    var stream = RandomStream(seed: 12, purpose: .noise)
    let scales: [(offset: Double, scale: Double)] = [(0, 1), (-30, 1e-3), (1e5, 20), (0, 1e12)]
    let rows = (0..<2_000).flatMap { _ in
      scales.map { Float($0.offset + $0.scale * stream.normal()) }
    }
    let result = standardized(rows, features: scales.count)
    for column in scales.indices {
      let values = stride(from: column, to: result.count, by: scales.count).map {
        Double(result[$0])
      }
      let mean = values.reduce(0, +) / Double(values.count)
      let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let deviation = (square / Double(values.count - 1)).squareRoot()
      #expect(abs(mean) < 1e-3 && abs(deviation - 1) < 1e-4)
    }
  }

  @Test func constantColumnsKeepTheirScale() {
    let rows: [Float] = (0..<100).flatMap { [3, 0, 16_777_216, Float($0)] }
    let standardization = Standardization(rows: rows, features: 4)
    #expect(standardization.mean.prefix(3) == [3, 0, 16_777_216])
    #expect(standardization.deviation.prefix(3) == [1, 1, 1])
    #expect(standardization.deviation[3] > 1)
    #expect(standardized(rows, features: 4).allSatisfy { $0.isFinite })
  }

  /// A column that differs by rounding only must not be blown up to noise of size one.
  @Test func roundingIsNotSpread() {
    let rows: [Float] = (0..<100).map { $0 % 2 == 0 ? 1e6 : Float(1e6).nextUp }
    #expect(Standardization(rows: rows, features: 1).deviation == [1])
  }

  @Test func oneRowIsItsOwnMean() {
    let standardization = Standardization(rows: [5, -7], features: 2)
    #expect(standardization.mean == [5, -7] && standardization.deviation == [1, 1])
  }

  @Test func hugeValuesStayFinite() {
    let rows: [Float] = [3e38, -3e38, 3e38, -3e38, 1e38]
    let standardization = Standardization(rows: rows, features: 1)
    #expect(standardization.deviation[0].isFinite && standardization.deviation[0] > 1e38)
    #expect(standardized(rows, features: 1).allSatisfy { abs($0) < 10 })
  }

  @Test func survivesJSON() throws {
    let standardization = Standardization(rows: [0.1, 7, 0.3, 9], features: 2)
    let data = try JSONEncoder().encode(standardization)
    #expect(try JSONDecoder().decode(Standardization.self, from: data) == standardization)
  }
}
