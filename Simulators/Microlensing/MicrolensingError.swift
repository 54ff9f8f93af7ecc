/// What can be wrong with the inputs of the microlensing model.
public enum MicrolensingError: Error, CustomStringConvertible, Sendable, Equatable {
  /// A physical parameter outside its domain.
  case invalidParameter(name: String, value: Double, requirement: String)
  /// A photometric point that cannot enter a weighted fit.
  case invalidPhotometry(column: String, row: Int, value: Double, requirement: String)
  /// Columns of one data set that differ in length.
  case lengthMismatch(column: String, count: Int, expected: Int)

  public var description: String {
    switch self {
    case .invalidParameter(let name, let value, let requirement):
      "parameter \(name) = \(value) is invalid: it must be \(requirement)"
    case .invalidPhotometry(let column, let row, let value, let requirement):
      "column \(column), row \(row): \(value) is invalid: it must be \(requirement)"
    case .lengthMismatch(let column, let count, let expected):
      "column \(column) has \(count) values where \(expected) are expected"
    }
  }

  static func requireFinite(_ value: Double, _ name: String) throws(MicrolensingError) {
    guard value.isFinite else {
      throw .invalidParameter(name: name, value: value, requirement: "finite")
    }
  }

  static func requirePositive(_ value: Double, _ name: String) throws(MicrolensingError) {
    guard value.isFinite, value > 0 else {
      throw .invalidParameter(name: name, value: value, requirement: "positive and finite")
    }
  }

  static func requireNonNegative(_ value: Double, _ name: String) throws(MicrolensingError) {
    guard value.isFinite, value >= 0 else {
      throw .invalidParameter(name: name, value: value, requirement: "zero or more and finite")
    }
  }
}
