import Foundation
import Microlensing

/// What rounding of a point source's position may change, found by trial on all sides.
struct Neighbourhood {
  /// Of the magnification; infinite where the points moved are not on one side of a caustic.
  let spread: Double
  /// Of the sum of signed magnifications.
  let signedSpread: Double

  init(lens: BinaryLens, x: Double, y: Double, step: Double) {
    func images(_ x: Double, _ y: Double) -> (count: Int, total: Double, signed: Double) {
      let found = lens.images(x: x, y: y).map(\.magnification)
      return (found.count, found.reduce(0) { $0 + abs($1) }, found.reduce(0, +))
    }
    let here = images(x, y)
    var (change, signedChange) = (1e-10 * here.total, 1e-10 * here.total)
    for radius in [1.0, 4, 16] {
      for k in 0..<8 {
        let angle = 0.3 + Double(k) * .pi / 4
        let length = radius * step
        let moved = images(x + length * cos(angle), y + length * sin(angle))
        if moved.count != here.count { change = .infinity }
        change = max(change, abs(moved.total - here.total))
        signedChange = max(signedChange, abs(moved.signed - here.signed))
      }
    }
    spread = 10 * change
    signedSpread = 10 * signedChange
  }

  /// A few units of rounding of the source's position and of what it is made of.
  static func step(_ source: FuzzCase) -> Double {
    2e-15 * (1 + source.s + abs(source.x) + abs(source.y))
  }
}
