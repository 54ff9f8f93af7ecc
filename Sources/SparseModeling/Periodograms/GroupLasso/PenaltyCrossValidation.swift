/// How well sinusoids found in a part of the data predict the rest, for each λ: the points are left out in
/// contiguous blocks of time, one after the other, so that neighbours in time do not tell the answer.
///
/// Complexity: that of `folds` paths.
///
/// References: Roberts et al. (2017), Ecography 40, 913 (blocks); Breiman, Friedman, Olshen & Stone (1984),
/// §3.4.3 (one standard error).
public struct PenaltyCrossValidation: Sendable {
  public let penalties: [Double]
  /// Squared error over the stated one, of the mean of folds, `[penalties]`.
  public let losses: [Double]
  /// Of these, from the scatter among folds.
  public let standardErrors: [Double]

  /// The λ of the least loss.
  public var best: Int { losses.indices.min { losses[$0] < losses[$1] }! }

  /// The largest λ whose loss is within one standard error of the least.
  public var withinOneError: Int {
    let limit = losses[best] + standardErrors[best]
    return losses.indices.filter { losses[$0] <= limit }.max { penalties[$0] < penalties[$1] }!
  }

  /// - Parameters:
  ///   - penalties: descending: each fold goes down them.
  ///   - folds: blocks, at least 2.
  ///
  /// Throws `TimeSeriesError` if what a fold leaves of a band is no series.
  public init(
    _ series: [TimeSeries], degree: Int = 0, grid: FrequencyGrid, penalties: [Double],
    folds: Int = 5, configuration: GroupLasso<SinusoidDictionary>.Configuration = .init(),
    threads: Int = 1
  ) throws(TimeSeriesError) {
    precondition(folds >= 2 && !penalties.isEmpty)
    self.penalties = penalties
    let points = series.indices.flatMap { band in
      series[band].times.indices.map { (band: band, point: $0) }
    }.sorted {
      let (a, b) = (series[$0.band].times[$0.point], series[$1.band].times[$1.point])
      return (a, $0.band, $0.point) < (b, $1.band, $1.point)
    }
    var tables: [[Double]] = []
    for fold in 0..<folds {
      let range = points.count * fold / folds..<points.count * (fold + 1) / folds
      let heldOut = points[range]
      var isOut = series.map { [Bool](repeating: false, count: $0.count) }
      for (band, point) in heldOut { isOut[band][point] = true }
      var kept: [TimeSeries] = []
      for (band, series) in series.enumerated() {
        let indices = series.times.indices.filter { !isOut[band][$0] }
        kept.append(
          try TimeSeries(
            times: indices.map { series.times[$0] }, values: indices.map { series.values[$0] },
            errors: indices.map { series.errors[$0] }))
      }
      let dictionary = SinusoidDictionary(kept, degree: degree, grid: grid, threads: threads)
      let problem = GroupLasso(
        dictionary, response: dictionary.response, configuration: configuration)
      tables.append(
        GroupLassoPath(problem, penalties: penalties).map { solution in
          let model = dictionary.model(of: solution)
          let squares = heldOut.reduce(0.0) { sum, entry in
            let (band, point) = entry
            let series = series[band]
            let predicted = model.bands[band].value(at: series.times[point])
            let error = (series.values[point] - predicted) / series.errors[point]
            return sum + error * error
          }
          return squares / Double(max(1, heldOut.count))
        })
    }
    let count = Double(folds)
    let means = penalties.indices.map { k in tables.reduce(0) { $0 + $1[k] } / count }
    losses = means
    standardErrors = penalties.indices.map { k in
      let scatter = tables.reduce(0) { $0 + ($1[k] - means[k]) * ($1[k] - means[k]) }
      return (scatter / (count - 1) / count).squareRoot()
    }
  }
}
