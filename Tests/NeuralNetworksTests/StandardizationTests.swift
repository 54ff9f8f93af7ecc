import Foundation
import NeuralNetworks
import Probability
import Testing

@Suite struct StandardizationTests {
  private func standardized(_ rows: [Float], features: Int) -> [Float] {
    let standardization = Standardization(rows: rows, features: features)
    let count = rows.count / features
    return evaluate([]) { pass in
      let cases = pass.matrix(rows: count, columns: features)
      for index in rows.indices { cases[index / features, index % features] = rows[index] }
      let values = pass.matrix(rows: features, columns: count)
      transpose(cases, into: values)
      standardization.apply(to: values)
      return rows.indices.map { values[$0 % features, $0 / features] }
    }
  }

  /// With normal features of any offset and scale the result is standard normal. Of 20,000 values, a
  /// median scatters by 1.25 / √20000 = 0.009, and a scale by less.
  @Test func normalFeaturesBecomeStandardNormal() {
    var stream = RandomStream(seed: 12, purpose: .noise)
    let scales: [(offset: Double, scale: Double)] = [(0, 1), (-30, 1e-3), (1e5, 20), (0, 1e12)]
    let rows = (0..<20_000).flatMap { _ in
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
      #expect(abs(mean) < 0.05 && abs(deviation - 1) < 0.05)
    }
  }

  /// A Cauchy law has neither mean nor variance; its quartiles are at ± its scale, and 68.27 % lie
  /// within tan(0.6827 π / 2) = 1.837 of them.
  @Test func heavyTailsHaveAScale() {
    var stream = RandomStream(seed: 13, purpose: .noise)
    let rows = (0..<20_000).map { _ in
      Float(7 + 0.1 * tan(Double.pi * (stream.uniform() - 0.5)))
    }
    #expect(rows.map { abs($0) }.max()! > 500)
    let standardization = Standardization(rows: rows, features: 1)
    #expect(abs(standardization.centre[0] - 7) < 0.01)
    #expect(abs(standardization.scale[0] - 0.1837) < 0.01)
    #expect(standardized(rows, features: 1).allSatisfy { abs($0) < 25 })
  }

  /// The identity to 5, then 5 + ln(|z| − 4): odd, without a jump, ever growing.
  @Test func extremesAreCompressedInOrder() {
    // Quantiles that give centre 2 and scale 10 whatever else is there.
    let sample = (0..<1001).map { Float(2 + 10 * ($0 < 300 ? -1 : $0 > 700 ? 1 : 0)) }
    let standardization = Standardization(rows: sample, features: 1)
    #expect(standardization.centre == [2] && standardization.scale == [10])
    let z: [Double] = [-1e30, -1e6, -50, -5.01, -5, -4.99, -1, 0, 1, 4.99, 5, 5.01, 50, 1e6, 1e30]
    let result = evaluate([]) { pass in
      let x = matrix(z.map { 2 + 10 * $0 }, rows: 1, columns: z.count, pass)
      standardization.apply(to: x)
      return x.entries
    }
    let expected = z.map { z in
      let size = abs(z) < 5 ? abs(z) : 5 + log(abs(z) - 4)
      return z < 0 ? -size : size
    }
    #expect(largestDifference(result, expected) < 1e-5)
    #expect(zip(result, result.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func constantColumnsKeepTheirScale() {
    let rows: [Float] = (0..<100).flatMap { [3, 0, 16_777_216, Float($0)] }
    let standardization = Standardization(rows: rows, features: 4)
    #expect(standardization.centre.prefix(3) == [3, 0, 16_777_216])
    #expect(standardization.scale.prefix(3) == [1, 1, 1])
    #expect(standardization.scale[3] > 1)
  }

  /// A column that differs by rounding only must not be blown up to noise of size one.
  @Test func roundingIsNotSpread() {
    let rows: [Float] = (0..<100).map { $0 % 2 == 0 ? 1e6 : Float(1e6).nextUp }
    #expect(Standardization(rows: rows, features: 1).scale == [1])
  }

  /// A flag that is rarely set has a scale of its own size, however rarely.
  @Test(arguments: [2, 10, 100, 1000]) func rareValuesCount(oneIn: Int) {
    let rows: [Float] = (0..<1000).map { $0 % oneIn == 0 ? 1 : 0 }
    let scale = Standardization(rows: rows, features: 1).scale[0]
    #expect(scale <= 0.5 && scale >= 1.0 / 6)
  }

  @Test func oneRowIsItsOwnCentre() {
    let standardization = Standardization(rows: [5, -7], features: 2)
    #expect(standardization.centre == [5, -7] && standardization.scale == [1, 1])
  }

  @Test func hugeValuesStayFinite() {
    let rows: [Float] = [3e38, -3e38, 3e38, -3e38, 1e38]
    let standardization = Standardization(rows: rows, features: 1)
    #expect(standardization.scale[0].isFinite && standardization.scale[0] > 1e38)
    #expect(standardized(rows, features: 1).allSatisfy { abs($0) < 100 })
    #expect(standardized([1, .infinity, 2, -.infinity, 3], features: 1).allSatisfy { $0.isFinite })
  }

  @Test func notANumberStaysVisible() {
    let result = standardized([1, .nan, 2, 3], features: 1)
    #expect(result[1].isNaN && result[2] == 0)
  }

  @Test func survivesJSON() throws {
    let standardization = Standardization(rows: [0.1, 7, 0.3, 9], features: 2)
    let data = try JSONEncoder().encode(standardization)
    #expect(try JSONDecoder().decode(Standardization.self, from: data) == standardization)
  }
}
