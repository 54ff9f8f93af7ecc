import Foundation
import Observations

/// How much each visibility counts in an image.
///
/// Reference: Briggs (1995), PhD thesis, New Mexico Institute of Mining and Technology, chapter 3.
public enum VisibilityWeighting: Sendable, Equatable {
  /// By 1/sigma²: the least noise.
  case natural
  /// Every cell of the uv plane as much as every other: the narrowest beam.
  case uniform
  /// Between the two: robust from −2, nearly uniform, to 2, nearly natural.
  case briggs(robust: Double)
}

/// The sums of 1/sigma² in the cells of the uv plane, one over the field of view wide, from which
/// weights other than natural ones follow.
///
/// Memory: of the cells that are not empty. Rows may come by blocks.
public struct WeightDensity: Sendable {
  private let cellSize: SIMD2<Double>
  private var sums: [SIMD2<Double>: Double] = [:]
  private var total = 0.0
  /// Σ w (u², uv, v²).
  private var moments = SIMD3<Double>.zero

  /// Cells for images like `image`.
  public init(_ image: SkyImage) {
    cellSize = 1 / (SIMD2(Double(image.width), Double(image.height)) * image.pixelSize)
  }

  /// Throws `ImagingError` for a value or sigma beyond what can be squared.
  public mutating func add(_ visibilities: [Visibility]) throws {
    try ImagingError.check(visibilities)
    for visibility in visibilities {
      let weight = 1 / (visibility.sigma * visibility.sigma)
      // The other half of the plane holds the conjugates, in cells that mirror these.
      sums[cell(visibility), default: 0] += weight
      total += weight
      let (u, v) = (visibility.u, visibility.v)
      moments += weight * SIMD3(u * u, u * v, v * v)
    }
  }

  /// The mean of u², uv and v², weighted by 1/sigma².
  var meanSquares: SIMD3<Double> { moments / total }

  var isEmpty: Bool { total == 0 }

  /// The weight of each visibility; all must have been added.
  ///
  /// Briggs' (robust R): w / (1 + W f²), W the sum in its cell, f² = (5 · 10⁻ᴿ)² Σ w / Σ W².
  public func weights(
    _ visibilities: [Visibility], _ weighting: VisibilityWeighting
  ) -> [Double] {
    let natural = visibilities.map { 1 / ($0.sigma * $0.sigma) }
    switch weighting {
    case .natural: return natural
    case .uniform: return zip(visibilities, natural).map { $1 / sums[cell($0)]! }
    case .briggs(let robust):
      let scale = 25 * pow(10, -2 * robust) * total / squares
      return zip(visibilities, natural).map { $1 / (1 + scale * sums[cell($0)]!) }
    }
  }

  private var squares: Double { sums.values.sorted().reduce(0) { $0 + $1 * $1 } }

  /// In the half of the plane that v is positive in, because the other repeats it.
  private func cell(_ visibility: Visibility) -> SIMD2<Double> {
    let place = SIMD2(visibility.u, visibility.v) / cellSize
    let cell = place.rounded(.toNearestOrAwayFromZero)
    return cell.y < 0 || (cell.y == 0 && cell.x < 0) ? -cell : cell
  }
}
