import Synchronization

/// Frequencies of a chunk at which transforms are not exact enough, found without a branch for each.
struct UnsureFrequencies {
  /// A bit of each lane's sum for each of the vectors of one phase, and a word for each phase.
  private var bits = InlineArray<8, SIMD8<Double>>(repeating: .zero)

  /// - Parameter vector: each once.
  @inline(__always) mutating func note(_ mask: SIMDMask<SIMD8<Int64>>, _ vector: Int) {
    let bit = SIMD8(repeating: Double(1 << (vector % 8)))
    bits[vector / 8] += SIMD8<Double>.zero.replacing(with: bit, where: mask)
  }

  /// Their indices in the grid.
  @inline(__always) func indices(in chunk: SpectrumChunk) -> [Int] {
    var all = SIMD8<Double>.zero
    for phase in 0..<chunk.phases { all += bits[phase] }
    return all.sum() == 0 ? [] : list(chunk)
  }

  private func list(_ chunk: SpectrumChunk) -> [Int] {
    chunk.vectors.flatMap { vector in
      (0..<8).filter { Int(bits[vector / 8][$0]) >> (vector % 8) & 1 == 1 }
        .map { chunk.firstIndex(vector) + $0 * chunk.phases }
        .filter { $0 < chunk.gridCount }
    }
  }
}

/// Indices that several threads find.
final class ConcurrentList: Sendable {
  private let indices = Mutex<[Int]>([])

  func append(_ more: [Int]) {
    if !more.isEmpty { indices.withLock { $0 += more } }
  }

  func sorted() -> [Int] { indices.withLock { $0.sorted() } }
}
