import Foundation

/// What figures of a lens and its source draw, in Einstein radii.
public enum LensPlane {
  public struct Point: Sendable, Equatable {
    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
  }

  /// A point mass; the masses of a lens add up to 1.
  public struct Mass: Sendable {
    public var position: Point
    public var mass: Double

    public init(position: Point, mass: Double) { (self.position, self.mass) = (position, mass) }
  }

  /// A disc of the sky.
  public struct Region: Sendable, Equatable {
    public var center: Point
    public var radius: Double

    public init(center: Point, radius: Double) { (self.center, self.radius) = (center, radius) }
  }

  /// A straight track; the source moves from `start` to `end`.
  public struct Track: Sendable {
    public var start: Point
    public var end: Point

    public init(start: Point, end: Point) { (self.start, self.end) = (start, end) }

    /// The part inside a frame (Liang & Barsky 1984); nil where the track misses it.
    func clipped(to frame: Frame) -> (start: Point, end: Point)? {
      let (dx, dy) = (end.x - start.x, end.y - start.y)
      var (first, last) = (0.0, 1.0)
      for (step, room) in [
        (-dx, start.x - frame.x.lowerBound), (dx, frame.x.upperBound - start.x),
        (-dy, start.y - frame.y.lowerBound), (dy, frame.y.upperBound - start.y),
      ] {
        if step == 0 {
          if room < 0 { return nil }
        } else if step < 0 {
          first = max(first, room / step)
        } else {
          last = min(last, room / step)
        }
      }
      guard first < last else { return nil }
      return (
        Point(x: start.x + first * dx, y: start.y + first * dy),
        Point(x: start.x + last * dx, y: start.y + last * dy)
      )
    }
  }

  /// The ranges of a panel, one Einstein radius being as long in x as in y.
  struct Frame {
    let x: ClosedRange<Double>
    let y: ClosedRange<Double>
    /// Pixels of 1/96 inch per Einstein radius.
    let scale: Double

    /// The smallest frame of the panel's shape around all points, with a margin.
    init(around points: [Point], in panel: Panel, margin: Double) {
      let (width, height) = (panel.right - panel.left, panel.top - panel.bottom)
      let (lowX, highX) = (points.map(\.x).min() ?? -1, points.map(\.x).max() ?? 1)
      let (lowY, highY) = (points.map(\.y).min() ?? -1, points.map(\.y).max() ?? 1)
      let extent = max((highX - lowX) / width, (highY - lowY) / height, 1e-12)
      let (halfX, halfY) = (
        (0.5 + margin) * extent * width, (0.5 + margin) * extent * height
      )
      x = ((lowX + highX) / 2 - halfX)...((lowX + highX) / 2 + halfX)
      y = ((lowY + highY) / 2 - halfY)...((lowY + highY) / 2 + halfY)
      scale = width / (2 * halfX)
    }
  }
}

extension LensPlane {
  static let trackLine = "linewidth 1.4 linecolor rgb '\(Style.blue)'"

  /// A coordinate's name in Einstein radii.
  static func title(_ letter: String, _ axis: Axis) -> Label {
    Label(markup: axis.title(Label(markup: "{/:Italic \(letter)}")).markup + " [θ_E]")
  }
}

extension LensPlane.Region {
  /// Corners of the square around it.
  var corners: [LensPlane.Point] {
    [
      .init(x: center.x - radius, y: center.y - radius),
      .init(x: center.x + radius, y: center.y + radius),
    ]
  }
}

extension GnuplotScript {
  /// Closed curves as one block, to be drawn with lines.
  mutating func addCurves(_ curves: [[LensPlane.Point]]) -> String {
    addBlock(
      groups: [
        curves.map { curve in (curve + curve.prefix(1)).map { [$0.x, $0.y] } }
          .reduce([]) { $0.isEmpty ? $1 : $0 + [[]] + $1 }
      ])
  }

  /// A track across a frame, its direction marked at three quarters of its length.
  mutating func addTrack(
    _ track: LensPlane.Track, across frame: LensPlane.Frame, axes: (x: Axis, y: Axis),
    line: String = LensPlane.trackLine
  ) {
    guard let (start, end) = track.clipped(to: frame) else { return }
    func place(_ fraction: Double) -> String {
      let x = axes.x(start.x + fraction * (end.x - start.x))
      let y = axes.y(start.y + fraction * (end.y - start.y))
      return "first \(Self.number(x)),first \(Self.number(y))"
    }
    add("set arrow from \(place(0)) to \(place(1)) nohead front \(line)")
    add(
      "set arrow from \(place(0.7)) to \(place(0.8)) head filled size screen 0.014,18 front \(line)"
    )
  }
}
