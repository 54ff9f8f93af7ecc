import Foundation

/// Decimal numbers in text.
enum DecimalNumber {
  /// Exact powers of ten.
  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
    1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// The number that `range` of a text holds and nothing else; nil if it holds something else. The
  /// text must go on after the range with something that is no part of a number.
  ///
  /// Rounded correctly: numbers of up to 15 digits and small exponents are one multiplication or
  /// division of exact numbers (Clinger 1990), the others are left to the C library.
  static func value(_ range: Range<Int>, of text: UnsafeBufferPointer<UInt8>) -> Double? {
    var i = range.lowerBound
    let end = range.upperBound
    guard i < end else { return nil }
    let isNegative = text[i] == 0x2D
    if isNegative || text[i] == 0x2B { i += 1 }
    var digits: UInt64 = 0
    var count = 0
    var exponent = 0
    var isFraction = false
    while i < end {
      let digit = text[i] &- 0x30
      if digit < 10 {
        digits = digits &* 10 &+ UInt64(digit)
        count += 1
        if isFraction { exponent -= 1 }
      } else if text[i] == 0x2E && !isFraction {
        isFraction = true
      } else {
        break
      }
      i += 1
    }
    if i < end, count > 0, text[i] | 0x20 == 0x65 {
      guard let power = exponentValue((i + 1)..<end, of: text) else { return nil }
      exponent += power
      i = end
    }
    guard i == end, count > 0, count <= 19, digits < 1 << 53, abs(exponent) <= 22 else {
      return fallback(range, of: text)
    }
    let magnitude =
      exponent < 0
      ? Double(digits) / powers[-exponent] : Double(digits) * powers[exponent]
    return isNegative ? -magnitude : magnitude
  }

  private static func exponentValue(
    _ range: Range<Int>, of text: UnsafeBufferPointer<UInt8>
  ) -> Int? {
    var i = range.lowerBound
    guard i < range.upperBound else { return nil }
    let isNegative = text[i] == 0x2D
    if isNegative || text[i] == 0x2B { i += 1 }
    guard i < range.upperBound, range.upperBound - i < 6 else { return nil }
    var value = 0
    while i < range.upperBound {
      let digit = text[i] &- 0x30
      guard digit < 10 else { return nil }
      value = value * 10 + Int(digit)
      i += 1
    }
    return isNegative ? -value : value
  }

  private static func fallback(
    _ range: Range<Int>, of text: UnsafeBufferPointer<UInt8>
  ) -> Double? {
    let start = UnsafeRawPointer(text.baseAddress! + range.lowerBound)
      .assumingMemoryBound(to: CChar.self)
    // strtod would skip blanks.
    guard text[range.lowerBound] > 0x20 else { return nil }
    var stop: UnsafeMutablePointer<CChar>?
    let value = strtod(start, &stop)
    return stop.map { UnsafePointer($0) - start } == range.count ? value : nil
  }
}
