/// Settings that may come from a file or a flag, with the ranges of their numbers.
public protocol CheckedSettings: Codable, Sendable, Equatable {
  /// The defaults.
  init()

  /// Each number that must lie in a range.
  var ranges: [SettingRange] { get }
}

/// A number and where it must lie.
public struct SettingRange: Sendable {
  /// As configuration files spell it: `learning_rate`, or `maf.width` of a part.
  public let key: String
  public let value: Double
  public let range: ClosedRange<Double>

  public init(_ key: String, _ value: Double, _ range: ClosedRange<Double>) {
    (self.key, self.value, self.range) = (key, value, range)
  }

  public init(_ key: String, _ value: Int, _ range: ClosedRange<Int>) {
    self.init(key, Double(value), Double(range.lowerBound)...Double(range.upperBound))
  }

  public var isKept: Bool { range.contains(value) }

  /// The same setting of a part.
  public func of(_ part: String) -> SettingRange { SettingRange("\(part).\(key)", value, range) }
}
