import Probability
import Testing

@Suite struct RandomStreamTests {
  struct KnownAnswer: Sendable {
    let counter: SIMD4<UInt32>
    let key: SIMD2<UInt32>
    let output: SIMD4<UInt32>
  }

  /// The `philox4x32 10` lines of Random123's kat_vectors (Salmon et al. 2011); the third has the
  /// digits of pi as its input.
  static let knownAnswers = [
    KnownAnswer(
      counter: .zero, key: .zero,
      output: [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8]),
    KnownAnswer(
      counter: .init(repeating: .max), key: .init(repeating: .max),
      output: [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD]),
    KnownAnswer(
      counter: [0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344],
      key: [0xA409_3822, 0x299F_31D0],
      output: [0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1]),
  ]

  @Test(arguments: knownAnswers) func philoxMatchesRandom123(_ answer: KnownAnswer) {
    #expect(RandomStream.philox(counter: answer.counter, key: answer.key) == answer.output)
  }

  private func numbers(
    _ seed: UInt64, _ purpose: RandomPurpose, _ index: UInt64, count: Int = 64
  ) -> [UInt64] {
    var stream = RandomStream(seed: seed, purpose: purpose, index: index)
    return (0..<count).map { _ in stream.next() }
  }

  @Test func streamsAreReproducibleAndDiffer() {
    var seen = Set<UInt64>()
    var count = 0
    let indices: [UInt64] = [0, 1, 1 << 32, .max]
    for seed: UInt64 in [0, 1, 2, 1 << 63] {
      for purpose in (UInt64(1)...).prefix(while: { RandomPurpose(rawValue: $0) != nil }) {
        for index in indices {
          let purpose = RandomPurpose(rawValue: purpose)!
          let values = numbers(seed, purpose, index)
          #expect(values == numbers(seed, purpose, index))
          seen.formUnion(values)
          count += values.count
        }
      }
    }
    // 64-bit numbers of independent streams practically never coincide.
    #expect(seen.count == count)
    #expect(count >= 4 * 10 * 4 * 64)
  }

  /// Correlation of uniform numbers of neighbouring streams and of neighbours within one.
  @Test func neighboursAreUncorrelated() {
    let count = 20_000
    func uniforms(_ seed: UInt64, _ purpose: RandomPurpose, _ index: UInt64) -> [Double] {
      var stream = RandomStream(seed: seed, purpose: purpose, index: index)
      return (0..<count).map { _ in stream.uniform() - 0.5 }
    }
    let first = uniforms(1, .simulation, 0)
    let others = [
      uniforms(2, .simulation, 0), uniforms(1, .noise, 0), uniforms(1, .simulation, 1),
      Array(first.dropFirst()), Array(first.dropFirst(2)),
    ]
    for other in others {
      let correlation = zip(first, other).reduce(0) { $0 + $1.0 * $1.1 } * 12 / Double(count)
      #expect(abs(correlation) < 4 / Double(count).squareRoot())
    }
  }
}
