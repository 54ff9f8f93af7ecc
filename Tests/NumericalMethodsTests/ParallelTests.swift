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
}
