/// A property of a binary or of its observation that is out of range.
public struct PulsarError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The property, spelt as in ``DegradationSimulator/parameterNames``.
  public let name: String
  public let value: Double
  /// What would be right, with its unit.
  public let expected: String

  public init(_ name: String, _ value: Double, expected: String) {
    (self.name, self.value, self.expected) = (name, value, expected)
  }

  public var description: String { "\(name): found \(value), expected \(expected)" }
}
