/// Equally spaced frequencies, in cycles per unit of time.
public struct FrequencyGrid: Sendable, Equatable {
  public let first: Double
  public let step: Double
  public let count: Int

  /// - Parameters:
  ///   - first: at least 0.
  ///   - step: above 0.
  ///   - count: above 0.
  public init(first: Double, step: Double, count: Int) {
    precondition(first >= 0 && step > 0 && count > 0 && (first + step * Double(count)).isFinite)
    self.first = first
    self.step = step
    self.count = count
  }

  /// The frequencies of a range, `oversampling` of them to each 1/`duration`, the ends among them.
  public init(range: ClosedRange<Double>, duration: Double, oversampling: Double) {
    let intervals = ((range.upperBound - range.lowerBound) * duration * oversampling).rounded(.up)
    let count = max(1, Int(intervals))
    self.init(
      first: range.lowerBound,
      step: max(range.upperBound - range.lowerBound, 1e-300) / Double(count),
      count: count + 1)
  }

  public subscript(index: Int) -> Double { first + step * Double(index) }
  public var last: Double { self[count - 1] }
}
