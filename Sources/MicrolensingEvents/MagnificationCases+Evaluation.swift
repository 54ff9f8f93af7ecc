import ArrayFiles
import Microlensing
import NumericalMethods
import Synchronization

extension MagnificationCases {
  /// Magnifications `[rows]`; nil where the row has a problem.
  ///
  /// Consecutive rows of one lens and one source are evaluated together, point sources of any lenses
  /// likewise. Blocks of rows are the same for any number of threads, and so are the results.
  ///
  /// - Parameter tolerance: relative error aimed at, 1e-2 … 1e-7.
  /// - Throws: `Interrupted`.
  public func magnifications(
    tolerance: Double, monitor: WorkMonitor = WorkMonitor()
  ) throws -> [Magnification?] {
    // Small enough to share hard rows among threads, large enough to prepare a lens seldom.
    let size = min(1024, max(32, cases.count / 64))
    let blocks = stride(from: 0, to: cases.count, by: size).map {
      $0..<min($0 + size, cases.count)
    }
    try monitor.advance(progress(0))
    let completed = Atomic<Int>(0)
    let results = parallelMap(blocks.count, threads: monitor.threads) { block in
      if monitor.isInterrupted { return [Magnification?]() }
      let results = magnifications(blocks[block], tolerance: tolerance, monitor: monitor)
      let count = blocks[block].count
      try? monitor.advance(progress(completed.add(count, ordering: .relaxed).newValue))
      return results
    }
    if monitor.isInterrupted { throw Interrupted() }
    return results.flatMap { $0 }
  }

  private func progress(_ completed: Int) -> WorkProgress {
    WorkProgress(label: "magnification", completed: completed, total: cases.count)
  }

  /// What is written for `magnifications`, recording rows that have none as problems.
  ///
  /// - Throws: `FileError` for the first such row unless `keepingBadRows`.
  public mutating func columns(
    of magnifications: [Magnification?], keepingBadRows: Bool
  ) throws -> [CSVColumn] {
    for (row, magnification) in magnifications.enumerated() where problems[row] == nil {
      if let magnification, magnification.value.isFinite { continue }
      let problem = FileError(
        path: table.path, line: table.line(ofRow: row),
        problem: "has no finite magnification; a point source must not lie on a caustic")
      guard keepingBadRows else { throw problem }
      record(problem, ofRow: row)
    }
    let known = magnifications.indices.map { problems[$0] == nil ? magnifications[$0] : nil }
    var columns = [
      CSVColumn("magnification", known.map { $0?.value ?? .nan }),
      CSVColumn("error", known.map { $0?.error ?? .nan }),
    ]
    if keepingBadRows {
      columns.append(CSVColumn("flag", known.indices.map { problems[$0]?.description ?? "" }))
    }
    return columns
  }

  /// Rows of a block with one lens and one source, or point sources of any lenses.
  private func magnifications(
    _ block: Range<Int>, tolerance: Double, monitor: WorkMonitor
  ) -> [Magnification?] {
    var results = [Magnification?](repeating: nil, count: block.count)
    let rows = block.filter { problems[$0] == nil }
    let points = rows.filter { cases[$0].rho == 0 }
    for (row, value) in zip(points, pointSources(points)) {
      results[row - block.lowerBound] = value
    }
    let discs = rows.filter { cases[$0].rho > 0 }
    var lens: BinaryLens?
    var first = 0
    while first < discs.count, !monitor.isInterrupted {
      let source = cases[discs[first]]
      // So many that a hard batch does not delay an interruption by more than a moment.
      let last = discs[first...].prefix(128).prefix { source.isAlike(cases[$0]) }.endIndex
      if lens?.s != source.s || lens?.q != source.q {
        lens = try? BinaryLens(s: source.s, q: source.q)
      }
      let batch = discs[first..<last]
      let values = lens?.magnifications(
        x: batch.map { cases[$0].x }, y: batch.map { cases[$0].y }, rho: source.rho,
        limbDarkening: source.limbDarkening, tolerance: tolerance)
      for (row, value) in zip(batch, values ?? []) { results[row - block.lowerBound] = value }
      first = last
    }
    return results
  }

  private func pointSources(_ rows: [Int]) -> [Magnification] {
    let values = try? BinaryLens.pointSourceMagnifications(
      s: rows.map { cases[$0].s }, q: rows.map { cases[$0].q }, x: rows.map { cases[$0].x },
      y: rows.map { cases[$0].y })
    return values ?? []
  }
}
