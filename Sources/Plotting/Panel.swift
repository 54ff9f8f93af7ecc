/// The rectangle of one panel in pixels of 1/96 inch, from the figure's lower left corner.
struct Panel {
  let left: Double
  let right: Double
  let bottom: Double
  let top: Double

  func commands(in script: GnuplotScript) -> String {
    let (width, height) = (Double(script.width), Double(script.height))
    return """
      set lmargin at screen \(GnuplotScript.number(left / width))
      set rmargin at screen \(GnuplotScript.number(right / width))
      set bmargin at screen \(GnuplotScript.number(bottom / height))
      set tmargin at screen \(GnuplotScript.number(top / height))
      """
  }
}

extension GnuplotScript {
  /// Text at a place in pixels; labels stay until `clearLabels`.
  mutating func addText(
    _ label: Label, x: Double, y: Double, size: Int = Style.fontSize, anchor: String = "center",
    rotated: Bool = false, color: String = Style.ink
  ) {
    add(
      """
      set label \(label.quoted) at screen \(Self.number(x / Double(width))),\
      \(Self.number(y / Double(height))) \(anchor)\(rotated ? " rotate by 90" : "") front \
      font ',\(size)' textcolor rgb '\(color)'
      """)
  }

  mutating func clearLabels() {
    add("unset label")
  }
}
