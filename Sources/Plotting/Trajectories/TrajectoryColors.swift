/// Colours of one body as time goes on, from pale to dark.
struct TimeRamp {
  /// When the colour is the body's own.
  static let pure = 0.6
  /// After those of data sets.
  private static let further = ["#a50026", "#5e3c99", "#66a61e", "#00a6a6"]

  private let hue: SIMD3<Double>

  init(_ body: Int) {
    let hues = Style.series + Self.further
    let color = Int(hues[body % hues.count].dropFirst(), radix: 16)!
    hue = SIMD3(Double(color >> 16), Double(color >> 8 & 255), Double(color & 255))
  }

  /// As gnuplot's number; `time` from 0 to 1.
  func rgb(_ time: Double) -> Int {
    let turn = Self.pure
    let color =
      time < turn
      ? hue + 0.68 * (1 - time / turn) * (SIMD3(repeating: 255) - hue)
      : hue * (1 - 0.42 * (time - turn) / (1 - turn))
    let whole = SIMD3<Int>(
      Int(color.x.rounded()), Int(color.y.rounded()), Int(color.z.rounded()))
    return whole.x << 16 | whole.y << 8 | whole.z
  }

  func hex(_ time: Double) -> String {
    let digits = String(rgb(time), radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }
}

/// How starts, ends and events look: gnuplot's styles of points.
enum TrajectorySymbol {
  /// gnuplot's filled and open types: diamond, triangle up, square, triangle down.
  private static let types = [(13, 12), (9, 8), (5, 4), (11, 10)]

  /// White with a dark edge.
  static func event(_ kind: Int, isSmall: Bool = false) -> [String] {
    let (filled, open) = types[kind % types.count]
    let size = (isSmall ? 0.6 : 1) * (kind % 2 == 0 ? 1.15 : 1.25)
    return [
      "pointtype \(filled) pointsize \(size) linecolor rgb '#ffffff'",
      "pointtype \(open) pointsize \(size) linewidth 1.2 linecolor rgb '\(Style.ink)'",
    ]
  }

  /// Of the disk at the end, in gnuplot's measure.
  static func diskSize(_ paths: Trajectories, _ body: Int) -> Double {
    1.5 * paths.relativeRadius(body)
  }

  /// Of the ring at the start, which surrounds the disk where a path closes.
  static func ringSize(_ disk: Double) -> Double { disk + 0.75 }
}
