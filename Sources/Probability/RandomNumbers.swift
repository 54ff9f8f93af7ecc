import Foundation

extension RandomNumberGenerator {
  /// A uniform number in the open interval (0, 1), 53 bits.
  @inlinable
  public mutating func uniform() -> Double {
    // The largest of the 2⁵³ values would be rounded up to 1.
    min((Double(next() >> 11) + 0.5) * 0x1p-53, 1 - 0x1p-53)
  }

  /// Two independent standard normal numbers.
  ///
  /// Reference: Box & Muller (1958), Ann. Math. Stat. 29, 610.
  @inlinable
  public mutating func normalPair() -> (Double, Double) {
    let radius = (-2 * log(uniform())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    return (radius * cos(angle), radius * sin(angle))
  }

  /// Fills with standard normal numbers.
  @inlinable
  public mutating func fillNormal(_ values: UnsafeMutableBufferPointer<Float>) {
    for index in stride(from: 0, to: values.count, by: 2) {
      let (first, second) = normalPair()
      values[index] = Float(first)
      if index + 1 < values.count { values[index + 1] = Float(second) }
    }
  }

  /// A standard normal number.
  @inlinable
  public mutating func normal() -> Double { normalPair().0 }

  /// A Poisson number of small mean, by inversion; O(mean).
  @inlinable
  public mutating func poisson(mean: Double) -> Int {
    precondition(mean >= 0 && mean < 500, "inversion needs a small mean")
    var product = uniform()
    let limit = exp(-mean)
    var count = 0
    while product > limit {
      product *= uniform()
      count += 1
    }
    return count
  }
}
