/// a · b.
@inlinable
public func dot(_ a: [Double], _ b: [Double]) -> Double {
  precondition(a.count == b.count)
  return a.withUnsafeBufferPointer { a in
    b.withUnsafeBufferPointer { b in dot(a.baseAddress!, b.baseAddress!, a.count) }
  }
}

/// a · b of `count` elements, eight sums at a time.
@inlinable
public func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
  var sums = SIMD8<Double>.zero
  let whole = count & ~7
  var k = 0
  while k < whole {
    sums.addProduct(
      UnsafeRawPointer(a + k).loadUnaligned(as: SIMD8<Double>.self),
      UnsafeRawPointer(b + k).loadUnaligned(as: SIMD8<Double>.self))
    k += 8
  }
  return (whole..<count).reduce(sums.sum()) { $0 + a[$1] * b[$1] }
}
