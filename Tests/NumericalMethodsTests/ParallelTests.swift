import NumericalMethods
import Synchronization
import Testing

@Suite struct ParallelTests {
  @Test(arguments: [0, 1, 2, 7, 1_000], [1, 2, 5]) func resultsAreInOrder(
    count: Int, threads: Int
  ) {
    let squares = parallelMap(count, threads: threads) { "\($0 * $0)" }
    #expect(squares == (0..<count).map { "\($0 * $0)" })
  }

  @Test(arguments: [1, 2, 5]) func everyIndexRunsOnce(threads: Int) {
    let runs = Mutex([Int](repeating: 0, count: 333))
    parallelFor(333, threads: threads) { index in runs.withLock { $0[index] += 1 } }
    #expect(runs.withLock { $0.allSatisfy { $0 == 1 } })
  }

  /// Pieces as short as a training step's, with changing numbers of threads.
  @Test func shortPiecesFollowEachOther() {
    for piece in 0..<20_000 {
      let found = parallelMap(3, threads: 1 + piece % 4) { piece + $0 }
      guard found == [piece, piece + 1, piece + 2] else {
        Issue.record("piece \(piece): \(found)")
        return
      }
    }
  }

  /// Parallel work inside parallel work, and from several callers at once.
  @Test func workInsideWorkIsDone() {
    let sums = parallelMap(40, threads: 3) { outer in
      parallelMap(50, threads: 3) { outer * $0 }.reduce(0, +)
    }
    #expect(sums == (0..<40).map { $0 * 50 * 49 / 2 })
  }
}
