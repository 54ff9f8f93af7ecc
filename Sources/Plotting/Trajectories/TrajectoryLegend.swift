import Foundation

/// Beside the panels of trajectories: bodies and masses, symbols, and the colours of times.
struct TrajectoryLegend {
  private let paths: Trajectories

  private static let line = 20.0
  private static let mostBodies = 24
  /// Of strips of colours, one and all.
  private static let (stripWidth, stripsWidth) = (16.0, 96.0)

  init(_ paths: Trajectories) { self.paths = paths }

  /// Pixels from the panels to the right edge of the figure.
  var width: Double {
    let bodies = (0..<listed).map { label(of: $0).visibleLength }
    let longest = (bodies + paths.kinds.map { $0.count + 5 }).max()!
    return max(178, 60 + 7 * Double(longest))
  }

  private func label(of body: Int) -> Label {
    let name = Label(String(paths.names[body].prefix(24)))
    return Label(markup: name.markup + ", {/:Italic m} = \(mass(body))")
  }

  private var listed: Int { min(Self.mostBodies, paths.positions.count) }

  var leastHeight: Double {
    Self.line * Double(listed + (listed < paths.positions.count ? 1 : 0) + 2 + paths.kinds.count)
      + 190
  }

  /// Pixels.
  func draw(left: Double, bottom: Double, top: Double, in script: inout GnuplotScript) {
    var y = top - 8
    func add(_ label: Label, symbols: [String]) {
      let place =
        "screen \(GnuplotScript.number((left + 8) / Double(script.width))),"
        + "screen \(GnuplotScript.number(y / Double(script.height)))"
      for symbol in symbols { script.add("set label '' at \(place) front point \(symbol)") }
      script.addText(label, x: left + 24, y: y, size: Style.tickSize, anchor: "left")
      y -= Self.line
    }
    for body in 0..<listed {
      add(
        label(of: body),
        symbols: [
          "pointtype 7 pointsize \(TrajectorySymbol.diskSize(paths, body)) "
            + "linecolor rgb '\(TimeRamp(body).hex(TimeRamp.pure))'"
        ])
    }
    if listed < paths.positions.count {
      add(Label("and \(paths.positions.count - listed) more"), symbols: [])
    }
    y -= 6
    let grey = "linecolor rgb '\(Style.grey)'"
    let ring = TrajectorySymbol.ringSize(0.9)
    add("start", symbols: ["pointtype 6 pointsize \(ring) linewidth 1.6 \(grey)"])
    add(
      paths.endsEarly ? "early end" : "end", symbols: ["pointtype 7 pointsize 1.1 \(grey)"])
    for (number, kind) in paths.kinds.enumerated() {
      let count = paths.events.count { $0.kind == kind }
      add(
        Label(count == 1 ? kind : "\(kind) (\(count))"), symbols: TrajectorySymbol.event(number))
    }
    let count = Double(paths.positions.count)
    let strips = Panel(
      left: left, right: left + min(Self.stripWidth * count, Self.stripsWidth), bottom: bottom,
      top: min(y - 26, bottom + 300))
    drawStrips(strips, in: &script)
    script.clearLabels()
  }

  private func drawStrips(_ panel: Panel, in script: inout GnuplotScript) {
    let (start, end) = (paths.times[0], paths.times[paths.times.count - 1])
    let axis = Axis(low: min(start, end), high: max(start, end), maximumTicks: 8)
    script.addText(
      axis.title(Label.symbol(for: "t"), unit: paths.timeUnit), x: panel.left,
      y: panel.top + 14, anchor: "left")
    let steps = 60
    // Each reaches to the end, under the next: seams between neighbours would show.
    let rows = paths.positions.indices.flatMap { body in
      (0..<steps).map { step -> [Double] in
        let time = start + (end - start) * Double(step) / Double(steps)
        let color = TimeRamp(body).rgb((Double(step) + 0.5) / Double(steps))
        return [
          Double(body) + 0.5, axis(time), Double(body), Double(body) + 1, axis(time),
          axis(end), Double(color),
        ]
      }
    }
    let block = script.addBlock(groups: [rows])
    script.add(panel.commands(in: script))
    script.add("set xrange [0:\(paths.positions.count)]\nunset xtics\nunset ytics")
    script.add(
      axis.commands("y2") + "\nset y2tics out nomirror\nset yrange [*:*] noextend\n"
        + "unset mytics")
    script.add(
      "plot \(block) using 1:2:3:4:5:6:7 axes x1y2 with boxxyerror fillstyle solid noborder "
        + "linecolor rgb variable")
  }

  /// Three digits, without zeros at the end.
  private func mass(_ body: Int) -> String {
    let value = paths.masses[body]
    guard value >= 1e-3, value < 1e5 else { return Self.power(value) }
    let text = Decimal10.fixed(value, decimals: Decimal10.decimals(for: value, digits: 3))
    guard text.contains(".") else { return text }
    let digits = text.reversed().drop { $0 == "0" }
    return String((digits.first == "." ? digits.dropFirst() : digits).reversed())
  }

  /// Such as 3·10⁻⁶, in gnuplot's markup.
  private static func power(_ value: Double) -> String {
    var exponent = Int(log10(value).rounded(.down))
    var factor = (value / pow(10, Double(exponent)) * 100).rounded() / 100
    if factor >= 10 { (factor, exponent) = (1, exponent + 1) }
    let sign = exponent < 0 ? "\u{2212}" : ""
    let shown = factor == factor.rounded() ? "\(Int(factor))" : "\(factor)"
    let digits = "10^{\(sign)\(abs(exponent))}"
    return factor == 1 ? digits : shown + "·" + digits
  }
}
