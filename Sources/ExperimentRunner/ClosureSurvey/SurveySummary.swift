import ArrayFiles
import Foundation
import SparseModeling

/// What the images of one observation say together.
///
/// Accepted are images whose held-out loss is within one standard error of the least.
struct SurveySummary: Codable, Sendable {
  /// Between what 16 and 84 % of the values lie, and their median.
  struct Spread: Codable, Sendable {
    let low: Double
    let median: Double
    let high: Double

    /// Interpolated between the sorted values.
    init?(_ values: [Double]) {
      guard !values.isEmpty else { return nil }
      let sorted = values.sorted()
      func quantile(_ part: Double) -> Double {
        let place = part * Double(sorted.count - 1)
        let index = min(Int(place), max(sorted.count - 2, 0))
        let next = sorted[min(index + 1, sorted.count - 1)]
        return sorted[index] + (place - Double(index)) * (next - sorted[index])
      }
      (low, median, high) = (quantile(0.16), quantile(0.5), quantile(0.84))
    }

    /// Of angles in degrees, about their mean direction.
    init?(angles: [Double]) {
      let radians = angles.map { $0 * .pi / 180 }
      let sum = radians.reduce(SIMD2<Double>.zero) { $0 + SIMD2(cos($1), sin($1)) }
      let mean = atan2(sum.y, sum.x) * 180 / .pi
      self.init(angles.map { mean + ($0 - mean).remainder(dividingBy: 360) })
    }
  }

  let name: String
  let images: Int
  /// That are rings.
  let allRings: Int
  let accepted: Int
  /// Of the accepted ones.
  let rings: Int
  /// Of all images that are rings, accepted or not.
  let allDiameters: Spread?
  /// Of accepted images that are rings; nil where none is.
  let diameter: Spread?
  let width: Spread?
  let orientation: Spread?
  let asymmetry: Spread?
  /// Of the image with the least loss.
  let bestIsRing: Bool
  let bestDiameter: Double?
  let bestFlaws: [RingFlaw]
  /// ρ_NX of that image with the truth at the best shift; nil where none is known.
  let correlation: Double?

  /// More than half of the accepted images are rings.
  var isRing: Bool { 2 * rings > accepted }

  init(_ name: String, _ images: [SurveyImage], correlation: Double?) {
    let accepted = Self.accepted(images)
    let rings = zip(images, accepted).filter(\.1).compactMap { $0.0.isRing ? $0.0.ring : nil }
    self.name = name
    self.images = images.count
    let all = images.compactMap { $0.isRing ? $0.ring!.diameterUas : nil }
    (allRings, allDiameters) = (all.count, Spread(all))
    self.accepted = accepted.count { $0 }
    self.rings = rings.count
    diameter = Spread(rings.map(\.diameterUas))
    width = Spread(rings.map(\.widthUas))
    orientation = Spread(angles: rings.map(\.orientationDegrees))
    asymmetry = Spread(rings.map(\.asymmetry))
    let best = images[Self.best(images)]
    bestIsRing = best.isRing
    bestDiameter = best.ring?.diameterUas
    bestFlaws = best.ring?.flaws ?? []
    self.correlation = correlation
  }

  /// Index of the image with the least loss.
  static func best(_ images: [SurveyImage]) -> Int {
    images.indices.min { images[$0].losses.mean < images[$1].losses.mean }!
  }

  static func accepted(_ images: [SurveyImage]) -> [Bool] {
    let best = images[best(images)].losses
    return images.map { image in
      let excess = image.losses.excess(over: best)
      return excess.value <= excess.error
    }
  }

  /// Writes a row for each image.
  ///
  /// - Throws: `FileError`.
  static func writeTable(
    _ observations: [(name: String, images: [SurveyImage])], to path: String
  ) throws {
    let all = observations.flatMap { name, images in
      let best = images[best(images)].losses
      return zip(images, accepted(images)).map { image, isAccepted in
        (name: name, image: image, excess: image.losses.excess(over: best), accepted: isAccepted)
      }
    }
    func numbers(_ name: String, _ value: (SurveyImage) -> Double) -> CSVColumn {
      CSVColumn(name, all.map { value($0.image) })
    }
    func ring(_ name: String, _ value: (RingMeasure) -> Double) -> CSVColumn {
      numbers(name) { $0.ring.map(value) ?? .nan }
    }
    let kinds = DataKind.allCases.filter { kind in
      all.contains { $0.image.misfits.contains { $0.data == kind } }
    }
    let columns =
      [
        CSVColumn("observation", all.map(\.name)),
        CSVColumn("file", all.map { "\($0.name)/\($0.image.file)" }),
        numbers("prior_width_uas", \.priorWidth), numbers("entropy", \.entropy),
        numbers("noise_floor", \.group.noiseFloor), numbers("gain_scatter", \.group.gainScatter),
        CSVColumn(
          "data", all.map { $0.image.group.data.map(\.rawValue).joined(separator: " ") }),
        numbers("flux_jy", \.flux), numbers("loss", \.losses.mean),
        CSVColumn("excess", all.map(\.excess.value)),
        CSVColumn("excess_error", all.map(\.excess.error)),
        CSVColumn("accepted", all.map { $0.accepted ? 1 : 0 }),
      ]
      + kinds.map { kind in
        numbers("chi2_" + kind.rawValue.replacing("-", with: "_")) { image in
          let misfit = image.misfits.first { $0.data == kind }
          return misfit.map { $0.chiSquared / Double($0.count) } ?? .nan
        }
      } + [
        ring("diameter_uas", \.diameterUas),
        ring("diameter_dispersion_uas", \.diameterDispersionUas), ring("width_uas", \.widthUas),
        ring("orientation_deg", \.orientationDegrees), ring("asymmetry", \.asymmetry),
        ring("central_brightness", \.centralBrightness),
        CSVColumn("is_ring", all.map { $0.image.isRing ? 1 : 0 }),
        CSVColumn(
          "flaws",
          all.map { row in
            row.image.ring.map { $0.flaws.map(\.rawValue).joined(separator: " ") } ?? "no ridge"
          }),
      ]
    try CSVTable.write(columns: columns, to: path)
  }
}
