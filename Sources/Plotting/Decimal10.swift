import Foundation

/// Decimal notation of numbers, independent of the locale.
enum Decimal10 {
  private static let posix = Locale(identifier: "en_US_POSIX")

  /// A real minus sign instead of a hyphen.
  static func fixed(_ value: Double, decimals: Int) -> String {
    let text = String(format: "%.\(max(0, decimals))f", locale: posix, value)
    let isZero = !text.contains { ("1"..."9").contains($0) }
    let magnitude = text.hasPrefix("-") ? String(text.dropFirst()) : text
    return text.hasPrefix("-") && !isZero ? "\u{2212}" + magnitude : magnitude
  }

  /// Decimals that show `digits` significant digits of `error`.
  static func decimals(for error: Double, digits: Int = 2) -> Int {
    guard error > 0, error.isFinite else { return 3 }
    return min(12, max(0, digits - 1 - Int(log10(error).rounded(.down))))
  }
}
