import CVector
import Foundation

/// x → z = (x − centre) / scale, feature by feature, compressed where |z| > 5 to
/// ± (5 + ln(|z| − 4)).
///
/// Centre and scale are the median and half the central 68.3 % of a feature, for a normal law its mean
/// and standard deviation, so that they exist whatever the tails. A feature that is normal never reaches
/// the compression, which joins with equal slope; beyond, order is kept, yet no observation of a law
/// without variance, and no broken one, drowns the others: the largest Float becomes 94.
///
/// For what a network is conditioned on; a density of x itself would need the map's derivative.
public struct Standardization: Codable, Sendable, Equatable {
  public let centre: [Float]
  public let scale: [Float]

  /// |z| up to which values are kept as they are.
  private static let linearRange: Float = 5

  /// From rows `[rows, features]` of a sample of the training set; infinities and NaN do not count.
  ///
  /// A feature whose central 68.3 % are equal is measured by 95.4 %, 99.7 %, or all of its values. One
  /// whose spread is within rounding of its size is constant: it gets scale 1.
  ///
  /// - Complexity: O(features · rows · log rows).
  public init(rows: [Float], features: Int) {
    precondition(features > 0 && !rows.isEmpty && rows.count % features == 0)
    let columns = (0..<features).map { feature in
      Self.centreAndScale(
        stride(from: feature, to: rows.count, by: features).map { rows[$0] }
          .filter { $0.isFinite }.sorted())
    }
    centre = columns.map(\.centre)
    scale = columns.map(\.scale)
  }

  private static func centreAndScale(_ sorted: [Float]) -> (centre: Float, scale: Float) {
    guard !sorted.isEmpty else { return (0, 1) }
    func quantile(_ probability: Double) -> Double {
      let place = probability * Double(sorted.count - 1)
      let (below, above) = (sorted[Int(place)], sorted[Int(place.rounded(.up))])
      return Double(below) + (place - place.rounded(.down)) * (Double(above) - Double(below))
    }
    let centre = quantile(0.5)
    for deviations in [1, 2, 3, Double.infinity] {
      // What lies within so many standard deviations of a normal law.
      let tail = 0.5 * erfc(deviations / 2.0.squareRoot())
      let scale = (quantile(1 - tail) - quantile(tail)) / (2 * min(deviations, 3))
      if scale > 1e-6 * abs(centre) && Float(scale) > 0 { return (Float(centre), Float(scale)) }
    }
    return (Float(centre), 1)
  }

  /// Standardises `[features, batch]` in place.
  public func apply(to matrix: Matrix) {
    precondition(matrix.rows == centre.count)
    let range = SIMD16<Float>(repeating: Self.linearRange)
    for feature in centre.indices {
      let row = matrix.row(feature)
      let (centre, scale) = (centre[feature], scale[feature])
      for index in vectorOffsets(matrix.stride) {
        let z = ((row + index).vector - centre) / scale
        // In this order NaN stays NaN; infinity becomes the largest number.
        let size = f32x16_min(SIMD16(repeating: .greatestFiniteMagnitude), f32x16_abs(z))
        let excess = f32x16_max(.zero, size - range)
        let compressed = f32x16_min(range, size) + VectorMath.log(1 + excess)
        (row + index).storeVector(compressed.replacing(with: -compressed, where: z .< 0))
      }
    }
  }
}
