/// Brightness measured at times in one band, with errors: what a periodogram is made of.
public struct TimeSeries: Sendable {
  /// Days as a rule; any unit, whose inverse is that of the frequencies. In any order.
  public let times: [Double]
  public let values: [Double]
  /// Standard deviations, above 0 and finite.
  public let errors: [Double]

  public static let leastCount = 5

  /// Throws `TimeSeriesError` for fewer than five points, a number that is not finite, an error that
  /// is not above 0, times that are all one, and values that are.
  public init(times: [Double], values: [Double], errors: [Double]) throws(TimeSeriesError) {
    precondition(times.count == values.count && times.count == errors.count)
    guard times.count >= Self.leastCount else { throw .tooFewPoints(times.count) }
    for k in times.indices {
      guard times[k].isFinite else { throw .notFinite("time", point: k, value: times[k]) }
      guard values[k].isFinite else { throw .notFinite("value", point: k, value: values[k]) }
      guard errors[k] > 0, errors[k].isFinite else { throw .badError(point: k, value: errors[k]) }
    }
    guard Set(times).count > 1 else { throw .equalTimes(times[0]) }
    guard Set(values).count > 1 else { throw .constantValues(values[0]) }
    self.times = times
    self.values = values
    self.errors = errors
  }

  private init(unchecked times: [Double], _ values: [Double], _ errors: [Double]) {
    (self.times, self.values, self.errors) = (times, values, errors)
  }

  /// The same measurements without a known part of them.
  public func subtracting(_ part: [Double]) -> TimeSeries {
    precondition(part.count == count)
    return TimeSeries(unchecked: times, zip(values, part).map { $0 - $1 }, errors)
  }

  /// The same measurements in the order of their times.
  var sortedByTime: TimeSeries {
    let order = times.indices.sorted { (times[$0], $0) < (times[$1], $1) }
    return TimeSeries(
      unchecked: order.map { times[$0] }, order.map { values[$0] }, order.map { errors[$0] })
  }

  public var count: Int { times.count }
  /// From the first to the last time.
  public var duration: Double { times.max()! - times.min()! }
}

/// Why numbers are no series of which a periodogram can be made.
public enum TimeSeriesError: Error, CustomStringConvertible, Sendable {
  case tooFewPoints(Int)
  case notFinite(String, point: Int, value: Double)
  case badError(point: Int, value: Double)
  case equalTimes(Double)
  case constantValues(Double)

  public var description: String {
    switch self {
    case .tooFewPoints(let count):
      "found \(count) points, expected at least \(TimeSeries.leastCount)"
    case .notFinite(let what, let point, let value):
      "\(what) of point \(point + 1): found \(value), expected a finite number"
    case .badError(let point, let value):
      "error of point \(point + 1): found \(value), expected a finite number above 0"
    case .equalTimes(let time): "all times are \(time): expected measurements at several times"
    case .constantValues(let value):
      "all values are \(value): a constant has no periods"
    }
  }
}
