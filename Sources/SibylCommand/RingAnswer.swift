import Foundation
import Observations
import Plotting
import SparseModeling

/// The ring of an image, for the terminal, `result.json`, a figure and the report.
struct RingAnswer {
  let measure: RingMeasure

  /// Nil, and a warning, where an image has none that could be measured.
  static func of(_ image: SkyImage) -> (answer: RingAnswer?, warning: String?) {
    do {
      let measure = try RingMeasure(image)
      let flaws = measure.flaws.map(\.rawValue).joined(separator: ", ")
      return (
        RingAnswer(measure: measure),
        measure.isRing ? nil : "the image shows no ring (\(flaws)); its measures mean little"
      )
    } catch { return (nil, "no ring was measured: \(error)") }
  }

  /// An image's numbers beside those of its ring, in one object.
  struct Result<Image: Encodable>: Encodable {
    let image: Image
    let ring: RingMeasure?

    func encode(to encoder: any Encoder) throws {
      try image.encode(to: encoder)
      try ring?.encode(to: encoder)
      if let ring {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(ring.isRing, forKey: .isRing)
      }
    }

    private enum Key: String, CodingKey { case isRing }
  }

  var pairs: [(key: String, value: String)] {
    [
      (
        "ring",
        measure.isRing
          ? "yes" : "no: \(measure.flaws.map(\.rawValue).joined(separator: ", "))"
      ),
      (
        "diameter",
        String(format: "%.1f ± %.1f µas", measure.diameterUas, measure.diameterDispersionUas)
      ),
      ("width", String(format: "%.1f ± %.1f µas", measure.widthUas, measure.widthDispersionUas)),
      (
        "orientation",
        String(
          format: "%.0f° ± %.0f°, asymmetry %.2f", measure.orientationDegrees,
          measure.orientationDispersionDegrees, measure.asymmetry)
      ),
      ("centre", String(format: "%.2f of the ring's brightness", measure.centralBrightness)),
    ]
  }

  /// Draws the ring on its image, and its profile.
  func write(_ image: SkyImage, to folder: String, in report: inout Report) throws {
    let unit = ImagingOptions.microarcsecond
    let profile = RadialProfile(image, around: measure)
    let janskys = SkyImageFigure.unit(of: image).janskys
    let figure = RingFigure(
      image: SkyImageFigure(image),
      ring: .init(
        center: unit * SIMD2(measure.centerXUas, measure.centerYUas),
        diameter: unit * measure.diameterUas,
        diameterDispersion: unit * measure.diameterDispersionUas,
        width: unit * measure.widthUas, orientation: measure.orientationDegrees * .pi / 180,
        orientationDispersion: measure.orientationDispersionDegrees * .pi / 180),
      profile: profile.radiiUas.indices.map {
        .init(
          radius: unit * profile.radiiUas[$0], mean: profile.mean[$0] / janskys,
          low: profile.low[$0] / janskys, high: profile.high[$0] / janskys)
      })
    try figure.write(to: "\(folder)/ring")
    try report.addFigure(
      pngPath: "\(folder)/ring.png",
      caption: "The ring: its mean radius and dispersion, where it is brightest, and its profile.")
  }
}
