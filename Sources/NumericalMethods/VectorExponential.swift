/// eˣ to two units in the last place, eight at a time, for x below 709; below −708 it stays at 3e-308.
///
/// x = n ln 2 + r, with eʳ by its series.
@inlinable @inline(__always)
public func exponential(_ x: SIMD8<Double>) -> SIMD8<Double> {
  let x = x.replacing(with: -708, where: x .< -708)
  // The last bits of the sum are n and the bias of exponents.
  let magic = SIMD8<Double>(repeating: 0x1.8p52 + 1023)
  let sum = magic.addingProduct(x, SIMD8(repeating: 1.4426950408889634))
  let n = sum - magic
  // ln 2 in two parts, the first with so few bits that its multiples are exact.
  var r = x.addingProduct(n, SIMD8(repeating: -0x1.62e42feep-1))
  r.addProduct(n, SIMD8(repeating: -1.9082149292705877e-10))
  var series = SIMD8<Double>(repeating: 1 / 6_227_020_800)
  series = SIMD8(repeating: 1 / 479_001_600).addingProduct(series, r)
  series = SIMD8(repeating: 1 / 39_916_800).addingProduct(series, r)
  series = SIMD8(repeating: 1 / 3_628_800).addingProduct(series, r)
  series = SIMD8(repeating: 1 / 362_880).addingProduct(series, r)
  series = SIMD8(repeating: 1 / 40_320).addingProduct(series, r)
  series = SIMD8(repeating: 1 / 5_040).addingProduct(series, r)
  series = SIMD8(repeating: 1 / 720).addingProduct(series, r)
  series = SIMD8(repeating: 1 / 120).addingProduct(series, r)
  series = SIMD8(repeating: 1 / 24).addingProduct(series, r)
  series = SIMD8(repeating: 1 / 6).addingProduct(series, r)
  series = SIMD8(repeating: 1 / 2).addingProduct(series, r)
  series = SIMD8(repeating: 1).addingProduct(series, r)
  series = SIMD8(repeating: 1).addingProduct(series, r)
  return series
    * unsafeBitCast(unsafeBitCast(sum, to: SIMD8<UInt64>.self) &<< 52, to: SIMD8<Double>.self)
}
