/// How λ is chosen for sinusoids in a light curve.
public enum SparsityChoice: String, CaseIterable, Codable, Sendable {
  /// What noise of the stated errors reaches: `NoiseLevelPenalty`.
  case noiseLevel = "noise-level"
  /// The sparsest that predicts blocks left out within one standard error of the best.
  case crossValidation = "cross-validation"
  /// The least `ExtendedBIC` on the path.
  case extendedBIC = "ebic"

  /// The solution for the λ chosen; the last two look along a path of 20 λ down to 0.05 λmax.
  ///
  /// Throws `TimeSeriesError` if what a fold of the cross-validation leaves of a band is no series.
  public func solution(
    for series: [TimeSeries], degree: Int = 0, grid: FrequencyGrid,
    configuration: GroupLasso<SinusoidDictionary>.Configuration = .init(), threads: Int = 1
  ) throws(TimeSeriesError) -> GroupLassoSolution {
    let dictionary = SinusoidDictionary(series, degree: degree, grid: grid, threads: threads)
    let problem = GroupLasso(
      dictionary, response: dictionary.response, configuration: configuration)
    let path = GroupLassoPath(problem)
    switch self {
    case .noiseLevel:
      return problem.solve(penalty: NoiseLevelPenalty.penalty(for: dictionary))
    case .crossValidation:
      let validation = try PenaltyCrossValidation(
        series, degree: degree, grid: grid, penalties: path.penalties,
        configuration: configuration, threads: threads)
      return problem.solve(penalty: path.penalties[validation.withinOneError])
    case .extendedBIC:
      let criterion = ExtendedBIC(for: dictionary)
      return path.map { solution in
        (solution, criterion.value(of: solution, in: dictionary, response: dictionary.response))
      }.min { $0.1 < $1.1 }!.0
    }
  }
}
