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
  /// Of one or two axes that vary; nil where more do, or none, and for data of nothing.
  init?(_ validation: CrossValidation) {
    let axes = validation.grid.axes.filter { $0.values.count > 1 }
    guard (1...2).contains(axes.count), validation.scores[validation.best].chiSquared > 0 else {
      return nil
    }
    let (x, y) = (axes.last!, axes.count > 1 ? axes[0] : nil)
    let (columns, rows) = (x.values.count, y?.values.count ?? 1)
    func grid(_ value: (CrossValidation.Score) -> Double) -> [[Double]] {
      (0..<rows).map { row in
        validation.scores[row * columns..<(row + 1) * columns].map(value)
      }
    }
    self.init(
      l1: x.values, tsv: y?.values ?? [0], scores: grid(\.chiSquared),
      standardErrors: grid(\.standardError),
      chosen: Place(l1: validation.chosen % columns, tsv: validation.chosen / columns))
    (l1Title, tsvTitle) = (Self.title(x.name), Self.title(y?.name ?? "tsv"))
    let symbols = ["l1": "λ", "tsv": "μ"]
    l1Symbol = symbols[x.name] ?? x.name
    tsvSymbol = y.map { symbols[$0.name] ?? $0.name } ?? ""
  }

  private static func title(_ name: String) -> Label {
    switch name {
    case "l1": Label(markup: "λ of {/:Italic l}_1 [Jy^{−1}]")
    case "tsv": Label(markup: "μ of squared variation [Jy^{−2}]")
    default: Label(markup: "weight of \(name) [Jy^{−1}]")
    }
  }
}
