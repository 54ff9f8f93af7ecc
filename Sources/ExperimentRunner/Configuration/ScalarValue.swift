/// A type that a single YAML scalar can spell.
///
/// What is expected decides how a scalar is read, so that no guess about its type is needed:
/// `1e-4`, which YAML 1.1 calls text, is a number where a number is wanted.
protocol ScalarValue {
  /// What error messages ask for, such as `a whole number`.
  static var expectation: String { get }
  /// Nil when `scalar` does not spell a value of this type.
  init?(scalar: String)
}

extension String: ScalarValue {
  static var expectation: String { "text" }
  init?(scalar: String) { self = scalar }
}

extension Bool: ScalarValue {
  static var expectation: String { "true or false" }

  init?(scalar: String) {
    switch scalar.lowercased() {
    case "true", "yes", "on": self = true
    case "false", "no", "off": self = false
    default: return nil
    }
  }
}

extension ScalarValue where Self: BinaryFloatingPoint {
  static var expectation: String { "a number" }

  init?(scalar: String) {
    guard let value = ScalarNumber.double(scalar) else { return nil }
    self.init(value)
    // A finite number must not turn infinite in a narrower type.
    if value.isFinite && !isFinite { return nil }
  }
}

extension ScalarValue where Self: FixedWidthInteger {
  static var expectation: String {
    self == Int.self ? "a whole number" : "a whole number from \(min) to \(max)"
  }

  init?(scalar: String) {
    if let value: Self = ScalarNumber.integer(scalar) {
      self = value
    } else if let value = ScalarNumber.double(scalar), abs(value) <= 0x1p53,
      let whole = Self(exactly: value)
    {
      self = whole
    } else {
      return nil
    }
  }
}

extension Double: ScalarValue {}
extension Float: ScalarValue {}
extension Int: ScalarValue {}
extension Int8: ScalarValue {}
extension Int16: ScalarValue {}
extension Int32: ScalarValue {}
extension Int64: ScalarValue {}
extension UInt: ScalarValue {}
extension UInt8: ScalarValue {}
extension UInt16: ScalarValue {}
extension UInt32: ScalarValue {}
extension UInt64: ScalarValue {}

/// The number forms of YAML 1.1 and 1.2 together: `50_000`, `1e-4`, `.5`, `0x1F`, `-.inf`.
///
/// Not a number, and so an error, are `.nan`, which no setting can mean, and leading zeros, which
/// are octal to YAML 1.1 and decimal to YAML 1.2.
enum ScalarNumber {
  static func integer<Value: FixedWidthInteger>(_ scalar: String) -> Value? {
    if let digits = scalar.wholeMatch(of: /0x([0-9a-fA-F]+)/)?.1 { return Value(digits, radix: 16) }
    if let digits = scalar.wholeMatch(of: /0o([0-7]+)/)?.1 { return Value(digits, radix: 8) }
    guard scalar.wholeMatch(of: /[-+]?(0|[1-9][0-9]*(_[0-9]+)*)/) != nil else { return nil }
    return Value(scalar.replacing("_", with: ""))
  }

  static func double(_ scalar: String) -> Double? {
    if let sign = scalar.wholeMatch(of: /([-+]?)\.(inf|Inf|INF)/)?.1 {
      return sign == "-" ? -.infinity : .infinity
    }
    if let whole: Int64 = integer(scalar) { return Double(whole) }
    let decimal =
      /[-+]?((0|[1-9][0-9]*(_[0-9]+)*)(\.([0-9]+(_[0-9]+)*)?)?|\.[0-9]+(_[0-9]+)*)([eE][-+]?[0-9]+)?/
    guard scalar.wholeMatch(of: decimal) != nil,
      let value = Double(scalar.replacing("_", with: "")), value.isFinite
    else { return nil }
    return value
  }

  /// One spelling for each value: `1e2`, `100.0` and `1_00` all become `100`; nil for other text.
  static func canonical(_ scalar: String) -> String? {
    if let whole: Int64 = integer(scalar) { return String(whole) }
    if let whole: UInt64 = integer(scalar) { return String(whole) }
    guard let value = double(scalar) else { return nil }
    if abs(value) <= 0x1p53, let whole = Int64(exactly: value) { return String(whole) }
    return String(value)
  }
}
