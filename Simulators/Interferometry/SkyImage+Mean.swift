import Foundation
import NumericalMethods
import Numerics
import Observations

extension SkyImage {
  /// The mean brightness of models, by the Fourier sum of their mean visibilities, Jy per pixel: for models
  /// whose visibilities are cheaper than their brightness.
  ///
  /// Baselines reach 1/(2 pixels), so nothing of the models may be smaller than pixels; the sum repeats
  /// itself beyond twice the image's side, where the models must be dark.
  ///
  /// - Complexity: O(models · side² + side³) with `side` the number of pixels along a side.
  public init(meanOf models: [some SkyModel], side: Int, pixelSize: Double, threads: Int) {
    precondition(side > 0 && side % 2 == 0 && !models.isEmpty)
    self.init(width: side, height: side, pixelSize: pixelSize)
    let count = 2 * side
    let step = 1 / (Double(count) * pixelSize)
    let image = self
    /// e^{-2πi ux} of column or row, for baselines of `number` steps.
    @Sendable func phasor(_ number: Int, _ place: Double) -> Complex<Double> {
      Complex(length: 1, phase: -2 * .pi * Double(number) * step * place)
    }
    // The visibilities of negative u are the conjugates of these.
    let rows = parallelMap(side, threads: threads) { k in
      let visibilities = (-side..<side).map { l in
        models.reduce(Complex.zero) {
          $0 + $1.visibility(u: Double(k) * step, v: Double(l) * step)
        }.divided(by: Double(models.count))
      }
      return (0..<side).map { row in
        let y = image.y(row: row)
        return (-side..<side).reduce(Complex.zero) {
          $0 + visibilities[$1 + side] * phasor($1, y)
        }
      }
    }
    for column in 0..<side {
      let turns = (0..<side).map { phasor($0, image.x(column: column)) }
      for row in 0..<side {
        var sum = (rows[0][row] * turns[0]).real
        for k in 1..<side { sum += 2 * (rows[k][row] * turns[k]).real }
        pixels[row * side + column] = sum * step * step * pixelSize * pixelSize
      }
    }
  }
}
