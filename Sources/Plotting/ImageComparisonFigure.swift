/// Images of the same sky in a row, on one scale of colours: the truth and what methods make of it.
public struct ImageComparisonFigure: Figure {
  public struct Entry: Sendable {
    /// Above the image, such as the name of the method.
    public var name: String
    /// Below it, such as its scores.
    public var note: String
    /// As in ``SkyImageFigure/values``.
    public var values: [[Double]]

    public init(name: String, note: String = "", values: [[Double]]) {
      (self.name, self.note, self.values) = (name, note, values)
    }
  }

  /// In the order of reading; the colours are those of the first.
  public var entries: [Entry]
  /// As in ``SkyImageFigure``, of all entries.
  public var pixelSize: Double
  public var corner: SIMD2<Double>
  public var label: Label
  public var scale: SkyImageFigure.Scale
  public var beam: SkyImageFigure.Beam?

  /// More than these go into further rows.
  private static let columns = 4
  private static let side = 240.0
  private static let pitch = SIMD2(256.0, 306)

  public init(
    entries: [Entry], pixelSize: Double, corner: SIMD2<Double>, label: Label,
    scale: SkyImageFigure.Scale = .linear, beam: SkyImageFigure.Beam? = nil
  ) {
    (self.entries, self.pixelSize, self.corner) = (entries, pixelSize, corner)
    (self.label, self.scale, self.beam) = (label, scale, beam)
  }

  public var script: GnuplotScript {
    get throws {
      let images = entries.map {
        SkyImageFigure(
          values: $0.values, pixelSize: pixelSize, corner: corner, label: label, scale: scale,
          beam: beam)
      }
      try validate(images)
      let columns = min(entries.count, Self.columns)
      let rows = (entries.count - 1) / columns + 1
      let height = Self.pitch.y * Double(rows) + 16
      var script = GnuplotScript(
        width: Int(16 + Self.pitch.x * Double(columns)) + 110, height: Int(height))
      script.add("set multiplot")
      for (index, image) in images.enumerated() {
        let left = 16 + Self.pitch.x * Double(index % columns)
        let top = height - 32 - Self.pitch.y * Double(index / columns)
        let panel = SkyPanel(
          image,
          in: Panel(left: left, right: left + Self.side, bottom: top - Self.side, top: top),
          limits: images[0].limits)
        // The scale stands beside the row that is full.
        if index == columns - 1 {
          panel.drawColors(label, in: &script)
        } else {
          script.add("unset colorbox")
        }
        let middle = left + Self.side / 2
        script.addText(Label(entries[index].name), x: middle, y: top + 14)
        script.addText(
          Label(entries[index].note), x: middle, y: top - Self.side - 15, size: Style.tickSize)
        panel.draw(.none, in: &script)
        SkyPanel.finish(in: &script)
      }
      script.add("unset multiplot")
      return script
    }
  }

  private func validate(_ images: [SkyImageFigure]) throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "image comparison", problem: problem)
    }
    guard let first = images.first else { throw fail("no image; at least one") }
    // Only the first must be above zero somewhere for a logarithmic scale.
    try first.validate()
    for (image, entry) in zip(images, entries) {
      var linear = image
      linear.scale = .linear
      try linear.validate()
      guard image.values.count == first.values.count,
        image.values[0].count == first.values[0].count
      else {
        throw fail(
          "\(entry.name) has \(image.values[0].count) x \(image.values.count) pixels; "
            + "\(first.values[0].count) x \(first.values.count) as the first")
      }
    }
  }
}
