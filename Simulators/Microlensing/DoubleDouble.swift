/// Eight unevaluated sums of two doubles, about 32 significant digits each.
///
/// Only what the last correction of highly magnified images needs.
///
/// Reference: Dekker 1971, Numer. Math. 18, 224; products by fused multiply-add.
struct DoubleDouble: Sendable {
  var high: Lanes
  var low: Lanes

  @inline(__always) init(_ high: Lanes, _ low: Lanes = Lanes(repeating: 0)) {
    self.high = high
    self.low = low
  }

  init(_ value: Double) { self.init(Lanes(repeating: value)) }

  /// `a + b` for |a| ≥ |b|.
  @inline(__always) private static func renormalised(_ a: Lanes, _ b: Lanes) -> DoubleDouble {
    let sum = a + b
    return DoubleDouble(sum, b - (sum - a))
  }

  @inline(__always) static func + (a: Self, b: Self) -> Self {
    let sum = a.high + b.high
    let part = sum - a.high
    let error = (a.high - (sum - part)) + (b.high - part)
    let lowSum = a.low + b.low
    let lowPart = lowSum - a.low
    let lowError = (a.low - (lowSum - lowPart)) + (b.low - lowPart)
    let first = renormalised(sum, error + lowSum)
    return renormalised(first.high, first.low + lowError)
  }
  @inline(__always) static prefix func - (a: Self) -> Self { Self(-a.high, -a.low) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { a + (-b) }
  @inline(__always) static func * (a: Self, b: Self) -> Self {
    let product = a.high * b.high
    let error = (-product).addingProduct(a.high, b.high)
    return renormalised(product, error + (a.high * b.low + a.low * b.high))
  }
  @inline(__always) static func / (a: Self, b: Self) -> Self {
    let first = a.high / b.high
    let remainder = a - b * Self(first)
    let second = remainder.high / b.high
    let rest = remainder - b * Self(second)
    return renormalised(first, second) + Self(rest.high / b.high)
  }
}
