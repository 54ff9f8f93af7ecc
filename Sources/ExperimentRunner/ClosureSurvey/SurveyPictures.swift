import Foundation
import Observations
import Plotting
import SparseModeling

/// Images of one observation beside each other, and tables and figures of all.
struct SurveyPictures {
  private let name: String
  /// From the least loss to the greatest, some between them.
  private let shown: [(image: SurveyImage, isAccepted: Bool, sky: SkyImage)]

  /// At most this many are shown.
  private static let count = 8

  /// - Throws: `FileError`.
  init(_ name: String, _ images: [SurveyImage], folder: String) throws {
    let accepted = SurveySummary.accepted(images)
    let order = images.indices.sorted { images[$0].losses.mean < images[$1].losses.mean }
    let number = min(order.count, Self.count)
    let places = (0..<number).map { $0 * (order.count - 1) / max(number - 1, 1) }
    self.name = name
    shown = try places.map { place in
      let index = order[place]
      let sky = try SkyImage.read("\(folder)/\(images[index].file)")
      return (images[index], accepted[index], sky)
    }
  }

  /// ρ_NX of the best image with the truth, at the best shift: closure quantities do not know the place.
  func correlation(truth: SkyImage) throws -> Double {
    try ImageScores(shown[0].sky, truth: truth).alignedCrossCorrelation
  }

  /// The truth where there is one, and images, each in units of its own peak.
  func figure(truth: SkyImage?) -> ImageComparisonFigure {
    func entry(_ sky: SkyImage, _ name: String, _ note: String) -> ImageComparisonFigure.Entry {
      let peak = sky.pixels.max()!
      return .init(
        name: name, note: note,
        values: (0..<sky.height).map { row in
          sky.pixels[row * sky.width..<(row + 1) * sky.width].map { $0 / peak }
        })
    }
    let sky = shown[0].sky
    // Two full rows.
    let entries = shown.prefix(Self.count - (truth == nil ? 0 : 1)).map { image, isAccepted, sky in
      let ring = image.ring.map { ring in
        ring.isRing
          ? String(format: "ring of %.1f µas", ring.diameterUas)
          : "no ring: " + Self.text(ring.flaws)
      }
      return entry(
        sky,
        String(format: "loss %.3f, ", image.losses.mean) + (isAccepted ? "accepted" : "rejected"),
        ring ?? "no ring")
    }
    return ImageComparisonFigure(
      entries: (truth.map { [entry($0, "truth", name)] } ?? []) + entries,
      pixelSize: sky.pixelSize, corner: SIMD2(sky.x(column: 0), sky.y(row: 0)),
      label: "brightness [peak]")
  }

  /// As many as there is room for.
  private static func text(_ flaws: [RingFlaw]) -> String {
    flaws.prefix(3).map(\.rawValue).joined(separator: ", ") + (flaws.count > 3 ? ", …" : "")
  }

  /// Nil where no image is a ring.
  static func diameters(
    _ all: [(name: String, images: [SurveyImage])], _ summaries: [SurveySummary]
  ) -> SurveyFigure? {
    let rows = zip(all, summaries).map { observation, summary in
      let accepted = SurveySummary.accepted(observation.images)
      return SurveyFigure.Row(
        name: observation.name,
        note: "rings: \(summary.rings) of \(summary.accepted) accepted images, "
          + "\(summary.allRings) of all \(summary.images)",
        points: zip(observation.images, accepted).filter(\.0.isRing).map { image, isAccepted in
          .init(value: image.ring!.diameterUas, isAccepted: isAccepted)
        },
        interval: summary.diameter.map { .init(low: $0.low, median: $0.median, high: $0.high) })
    }
    guard rows.contains(where: { !$0.points.isEmpty }) else { return nil }
    return SurveyFigure(rows: rows, label: "diameter [µas]")
  }

  static let headers = [
    "observation", "verdict", "accepted", "rings", "diameter", "width", "orientation",
    "asymmetry", "all rings", "diameter of all", "best diameter", "best flaws", "ρ",
  ]

  /// The cells under `headers`.
  static func row(_ summary: SurveySummary) -> [String] {
    func text(_ spread: SurveySummary.Spread?, _ decimals: Int) -> String {
      spread.map {
        String(
          format: "%.*f (%.*f to %.*f)", decimals, $0.median, decimals, $0.low, decimals, $0.high)
      } ?? "–"
    }
    return [
      summary.name, summary.isRing ? "ring" : "no ring",
      "\(summary.accepted) of \(summary.images)", "\(summary.rings)", text(summary.diameter, 1),
      text(summary.width, 1), text(summary.orientation, 0), text(summary.asymmetry, 2),
      "\(summary.allRings)", text(summary.allDiameters, 1),
      summary.bestDiameter.map { String(format: "%.1f", $0) } ?? "–",
      summary.bestFlaws.map(\.rawValue).joined(separator: ", "),
      summary.correlation.map { String(format: "%.3f", $0) } ?? "–",
    ]
  }
}
