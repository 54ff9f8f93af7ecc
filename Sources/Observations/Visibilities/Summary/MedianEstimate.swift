import Foundation

/// The median of positive numbers in bounded memory: exact for a million, beyond from a histogram of
/// their logarithms.
struct MedianEstimate {
  /// Values kept as they are.
  static let exactCount = 1_000_000
  /// Width of a bin in the natural logarithm: the relative error of the median is half of it.
  static let resolution = 1e-4

  /// The histogram's range, 1e-15 to 1e15; what is outside counts in its first and last bin.
  private static let reach = 15 * log(10.0)

  private var values: [Double] = []
  private var histogram: [UInt32] = []
  private(set) var count = 0

  var isExact: Bool { histogram.isEmpty }

  mutating func add(_ value: Double) {
    count += 1
    if isExact && values.count < Self.exactCount {
      values.append(value)
      return
    }
    if isExact {
      histogram = [UInt32](repeating: 0, count: Int(2 * Self.reach / Self.resolution) + 1)
      for value in values { histogram[Self.bin(of: value)] += 1 }
      values = []
    }
    histogram[Self.bin(of: value)] += 1
  }

  /// nil without values; the mean of the middle two of an even number, as is customary.
  var median: Double? {
    guard count > 0 else { return nil }
    guard isExact else {
      return (histogramValue(at: (count - 1) / 2) * histogramValue(at: count / 2)).squareRoot()
    }
    let sorted = values.sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }

  private static func bin(of value: Double) -> Int {
    let logarithm = min(max(log(value), -reach), reach)
    return Int((logarithm + reach) / resolution)
  }

  private func histogramValue(at rank: Int) -> Double {
    var below = 0
    for (bin, count) in histogram.enumerated() {
      below += Int(count)
      if below > rank { return exp((Double(bin) + 0.5) * Self.resolution - Self.reach) }
    }
    return .nan
  }
}
