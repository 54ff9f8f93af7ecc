import CVector

/// Eight real numbers, one per system.
typealias Lanes = SIMD8<Double>

extension SIMDMask<SIMD8<Int64>> {
  /// Whether no lane is chosen, without leaving the vector registers.
  @inline(__always) var isEmpty: Bool { i64x8_any(unsafeBitCast(self, to: SIMD8<Int64>.self)) == 0 }
}

/// Eight unevaluated sums of two doubles, about 32 significant digits each.
///
/// Reference: Dekker (1971), Numer. Math. 18, 224; products by fused multiply-add.
struct LongLanes: Sendable {
  var high: Lanes
  var low: Lanes

  static let zero = LongLanes(.zero)

  @inline(__always) init(_ high: Lanes, _ low: Lanes = .zero) {
    self.high = high
    self.low = low
  }

  /// `a + b`, exactly, for |a| ≥ |b|.
  @inline(__always) static func ordered(_ a: Lanes, _ b: Lanes) -> LongLanes {
    let sum = a + b
    return LongLanes(sum, b - (sum - a))
  }

  /// `a + b`, exactly.
  @inline(__always) static func exact(_ a: Lanes, _ b: Lanes) -> LongLanes {
    let sum = a + b
    let part = sum - a
    return LongLanes(sum, (a - (sum - part)) + (b - part))
  }

  @inline(__always) static func + (a: Self, b: Self) -> Self {
    let sum = exact(a.high, b.high)
    let low = exact(a.low, b.low)
    let first = ordered(sum.high, sum.low + low.high)
    return ordered(first.high, first.low + low.low)
  }

  @inline(__always) static prefix func - (a: Self) -> Self { Self(-a.high, -a.low) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { a + (-b) }

  @inline(__always) static func * (a: Self, b: Self) -> Self {
    let product = a.high * b.high
    var error = (-product).addingProduct(a.high, b.high)
    error.addProduct(a.high, b.low)
    error.addProduct(a.low, b.high)
    return ordered(product, error)
  }

  @inline(__always) static func * (a: Self, b: Lanes) -> Self {
    let product = a.high * b
    return ordered(product, (-product).addingProduct(a.high, b).addingProduct(a.low, b))
  }

  /// Adds `a b`; the parts stay apart until `normalized`.
  @inline(__always) mutating func accumulate(_ a: Self, _ b: Self) {
    let product = a.high * b.high
    var error = (-product).addingProduct(a.high, b.high)
    error.addProduct(a.high, b.low)
    error.addProduct(a.low, b.high)
    let sum = Self.exact(high, product)
    high = sum.high
    low += sum.low + error
  }

  @inline(__always) var normalized: Self { Self.ordered(high, low) }

  /// 1 / √self and 1 / self, of numbers above 0, by one step in long precision each.
  @inline(__always) var inverseRoot: Self {
    let guess = 1 / f64x8_sqrt(high)
    let residual = Self(Lanes(repeating: 1)) - self * (Self(guess) * guess)
    // 1 / √(1 − r) = 1 + r/2 + 3/8 r²; the last term would just be seen.
    let correction = residual.high.addingProduct(0.75 * residual.high, residual.high)
    return Self(guess) + Self(0.5 * guess * correction)
  }
  @inline(__always) var inverse: Self {
    let guess = 1 / high
    let residual = Self(Lanes(repeating: 1)) - self * guess
    return Self(guess) + residual * guess
  }
}
