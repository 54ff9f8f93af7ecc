import Foundation
import Inference
import Observations
import Plotting
import SparseModeling

/// How close the images of a case came to its truth.
struct BlindScores: Codable {
  struct Score: Codable {
    /// ρ_NX of the images as they lie.
    let crossCorrelation: Double
    /// NRMSE.
    let normalizedError: Double
    /// SSIM.
    let structuralSimilarity: Double

    static let titles = ["ρ", "NRMSE", "SSIM"]
    var values: [Double] { [crossCorrelation, normalizedError, structuralSimilarity] }

    init(_ scores: ImageScores) {
      crossCorrelation = scores.crossCorrelation
      normalizedError = scores.normalizedError
      structuralSimilarity = scores.structuralSimilarity
    }
  }

  let array: String
  let truth: String
  /// By method, without those whose image is empty.
  let scores: [String: Score]

  func score(_ method: BlindReconstruction.Method) -> Score? { scores[method.rawValue] }

  init(_ blindCase: BlindCase, truth: SkyImage, images: [SkyImage]) throws {
    (array, self.truth) = (blindCase.array, blindCase.truth)
    scores = try zip(BlindReconstruction.Method.allCases, images).reduce(into: [:]) {
      // An empty image has no correlation with anything.
      guard $1.1.pixels.contains(where: { $0 != 0 }) else { return }
      $0[$1.0.rawValue] = Score(try ImageScores($1.1, truth: truth))
    }
  }

  /// The truth and the images beside each other, in units of the truth's peak.
  func figure(truth: SkyImage, images: [SkyImage]) -> ImageComparisonFigure {
    let peak = truth.pixels.max()!
    func entry(_ image: SkyImage, _ name: String, _ note: String) -> ImageComparisonFigure.Entry {
      let pixels = image.inJanskyPerPixel.pixels.map { $0 / peak }
      return .init(
        name: name, note: note,
        values: (0..<image.height).map {
          Array(pixels[$0 * image.width..<($0 + 1) * image.width])
        })
    }
    let entries =
      [entry(truth, "truth", "\(array), \(self.truth)")]
      + zip(BlindReconstruction.Method.allCases, images).map { method, image in
        let note = score(method).map { score in
          zip(Score.titles, score.values).map { String(format: "%@ %.3f", $0, $1) }
            .joined(separator: "  ")
        }
        return entry(image, method.title, note ?? "empty")
      }
    var beam: SkyImageFigure.Beam?
    if case .janskyPerBeam(let shape)? = images.last?.unit {
      beam = .init(
        majorAxis: shape.majorAxis, minorAxis: shape.minorAxis, positionAngle: shape.positionAngle)
    }
    return ImageComparisonFigure(
      entries: entries, pixelSize: truth.pixelSize,
      corner: SIMD2(truth.x(column: 0), truth.y(row: 0)), label: "brightness [peak of the truth]",
      beam: beam)
  }
}
