/// What all figures share: fonts, lines, and a palette that colour-blind readers can tell apart.
///
/// Reference: Okabe & Ito (2008), "Color Universal Design", https://jfly.uni-koeln.de/color/.
enum Style {
  /// Present or substituted by a font of the same metrics on every common system.
  static let font = "Arial"
  static let fontSize = 12
  static let tickSize = 11

  static let ink = "#222222"
  static let grey = "#8c8c8c"
  static let faint = "#d9d9d9"
  static let blue = "#0072b2"
  static let vermillion = "#d55e00"
  /// Fills of the 2-sigma and 1-sigma regions.
  static let regions = ["#c9e1f0", "#7fb8dc"]
  /// Colours of data sets in their order, and the same blended with white for error bars.
  static let series = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#6b6b6b", "#8a6d00",
  ]
  static let tints = [
    "#a6cfe5", "#f2c6a5", "#a6dece", "#eed2e2", "#f7dea6", "#c2e3f7", "#cdcdcd", "#d9cfa6",
  ]

  static func series(_ index: Int) -> String { series[index % series.count] }
  static func tint(_ index: Int) -> String { tints[index % tints.count] }

  static let preamble = """
    set border 15 front linecolor rgb '\(ink)' linewidth 0.9
    set tics front in scale 0.8,0.4 textcolor rgb '\(ink)' font ',\(tickSize)'
    set xtics mirror
    set ytics mirror
    set key noautotitle
    unset key
    unset title

    """
}
