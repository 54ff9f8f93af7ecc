/// What can go wrong when a figure or a report is written.
public enum PlottingError: Error, CustomStringConvertible, Sendable, Equatable {
  /// No gnuplot executable at `path`, or none on the search path.
  case gnuplotMissing(path: String?)
  /// gnuplot stopped with `status`; `message` is the first line of what it said.
  case gnuplotFailed(status: Int32, message: String)
  /// `figure` cannot be drawn from these data; `problem` names what, where and what would be right.
  case invalidData(figure: String, problem: String)
  /// A file could not be read or written.
  case file(path: String, problem: String)

  public var description: String {
    switch self {
    case .gnuplotMissing(let path):
      let place = path.map { "at \($0)" } ?? "on the search path"
      return "gnuplot was not found \(place); install it with "
        + "`apt-get install gnuplot-nox` or `brew install gnuplot`"
    case .gnuplotFailed(let status, let message):
      return "gnuplot failed (status \(status)): \(message)"
    case .invalidData(let figure, let problem):
      return "\(figure) figure: \(problem)"
    case .file(let path, let problem):
      return "\(path): \(problem)"
    }
  }
}
