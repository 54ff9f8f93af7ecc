import Foundation

/// A logarithmic axis with ticks at 1, 2 and 5 times the powers of ten; linear where the values span
/// less than a factor of six, which would leave it with too few of them.
struct LogAxis {
  private let low: Double
  private let high: Double
  private let linear: Axis?

  /// Around finite positive values.
  init(_ values: [Double]) {
    let known = values.filter { $0.isFinite && $0 > 0 }
    let (least, most) = (known.min() ?? 1, known.max() ?? 10)
    if most / least < 6 {
      let margin = max(0.07 * (most - least), 1e-4 * most)
      (low, high) = (least - margin, most + margin)
      linear = Axis(low: low, high: high, maximumTicks: 6, offset: 0)
    } else {
      let factor = pow(most / least, 0.07)
      (low, high) = (least / factor, most * factor)
      linear = nil
    }
  }

  /// Around values that may be one, with at least a factor between the ends.
  init(atLeast factor: Double, around values: [Double]) {
    let (least, most) = (values.min() ?? 1, values.max() ?? 1)
    let margin = max(1, (factor * least / most).squareRoot())
    self.init([least / margin, most * margin])
  }

  /// Scale, range and ticks for axis `letter`, which may be a colour's, `cb`; labels only where the axis
  /// is the outer one.
  func commands(_ letter: String = "y", labelled: Bool = true) -> String {
    if let linear {
      return "unset logscale \(letter)\n" + linear.commands(letter, labelled: labelled)
    }
    let decades = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
    let multiples = high / low > 300 ? [1.0] : [1, 2, 5]
    let ticks = decades.flatMap { decade in
      multiples.map { multiple in
        let value = multiple * pow(10, Double(decade))
        let text =
          (-2...4).contains(decade)
          ? Decimal10.fixed(value, decimals: max(0, -decade))
          : (multiple == 1 ? "" : "\(Int(multiple))×") + "10^{\(decade)}"
        return "'\(labelled ? text : "")' \(GnuplotScript.number(value))"
      }
    }
    return """
      set logscale \(letter)
      set \(letter)range [\(GnuplotScript.number(low)):\(GnuplotScript.number(high))]
      set \(letter)tics (\(ticks.joined(separator: ", ")))
      unset m\(letter)tics
      """
  }

  /// Values as the axis shows them are `value / unit`.
  var unit: String { linear?.unit ?? "1" }

  func title(_ label: Label) -> Label { linear?.title(label) ?? label }
}
