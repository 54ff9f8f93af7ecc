import Foundation
import NumericalMethods

/// What figures of visibilities draw: points on the plane of baselines, coloured by their
/// signal-to-noise ratio.
///
/// Reference of the conventions: Thompson, Moran & Swenson (2017), Interferometry and Synthesis in
/// Radio Astronomy, ch. 4.
public struct VisibilityPoints: Sendable {
  /// East and north components of the baselines, wavelengths, `[n]`.
  public var u: [Double]
  public var v: [Double]
  /// Amplitudes in the figure's unit and their standard deviations, `[n]`.
  public var amplitudes: [Double]
  public var sigmas: [Double]
  /// How many there are, of which `u` holds some; the figure says so.
  public var total: Int

  public init(
    u: [Double], v: [Double], amplitudes: [Double], sigmas: [Double], total: Int? = nil
  ) {
    (self.u, self.v, self.amplitudes, self.sigmas) = (u, v, amplitudes, sigmas)
    self.total = total ?? u.count
  }

  var lengths: [Double] { zip(u, v).map { ($0 * $0 + $1 * $1).squareRoot() } }

  /// Of each point; finite and above zero, so that it has a logarithm.
  var signals: [Double] {
    zip(amplitudes, sigmas).map { min(max(abs($0) / $1, 1e-3), 1e12) }
  }

  /// Points from the weakest to the strongest, which lie on top.
  var order: [Int] {
    let signals = signals
    return u.indices.sorted { (signals[$0], $0) < (signals[$1], $1) }
  }

  /// Of the points, in pixels of 1/96 inch as gnuplot scales them: smaller where there are many.
  var pointSize: Double { u.count > 5000 ? 0.2 : u.count > 1000 ? 0.28 : u.count > 60 ? 0.42 : 0.7 }

  func validate(_ figure: String) throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: figure, problem: problem)
    }
    guard !u.isEmpty else { throw fail("no visibility; at least one") }
    guard [v.count, amplitudes.count, sigmas.count].allSatisfy({ $0 == u.count }) else {
      throw fail(
        "\(u.count) u, \(v.count) v, \(amplitudes.count) amplitudes, \(sigmas.count) sigmas; equal")
    }
    for (name, column) in [("u", u), ("v", v), ("amplitude", amplitudes), ("sigma", sigmas)] {
      if let index = column.firstIndex(where: { !$0.isFinite }) {
        throw fail("\(name) of visibility \(index) is \(column[index]); finite")
      }
    }
    if let index = sigmas.firstIndex(where: { $0 <= 0 }) {
      throw fail("sigma of visibility \(index) is \(sigmas[index]); above 0")
    }
  }

  /// The unit in which the longest baseline has one to three digits.
  var unit: (name: String, wavelengths: Double) {
    let longest = lengths.max() ?? 0
    let units = [("G\u{03BB}", 1e9), ("M\u{03BB}", 1e6), ("k\u{03BB}", 1e3)]
    return units.first { longest >= $0.1 } ?? ("\u{03BB}", 1)
  }

  /// Such as `20,000 of 1,120,000 visibilities`.
  var countLabel: Label {
    func grouped(_ number: Int) -> String {
      var digits = String(number)
      var place = digits.count - 3
      while place > 0 {
        digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
        place -= 3
      }
      return digits
    }
    if total == 1 { return "1 visibility" }
    let part = u.count < total ? "\(grouped(u.count)) of " : ""
    return Label("\(part)\(grouped(total)) visibilities")
  }
}

/// Colours of signal-to-noise ratios, light to dark, the same for all readers' eyes and in print.
struct SignalColors {
  private let axis: LogAxis

  /// The few weakest and strongest take the colours at the ends.
  init(_ signals: [Double]) {
    axis = LogAxis(atLeast: 2, around: weightedQuantiles(signals, at: [0.01, 0.99]))
  }

  /// What a signal is divided by to be drawn in its colour.
  var unit: String { axis.unit }

  /// The scale to the right of a panel.
  func draw(besides panel: Panel, in script: inout GnuplotScript) {
    let (width, height) = (Double(script.width), Double(script.height))
    script.add(
      """
      set palette defined (0 '#b8de29', 0.25 '#35b779', 0.5 '#26828e', 0.75 '#3e4a89', 1 '#440154')
      \(axis.commands("cb"))
      set cbtics scale 0.6
      set colorbox user origin screen \(GnuplotScript.number((panel.right + 14) / width)),\
      screen \(GnuplotScript.number(panel.bottom / height)) \
      size screen \(GnuplotScript.number(14 / width)),\
      screen \(GnuplotScript.number((panel.top - panel.bottom) / height)) border
      """)
    script.addText(
      axis.title("signal-to-noise ratio"), x: panel.right + 76, y: (panel.bottom + panel.top) / 2,
      rotated: true)
  }
}
