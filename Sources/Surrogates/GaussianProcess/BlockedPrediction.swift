import NumericalMethods

extension Prediction {
  /// Of many rows, block by block, the outputs of each row together.
  init(
    blocks rows: Int, of size: Int, threads: Int,
    _ body: @Sendable (Range<Int>) -> [(mean: Double, variance: Double)]
  ) {
    let answers = parallelMap((rows + size - 1) / size, threads: threads) { block in
      body(block * size..<min((block + 1) * size, rows))
    }.flatMap(\.self)
    self.init(
      mean: answers.map(\.mean), standardDeviation: answers.map { $0.variance.squareRoot() })
  }

  /// Of one prediction for each output, the rows of all.
  init(outputs: [Prediction]) {
    let count = outputs.count * outputs[0].mean.count
    self.init(
      mean: (0..<count).map { outputs[$0 % outputs.count].mean[$0 / outputs.count] },
      standardDeviation: (0..<count).map {
        outputs[$0 % outputs.count].standardDeviation[$0 / outputs.count]
      })
  }
}

extension ScaledPoints {
  /// Correlations of some of the points with all others, `[range, others]`.
  func withCorrelations<Result>(
    of range: Range<Int>, with others: ScaledPoints, _ kernel: StationaryKernel,
    _ body: (UnsafeMutablePointer<Double>) -> Result
  ) -> Result {
    // Rows overlap by what fills the last vector.
    withUnsafeTemporaryAllocation(of: Double.self, capacity: range.count * others.count + 7) {
      let values = $0.baseAddress!
      for (place, point) in range.enumerated() {
        correlations(
          of: point, with: others, limit: others.count, kernel, into: values + place * others.count)
      }
      return body(values)
    }
  }
}
