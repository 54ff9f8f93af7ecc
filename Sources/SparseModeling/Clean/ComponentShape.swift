import Foundation

/// A round component of flux one: a point, or a paraboloid that is tapered to zero at its radius.
///
/// References: Cornwell (2008), IEEE J. Sel. Top. Signal Process. 2, 793; the taper of Offringa & Smirnov
/// (2017), MNRAS 471, 301.
struct ComponentShape {
  /// Pixels to each side of its middle.
  let reach: Int
  /// `[2 reach + 1, 2 reach + 1]`.
  private let pixels: [Double]

  /// `radius` is in pixels; up to one makes a point.
  init(radius: Double) {
    let reach = Self.reach(radius: radius)
    let values = (-reach...reach).flatMap { row in
      (-reach...reach).map { column in
        guard reach > 0 else { return 1.0 }
        let part = Double(row * row + column * column).squareRoot() / radius
        return part < 1 ? (1 - part * part) * (1 + cos(.pi * part)) / 2 : 0
      }
    }
    let sum = values.reduce(0, +)
    self.reach = reach
    pixels = values.map { $0 / sum }
  }

  static func reach(radius: Double) -> Int { max(0, Int(radius.rounded(.up)) - 1) }

  /// At an offset (columns, rows) from the middle.
  func value(_ column: Int, _ row: Int) -> Double {
    guard max(abs(column), abs(row)) <= reach else { return 0 }
    return pixels[(row + reach) * (2 * reach + 1) + column + reach]
  }

  /// Adds `flux` of it in the middle of `image`, `[rows, width]`, where it must fit.
  func add(_ flux: Double, column: Int, row: Int, to image: inout [Double], width: Int) {
    let side = 2 * reach + 1
    for y in 0..<side {
      let start = (row + y - reach) * width + column - reach
      for x in 0..<side { image[start + x] += flux * pixels[y * side + x] }
    }
  }
}
