import Foundation

/// Range, ticks and label of one axis; values that would need many digits are shifted or scaled.
struct Axis {
  /// Range in the caller's values.
  let low: Double
  let high: Double
  /// An integer subtracted from the values, zero where none is needed.
  let offset: Double
  /// The axis shows (value − offset) / 10^power.
  let power: Int
  let step: Double
  let minorIntervals: Int

  /// - Parameters:
  ///   - maximumTicks: at most so many numbered ticks.
  ///   - maximumCharacters: at most so many characters in all the tick labels together.
  ///   - offset: a fixed one instead of the automatic.
  init(
    low: Double, high: Double, maximumTicks: Int, maximumCharacters: Int = .max,
    offset fixedOffset: Double? = nil
  ) {
    precondition(low < high && maximumTicks >= 2)
    self.low = low
    self.high = high
    offset = fixedOffset ?? Self.offset(low: low, high: high)
    let largest = max(abs(low - offset), abs(high - offset))
    power = largest < 1e-2 || largest >= 1e5 ? Int(log10(largest).rounded(.down)) : 0
    let unit = pow(10, Double(power))
    let (shownLow, shownHigh) = ((low - offset) / unit, (high - offset) / unit)
    let decade = pow(10, log10(shownHigh - shownLow).rounded(.down) - 1)
    func steps(_ multiples: [(Double, Int)]) -> [(step: Double, minor: Int)] {
      [1, 10, 100].flatMap { power in multiples.map { ($0 * decade * power, $1) } }
    }
    func labels(_ step: Double) -> [String] {
      let first = Int((shownLow / step - 1e-9).rounded(.up))
      let last = Int((shownHigh / step + 1e-9).rounded(.down))
      let decimals = Self.decimals(step: step)
      return stride(from: first, through: last, by: 1).map {
        Decimal10.fixed(Double($0) * step, decimals: decimals)
      }
    }
    // Fours only where nothing rounder leaves at least two labels that fit.
    let usual = steps([(1, 5), (2, 4), (5, 5)])
    let chosen =
      (usual + steps([(4, 4)])).first { step, _ in
        let shown = labels(step)
        let characters = shown.reduce(0) { $0 + $1.count }
        return (2...maximumTicks).contains(shown.count) && characters <= maximumCharacters
      } ?? usual.last { labels($0.step).count >= 2 } ?? usual[0]
    (step, minorIntervals) = chosen
  }

  /// 10^power, for gnuplot to divide a column by.
  var unit: String { GnuplotScript.number(pow(10, Double(power))) }

  /// Position of a value on the axis.
  func callAsFunction(_ value: Double) -> Double {
    (value - offset) / pow(10, Double(power))
  }

  /// `set xrange` and ticks for axis `letter`; labels only where the axis is the outer one.
  func commands(_ letter: String, labelled: Bool = true, inverted: Bool = false) -> String {
    let bounds = inverted ? (self(high), self(low)) : (self(low), self(high))
    let decimals = Self.decimals(step: step)
    return """
      set \(letter)range [\(GnuplotScript.number(bounds.0)):\(GnuplotScript.number(bounds.1))]
      set \(letter)tics \(GnuplotScript.number(step))
      set m\(letter)tics \(minorIntervals)
      set format \(letter) '\(labelled ? "%.\(decimals)f" : "")'
      """
  }

  /// The quantity as the axis shows it, e.g. `t0 − 2452840` or `10³ q`, with its unit in brackets.
  func title(_ label: Label, unit: String? = nil) -> Label {
    var markup = label.markup
    if offset != 0 {
      let sign = offset > 0 ? "\u{2212}" : "+"
      markup += " \(sign) \(Decimal10.fixed(abs(offset), decimals: 0))"
    }
    if power != 0 {
      let exponent = Decimal10.fixed(Double(-power), decimals: 0)
      markup = "10^{\(exponent)} " + (offset == 0 ? markup : "(\(markup))")
    }
    if let unit { markup += " [\(Label(unit).markup)]" }
    return Label(markup: markup)
  }

  private static func decimals(step: Double) -> Int {
    max(0, -Int((log10(step) + 1e-9).rounded(.down)))
  }

  /// Values a thousand times larger than their spread would repeat the same digits at each tick.
  private static func offset(low: Double, high: Double) -> Double {
    let centre = (low + high) / 2
    guard abs(centre) >= 1000, high - low < 1e-2 * abs(centre) else { return 0 }
    let decade = max(1, 10 * pow(10, log10(high - low).rounded(.up)))
    return (low / decade).rounded(.down) * decade
  }
}
