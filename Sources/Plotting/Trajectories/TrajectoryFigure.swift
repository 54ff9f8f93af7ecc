/// Paths of bodies in one plane or two of equal scales: a hue for each body, from pale to dark as time goes
/// on; rings at the start, disks of the masses' sizes at the end, symbols where something happened.
///
/// The frame shows where the bodies stay: an arrow on it leads where one has gone, or comes from. The SVG
/// has a few megabytes at most: where the motion is too dense for that, each of 240 equal parts of the time
/// shows its beginning.
public struct TrajectoryFigure: Figure {
  public var paths: Trajectories
  /// One or two; x, y and, where the motion is spatial, x, z when nil.
  public var planes: [Trajectories.Plane]?

  /// Pixels between a path and what is drawn of it.
  private static let tolerance = 0.15
  /// Parts of the time, of one colour each, and their points, of all bodies together.
  private static let (mostSlices, mostPieces, mostPoints) = (240, 5000, 40_000)

  public init(paths: Trajectories, planes: [Trajectories.Plane]? = nil) {
    (self.paths, self.planes) = (paths, planes)
  }

  /// Throws ``PlottingError/invalidData(figure:problem:)`` for no times, bodies or planes, counts that
  /// differ, times out of order, masses that are not positive, positions that are infinite, or NaN before
  /// others that are not, and events at other times or of other bodies.
  public var script: GnuplotScript {
    get throws {
      let paths = try paths.known(for: "trajectory")
      let planes = planes ?? (TrajectoryFrame.isSpatial(paths) ? [.xy, .xz] : [.xy])
      guard (1...2).contains(planes.count) else {
        throw PlottingError.invalidData(
          figure: "trajectory", problem: "\(planes.count) planes; 1 or 2")
      }
      var views = TrajectoryView.views(paths, planes)
      let legend = TrajectoryLegend(paths)
      let panels = views.map(\.panel)
      let least = TrajectoryView.bottom + legend.leastHeight
      let top = max(panels.map(\.top).max()!, least)
      // A legend higher than the panels: they stay at its top.
      let up = top - panels.map(\.top).max()!
      let right = panels.map(\.right).max()!
      var script = GnuplotScript(
        width: Int(right + legend.width), height: Int(top + TrajectoryView.top))
      script.add("set multiplot")
      for number in views.indices {
        views[number].panel = Panel(
          left: panels[number].left, right: panels[number].right,
          bottom: panels[number].bottom + up, top: panels[number].top + up)
        let isUpper = number + 1 < panels.count && panels[number].bottom > panels[number + 1].top
        Self.draw(paths, views[number], isUpper: isUpper, in: &script)
      }
      legend.draw(left: right + 26, bottom: TrajectoryView.bottom, top: top, in: &script)
      script.add("unset multiplot")
      return script
    }
  }

  private static func draw(
    _ paths: Trajectories, _ view: TrajectoryView, isUpper: Bool, in script: inout GnuplotScript
  ) {
    let panel = view.panel
    let x = Axis(
      low: view.low.x, high: view.high.x, maximumTicks: Int((panel.right - panel.left) / 60) + 2)
    let y = Axis(
      low: view.low.y, high: view.high.y, maximumTicks: Int((panel.top - panel.bottom) / 44) + 2)
    let names = ["x", "y", "z"].map { Label.symbol(for: $0) }
    let axes = view.plane.axes
    script.add(panel.commands(in: script))
    script.add(x.commands("x", labelled: !isUpper) + "\n" + y.commands("y"))
    if !isUpper {
      script.addText(
        x.title(names[axes.across], unit: paths.lengthUnit), x: (panel.left + panel.right) / 2,
        y: panel.bottom - 40)
    }
    script.addText(
      y.title(names[axes.up], unit: paths.lengthUnit), x: panel.left - 56,
      y: (panel.bottom + panel.top) / 2, rotated: true)

    let drawn = lines(paths, view)
    TrajectoryArrows(paths, view, lines: drawn).draw(x, y, in: &script)
    let rows = drawn.flatMap { line in
      line.points.map { [x($0.x), y($0.y), Double(line.color)] } + [[]]
    }
    let block = script.addBlock(groups: [rows])
    let elements =
      ["\(block) using 1:2:3 with lines linewidth 1.3 linecolor rgb variable"]
      + endPoints(paths, view, x, y, in: &script) + events(paths, view, x, y, in: &script)
    script.add("plot " + elements.joined(separator: ", \\\n  "))
    script.clearLabels()
    script.add("unset arrow")
  }

  // MARK: Lines

  /// What is seen of the paths, in the order of time, so that what is later lies on top.
  private static func lines(_ paths: Trajectories, _ view: TrajectoryView) -> [TrajectoryLine] {
    let bodies = paths.positions.count
    let marks = paths.milestones(min(mostSlices, mostPieces / bodies))
    let lines = zip(marks, marks.dropFirst()).flatMap { first, last in
      let time = paths.fraction(paths.times[(first + last) / 2])
      return (0..<bodies).flatMap { body in
        let kept = paths.thinned(
          Array(first...last), of: body, on: view.plane, tolerance: tolerance * view.pixel)
        return TrajectoryLine.seen(
          kept.map { view.plane(paths.positions[body][$0]) }, in: view,
          color: TimeRamp(body).rgb(time))
      }
    }
    let most = limit(lines.map(\.points.count))
    return lines.map { line in
      TrajectoryLine(points: Array(line.points.prefix(most)), color: line.color)
    }
  }

  /// What keeps the sum of all within bounds when the largest are cut to it.
  private static func limit(_ counts: [Int]) -> Int {
    var left = mostPoints
    for (rank, count) in counts.sorted().enumerated() {
      let share = left / (counts.count - rank)
      guard count <= share else { return max(2, share) }
      left -= count
    }
    return counts.max() ?? 0
  }

  // MARK: Points

  /// Rings at the start around disks at the end.
  private static func endPoints(
    _ paths: Trajectories, _ view: TrajectoryView, _ x: Axis, _ y: Axis,
    in script: inout GnuplotScript
  ) -> [String] {
    func block(_ index: Int, _ size: (Double) -> Double) -> String? {
      let rows = paths.positions.indices.compactMap { body -> [Double]? in
        let point = view.plane(paths.positions[body][index])
        guard view.contains(point) else { return nil }
        return [
          x(point.x), y(point.y), size(TrajectorySymbol.diskSize(paths, body)),
          Double(TimeRamp(body).rgb(TimeRamp.pure)),
        ]
      }
      return rows.isEmpty ? nil : script.addBlock(groups: [rows])
    }
    let starts = block(0, TrajectorySymbol.ringSize)
    let ends = block(paths.times.count - 1) { $0 }
    let white = "linecolor rgb '#ffffff'"
    var elements: [String] = []
    if let starts {
      elements.append("\(starts) using 1:2:3 with points pointtype 7 pointsize variable \(white)")
    }
    if let ends {
      elements.append(
        "\(ends) using 1:2:($3+0.35) with points pointtype 7 pointsize variable \(white)")
      elements.append(
        "\(ends) using 1:2:3:4 with points pointtype 7 pointsize variable linecolor rgb variable")
    }
    if let starts {
      elements.append(
        "\(starts) using 1:2:3:4 with points pointtype 6 pointsize variable linewidth 1.6 "
          + "linecolor rgb variable")
    }
    return elements
  }

  private static func events(
    _ paths: Trajectories, _ view: TrajectoryView, _ x: Axis, _ y: Axis,
    in script: inout GnuplotScript
  ) -> [String] {
    paths.kinds.enumerated().flatMap { number, kind -> [String] in
      let rows = paths.events.filter { $0.kind == kind }
        .map { view.plane(paths.place(of: $0)) }.filter(view.contains).map { [x($0.x), y($0.y)] }
      guard !rows.isEmpty else { return [] }
      let block = script.addBlock(groups: [rows])
      return TrajectorySymbol.event(number, isSmall: rows.count > 30)
        .map { "\(block) using 1:2 with points \($0)" }
    }
  }
}

/// A part of a path in one colour.
struct TrajectoryLine {
  let points: [SIMD2<Double>]
  let color: Int

  /// The parts of a line within the view.
  static func seen(
    _ points: [SIMD2<Double>], in view: TrajectoryView, color: Int
  ) -> [TrajectoryLine] {
    var parts: [[SIMD2<Double>]] = []
    var isOpen = false
    for (start, end) in zip(points, points.dropFirst()) {
      guard let part = clipped(from: start, to: end, low: view.low, high: view.high) else {
        isOpen = false
        continue
      }
      if !isOpen || part.enters > 0 { parts.append([start + part.enters * (end - start)]) }
      parts[parts.count - 1].append(start + part.leaves * (end - start))
      isOpen = part.leaves == 1
    }
    return parts.map { TrajectoryLine(points: $0, color: color) }
  }
}
