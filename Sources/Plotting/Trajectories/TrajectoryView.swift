/// A plane of space, what of it is shown, and where.
struct TrajectoryView {
  let plane: Trajectories.Plane
  let low: SIMD2<Double>
  let high: SIMD2<Double>
  var panel: Panel

  /// Length of a pixel.
  var pixel: Double { (high.x - low.x) / (panel.right - panel.left) }

  func contains(_ point: SIMD2<Double>) -> Bool {
    point.x >= low.x && point.x <= high.x && point.y >= low.y && point.y <= high.y
  }

  /// From the lower left corner of the figure.
  func pixels(_ point: SIMD2<Double>) -> SIMD2<Double> {
    SIMD2(panel.left, panel.bottom) + (point - low) / pixel
  }

  func point(_ pixels: SIMD2<Double>) -> SIMD2<Double> {
    low + (pixels - SIMD2(panel.left, panel.bottom)) * pixel
  }

  /// Pixels around panels.
  static let (left, bottom, top) = (76.0, 58.0, 24.0)
  private static let gap = 74.0
  /// Widest and highest panels.
  private static let (single, half, tallest) = (620.0, 430.0, 560.0)

  /// One panel or two with one scale: side by side, or above each other where both have the same axis across
  /// and the second, or both, are flat.
  static func views(_ paths: Trajectories, _ planes: [Trajectories.Plane]) -> [TrajectoryView] {
    let frame = TrajectoryFrame(paths)
    func sides(_ plane: Trajectories.Plane) -> SIMD2<Double> {
      let box = frame.rectangle(on: plane, ratio: 0)
      return box.high - box.low
    }
    guard planes.count == 2, planes[0].axes.across == planes[1].axes.across else {
      return sideBySide(frame, planes)
    }
    let (first, second) = (sides(planes[0]), sides(planes[1]))
    let isStacked = second.y < 0.5 * first.y || first.y + second.y < 1.3 * first.x
    return isStacked ? stacked(frame, planes) : sideBySide(frame, planes)
  }

  private static func stacked(
    _ frame: TrajectoryFrame, _ planes: [Trajectories.Plane]
  ) -> [TrajectoryView] {
    var boxes = [
      frame.rectangle(on: planes[0], ratio: 0.5), frame.rectangle(on: planes[1], ratio: 0.15),
    ]
    let widest = boxes.map { $0.high.x - $0.low.x }.max()!
    let middle = (boxes[0].low.x + boxes[0].high.x) / 2
    for index in boxes.indices {
      (boxes[index].low.x, boxes[index].high.x) = (middle - widest / 2, middle + widest / 2)
    }
    let heights = boxes.map { $0.high.y - $0.low.y }
    let scale = min(Self.single / widest, Self.tallest / heights[0])
    let right = left + scale * widest
    let seam = bottom + scale * heights[1]
    let panels = [
      Panel(left: left, right: right, bottom: seam + 14, top: seam + 14 + scale * heights[0]),
      Panel(left: left, right: right, bottom: bottom, top: seam),
    ]
    return planes.indices.map {
      TrajectoryView(
        plane: planes[$0], low: boxes[$0].low, high: boxes[$0].high, panel: panels[$0])
    }
  }

  private static func sideBySide(
    _ frame: TrajectoryFrame, _ planes: [Trajectories.Plane]
  ) -> [TrajectoryView] {
    var boxes = planes.map { frame.rectangle(on: $0, ratio: 0.5) }
    let height = boxes.map { $0.high.y - $0.low.y }.max()!
    for index in boxes.indices {
      let middle = (boxes[index].low.y + boxes[index].high.y) / 2
      (boxes[index].low.y, boxes[index].high.y) = (middle - height / 2, middle + height / 2)
    }
    let widest = boxes.map { $0.high.x - $0.low.x }.max()!
    let scale = min((planes.count == 1 ? single : half) / widest, tallest / height)
    var left = Self.left
    return zip(planes, boxes).map { plane, box in
      let panel = Panel(
        left: left, right: left + scale * (box.high.x - box.low.x), bottom: bottom,
        top: bottom + scale * height)
      left = panel.right + gap
      return TrajectoryView(plane: plane, low: box.low, high: box.high, panel: panel)
    }
  }
}
