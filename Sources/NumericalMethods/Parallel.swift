/// Runs `body(0 ..< count)` on at most `threads` threads and waits.
///
/// Which thread runs which index never changes a result as long as the bodies do not share state:
/// reduce what they produced in index order afterwards.
public func parallelFor(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
  precondition(count >= 0 && threads > 0)
  if threads == 1 || count < 2 {
    for index in 0..<count { body(index) }
    return
  }
  if !ThreadTeam.shared.run(count, threads: min(threads, count), body) {
    // Others have the threads: the work this is a part of, or another caller.
    for index in 0..<count { body(index) }
  }
}

/// The results of `body(0 ..< count)` in index order, computed on at most `threads` threads.
public func parallelMap<Result: Sendable>(
  _ count: Int, threads: Int, _ body: @Sendable (Int) -> Result
) -> [Result] {
  [Result](unsafeUninitializedCapacity: count) { buffer, initialized in
    // Each index is written once, by the thread that computes it.
    nonisolated(unsafe) let results = buffer
    parallelFor(count, threads: threads) { index in
      (results.baseAddress! + index).initialize(to: body(index))
    }
    initialized = count
  }
}
