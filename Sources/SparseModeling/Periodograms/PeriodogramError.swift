import Foundation

/// Why a range of frequencies cannot be searched.
public enum PeriodogramError: Error, CustomStringConvertible, Sendable {
  case emptyRange(Double, Double)
  case tooManyFrequencies(Double, low: Double, high: Double, duration: Double)
  case tooManyModes(Int)
  case badWindow(Double, duration: Double)

  public var description: String {
    switch self {
    case .emptyRange(let low, let high):
      "frequencies from \(low) to \(high): the maximum must be above the minimum"
    case .tooManyFrequencies(let count, let low, let high, let duration):
      String(
        format: "frequencies from %g to %g over %g units of time are %.3g on the grid, more than "
          + "%d: lower the maximum, or are times and frequencies in different units?", low, high,
        duration, count, PeriodAnalysis.mostFrequencies)
    case .badWindow(let width, let duration):
      "a window of \(width) in data of \(duration): it must be above 0 and at most four fifths of that, "
        + "and not cut it into more than 10000"
    case .tooManyModes(let count):
      "\(count) modes are more than the data or the range of frequencies hold"
    }
  }
}
