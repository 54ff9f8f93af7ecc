import Foundation
import NumericalMethods
import Numerics
import Observations

/// The image β that minimises
///
///   ½ Σ w |v − Fβ|² + λ Σ |β| + μ Σ (β − its neighbour)²,
///
/// w = 1/sigma²: sparse, and smooth by total squared variation (TSV).
///
/// References: Honma et al. 2014, PASJ 66, 95 (l1); Kuramochi et al. 2018, ApJ 858, 56 (TSV).
public final class SparseImagingProblem {
  /// Nothing is said about pixels but their size and place.
  public let image: SkyImage
  public var l1: Double
  public let tsv: Double
  public let isNonNegative: Bool
  public let dirty: [Double]
  /// Σ w |v|².
  public let dataSquare: Double
  private let curvature: ToeplitzOperator

  /// - Parameters:
  ///   - l1: λ, per jansky, not negative.
  ///   - tsv: μ, per square jansky, not negative.
  ///
  /// Throws `ImagingError` without visibilities, and for a value or sigma beyond what can be squared.
  public init(
    _ visibilities: [Visibility], like image: SkyImage, l1: Double, tsv: Double = 0,
    isNonNegative: Bool = true
  ) throws {
    precondition(l1 >= 0 && tsv >= 0)
    guard !visibilities.isEmpty else { throw ImagingError.noVisibilities }
    try ImagingError.check(visibilities)
    (self.image, self.l1, self.tsv, self.isNonNegative) = (image, l1, tsv, isNonNegative)
    let points = visibilities.map { SIMD2($0.u, $0.v) }
    let weights = visibilities.map { 1 / ($0.sigma * $0.sigma) }
    curvature = ToeplitzOperator(image, at: points, weights: weights)
    dirty = VisibilityOperator(image, at: points, tolerance: 1e-13).image(
      of: zip(visibilities, weights).map { Complex($1) * $0.value })
    dataSquare = zip(visibilities, weights).reduce(0) { $0 + $1.1 * $1.0.value.lengthSquared }
  }

  public var count: Int { dirty.count }

  /// The least λ for which the image is zero.
  public var largestL1: Double {
    isNonNegative ? max(0, dirty.max()!) : dirty.map { abs($0) }.max()!
  }

  /// The second derivative by two pixels: of data and TSV.
  public func element(_ a: Int, _ b: Int) -> Double {
    let value = curvature.element(a, b)
    guard tsv > 0 else { return value }
    if a == b { return value + 2 * tsv * Double(neighbours(a).count) }
    return neighbours(a).contains(b) ? value - 2 * tsv : value
  }

  /// The product of the second derivatives and an image.
  public func apply(_ pixels: [Double]) -> [Double] {
    var product = curvature.apply(pixels)
    guard tsv > 0 else { return product }
    for a in product.indices {
      for b in neighbours(a) { product[a] += 2 * tsv * (pixels[a] - pixels[b]) }
    }
    return product
  }

  private func neighbours(_ pixel: Int) -> [Int] {
    let (column, row) = (pixel % image.width, pixel / image.width)
    return [
      column > 0 ? pixel - 1 : nil, column < image.width - 1 ? pixel + 1 : nil,
      row > 0 ? pixel - image.width : nil, row < image.height - 1 ? pixel + image.width : nil,
    ].compactMap { $0 }
  }

  /// How good an image is.
  public struct State: Sendable {
    /// Minus the derivative of data term and TSV.
    public let gradient: [Double]
    public let objective: Double
    /// By how much the objective is at most above its minimum.
    public let dualityGap: Double
    /// Σ w |v − Fβ|².
    public let chiSquared: Double
    public let tsv: Double
  }

  /// Objective, gradient and gap at an image.
  ///
  /// The dual point is the residual, with −√(2μ) times the differences of neighbours, scaled into
  /// the feasible set: Fercoq, Gramfort & Salmon 2015, ICML, Eq. 6.
  public func state(_ pixels: [Double]) -> State {
    let product = apply(pixels)
    let gradient = zip(dirty, product).map { $0 - $1 }
    let (projection, square) = zip(pixels, zip(dirty, product)).reduce(into: (0.0, 0.0)) {
      $0.0 += $1.0 * $1.1.0
      $0.1 += $1.0 * $1.1.1
    }
    var differences = 0.0
    if tsv > 0 {
      for a in pixels.indices {
        for b in neighbours(a) where b > a {
          differences += (pixels[a] - pixels[b]) * (pixels[a] - pixels[b])
        }
      }
    }
    let chiSquared = dataSquare - 2 * projection + square - 2 * tsv * differences
    let norm = pixels.reduce(0) { $0 + abs($1) }
    let objective = chiSquared / 2 + tsv * differences + l1 * norm
    let steepest = isNonNegative ? gradient.max()! : gradient.map { abs($0) }.max()!
    let residualSquare = dataSquare - 2 * projection + square
    let alignment = dataSquare - projection
    var scale = steepest > l1 ? l1 / steepest : 1
    // The best of the feasible multiples of the residual.
    if residualSquare > 0 { scale = min(scale, alignment / residualSquare) }
    // A gap below the rounding of the data's square could not be told from none.
    let rounding = 1e-15 * dataSquare
    let dual = scale * alignment - scale * scale * residualSquare / 2
    return State(
      gradient: gradient, objective: max(0, objective), dualityGap: max(rounding, objective - dual),
      chiSquared: max(0, chiSquared), tsv: differences)
  }
}
