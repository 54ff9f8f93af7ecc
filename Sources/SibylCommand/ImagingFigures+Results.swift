import Numerics
import Observations
import Plotting
import SparseModeling

extension ResidualFigure {
  /// Residuals of visibilities to an image, and the dirty image that they make in units of its noise.
  init(_ visibilities: [Visibility], _ image: SkyImage) {
    let transform = VisibilityOperator(image, at: visibilities.map { SIMD2($0.u, $0.v) })
    let residuals = zip(visibilities, transform.visibilities(of: image.pixels)).map {
      $0.value - $1
    }
    let weights = visibilities.map { 1 / ($0.sigma * $0.sigma) }
    var dirty = image
    let noise = weights.reduce(0, +).squareRoot()
    dirty.pixels = transform.image(of: zip(residuals, weights).map { $0 * Complex($1) })
      .map { $0 / noise }
    var figure = SkyImageFigure(dirty)
    figure.values = (0..<dirty.height).map {
      Array(dirty.pixels[$0 * dirty.width..<($0 + 1) * dirty.width])
    }
    figure.label = "residual [noise]"
    self.init(
      lengths: visibilities.map { ($0.u * $0.u + $0.v * $0.v).squareRoot() },
      real: zip(residuals, visibilities).map { $0.real / $1.sigma },
      imaginary: zip(residuals, visibilities).map { $0.imaginary / $1.sigma }, image: figure)
  }
}

extension CrossValidationFigure {
  init(_ validation: CrossValidation) {
    let l1 = Set(validation.scores.map(\.l1)).sorted()
    let tsv = Set(validation.scores.map(\.tsv)).sorted()
    func grid(_ value: (CrossValidation.Score) -> Double) -> [[Double]] {
      tsv.indices.map { row in
        validation.scores[row * l1.count..<(row + 1) * l1.count].map(value)
      }
    }
    self.init(
      l1: l1, tsv: tsv, scores: grid(\.chiSquared), standardErrors: grid(\.standardError),
      chosen: Place(l1: validation.chosen % l1.count, tsv: validation.chosen / l1.count))
  }
}
