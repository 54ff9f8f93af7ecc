/// Paths of bodies in a plane as they are, as lines, and as something predicts them, as dots: a panel for each
/// system.
public struct OrbitComparisonFigure: Figure {
  public struct System: Sendable {
    public var title: String
    /// `[bodies][times]`
    public var truth: [[SIMD2<Double>]]
    public var predicted: [[SIMD2<Double>]]

    public init(title: String, truth: [[SIMD2<Double>]], predicted: [[SIMD2<Double>]]) {
      (self.title, self.truth, self.predicted) = (title, truth, predicted)
    }
  }

  public var systems: [System]

  private static let side = 270.0
  private static let columns = 3

  public init(systems: [System]) { self.systems = systems }

  public var script: GnuplotScript {
    get throws {
      try validate()
      let rows = (systems.count + Self.columns - 1) / Self.columns
      let columns = min(systems.count, Self.columns)
      let pitch = Self.side + 56
      var script = GnuplotScript(
        width: Int(Double(columns) * pitch) + 20, height: Int(Double(rows) * (pitch + 4)) + 40)
      script.add("set multiplot")
      let bodies = systems.map(\.truth.count).max()!
      let colors = (0..<bodies).map {
        Legend.Entry(
          label: Label("body \($0 + 1)"), line: "linewidth 2 linecolor rgb '\(Style.series($0))'")
      }
      Legend(entries: colors + [.init(label: "predicted", line: nil)])
        .draw(x: Double(script.width) / 2, y: Double(script.height) - 16, in: &script)
      for (index, system) in systems.enumerated() {
        let left = Double(index % Self.columns) * pitch + 52
        let top = Double(script.height) - 60 - Double(index / Self.columns) * (pitch + 4)
        let panel = Panel(
          left: left, right: left + Self.side, bottom: top - Self.side, top: top)
        draw(system, in: panel, &script)
        script.clearLabels()
        script.add("unset arrow")
      }
      script.add("unset multiplot")
      return script
    }
  }

  private func draw(_ system: System, in panel: Panel, _ script: inout GnuplotScript) {
    // A prediction that is far off must not make everything else small.
    let points = Array(system.truth.joined())
    let (lowX, highX) = (points.map(\.x).min()!, points.map(\.x).max()!)
    let (lowY, highY) = (points.map(\.y).min()!, points.map(\.y).max()!)
    let half = max(0.58 * max(highX - lowX, highY - lowY), 1e-6)
    let (x, y) = ((lowX + highX) / 2, (lowY + highY) / 2)
    let axes = [x, y].map {
      Axis(low: $0 - half, high: $0 + half, maximumTicks: 5, offset: 0)
    }
    script.add(panel.commands(in: script))
    script.add(axes[0].commands("x") + "\n" + axes[1].commands("y"))
    script.addText(
      Label(system.title), x: (panel.left + panel.right) / 2, y: panel.top + 13,
      size: Style.tickSize)
    var elements: [String] = []
    for (body, path) in system.truth.enumerated() {
      let block = script.addBlock(groups: [path.map { [axes[0]($0.x), axes[1]($0.y)] }])
      elements.append(
        "\(block) using 1:2 with lines linewidth 1.4 linecolor rgb '\(Style.tint(body))'")
    }
    for (body, path) in system.predicted.enumerated() {
      let block = script.addBlock(groups: [path.map { [axes[0]($0.x), axes[1]($0.y)] }])
      elements.append(
        "\(block) using 1:2 with points pointtype 7 pointsize 0.28 "
          + "linecolor rgb '\(Style.series(body))'")
    }
    script.add("plot " + elements.joined(separator: ", "))
  }

  private func validate() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "orbits", problem: problem)
    }
    guard !systems.isEmpty else { throw fail("no system; at least 1") }
    for system in systems {
      guard !system.truth.isEmpty, system.truth.allSatisfy({ !$0.isEmpty }) else {
        throw fail("'\(system.title)' has no path; at least one place of one body")
      }
      let places = (system.truth + system.predicted).joined()
      guard places.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else {
        throw fail("'\(system.title)' has a place that is not finite")
      }
    }
  }
}
