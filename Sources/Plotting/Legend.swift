/// One row of samples and names above panels; gnuplot's own is no wider than a panel.
struct Legend {
  struct Entry {
    let label: Label
    /// gnuplot's line style; nil for a dot.
    let line: String?
  }

  let entries: [Entry]

  private static let sampleWidth = 30.0
  private static let size = 11
  /// Average of the font at that size, in pixels.
  private static let characterWidth = 6.6

  private static func width(_ entry: Entry) -> Double {
    (entry.line == nil ? 16 : sampleWidth + 8)
      + characterWidth * Double(entry.label.visibleLength) + 18
  }

  /// Draws the row centred on a place in pixels; arrows and labels stay until they are unset.
  func draw(x center: Double, y: Double, in script: inout GnuplotScript) {
    func place(_ x: Double) -> String {
      "screen \(GnuplotScript.number(x / Double(script.width))),"
        + "screen \(GnuplotScript.number(y / Double(script.height)))"
    }
    var x = center - entries.reduce(0) { $0 + Self.width($1) } / 2
    for entry in entries {
      var text = x + 14
      if let line = entry.line {
        text = x + Self.sampleWidth + 8
        script.add("set arrow from \(place(x)) to \(place(x + Self.sampleWidth)) nohead \(line)")
      } else {
        script.add(
          "set label '' at \(place(x + 5)) point pointtype 7 pointsize 1.1 "
            + "linecolor rgb '\(Style.ink)'")
      }
      script.addText(entry.label, x: text, y: y, size: Self.size, anchor: "left")
      x += Self.width(entry)
    }
  }
}
