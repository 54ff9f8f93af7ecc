import Foundation
import Numerics
import Observations

/// The positive image β, as its logarithms, that minimises half of the χ² of data and penalties,
///
///   ½ Σ χ²(FGβ) + Σ R(β) + ½ (what holds flux and place).
///
/// The sky is Gβ, the image blurred by a Gaussian, so that no detail appears in it that is much finer than what the
/// data resolve (Gull & Skilling 1991, the intrinsic correlation function of maximum entropy). In the
/// uv plane G is a taper.
///
/// Closure quantities know neither the flux nor the place of what they show. Three visibilities that
/// nobody measured hold both: one at the origin of the uv plane has the compact flux, and two so near to it
/// that they resolve nothing in the field have phases of zero.
///
/// Complexity: two non-uniform Fourier transforms, an evaluation.
final class PositiveImagingProblem {
  let width: Int
  private let terms: [any DataTerm]
  private let regularizers: [any SmoothRegularizer]
  private let map: VisibilityOperator
  private let flux: CompactFlux
  private let count: Int
  /// G of each visibility.
  private let taper: [Double]
  /// One where pixels may shine, zero elsewhere.
  private let support: [Double]

  /// - Parameters:
  ///   - image: pixels and their places.
  ///   - visibilities: what `terms` were made of; their u and v matter.
  ///   - smoothing: full width at half maximum of G, radians; zero for none.
  init(
    like image: SkyImage, _ visibilities: [Visibility], terms: [any DataTerm], smoothing: Double,
    flux: CompactFlux, support: [Double], regularizers: [any SmoothRegularizer]
  ) {
    width = image.width
    count = visibilities.count
    (self.terms, self.regularizers, self.flux) = (terms, regularizers, flux)
    self.support = support
    let short = 1 / (20 * image.pixelSize * Double(max(image.width, image.height)))
    let points = visibilities.map { SIMD2($0.u, $0.v) }
    let decay = .pi * .pi * smoothing * smoothing / (4 * log(2))
    taper = points.map { exp(-decay * ($0 * $0).sum()) }
    map = VisibilityOperator(
      image, at: points + [.zero, SIMD2(short, 0), SIMD2(0, short)], tolerance: 1e-9)
  }

  /// e^`logarithms` where pixels may shine.
  func pixels(_ logarithms: [Double]) -> [Double] {
    zip(logarithms, support).map { exp($0) * $1 }
  }

  /// Objective at e^`logarithms`, and its gradient by these.
  func value(_ logarithms: [Double], gradient: inout [Double]) -> Double {
    let pixels = pixels(logarithms)
    let model = map.visibilities(of: pixels)
    var slopes = [Complex<Double>](repeating: .zero, count: count)
    let measured = zip(model, taper).map { $0.multiplied(by: $1) }
    var value = terms.reduce(0) { $0 + $1.value(of: measured, addingGradientTo: &slopes) } / 2
    for k in slopes.indices { slopes[k] = slopes[k].multiplied(by: taper[k] / 2) }
    slopes += flux.residuals(model[count...]).map { residual in
      value += residual.value / 2
      return residual.slope
    }
    gradient = map.image(of: slopes)
    for penalty in regularizers {
      value += penalty.value(pixels, width: width, addingGradientTo: &gradient)
    }
    for k in gradient.indices { gradient[k] *= pixels[k] }
    return value
  }

  /// χ² of each term.
  func chiSquared(_ pixels: [Double]) -> [Double] {
    let measured = zip(map.visibilities(of: pixels), taper).map { $0.multiplied(by: $1) }
    return terms.map { term in
      var slopes = [Complex<Double>](repeating: .zero, count: count)
      return term.value(of: measured, addingGradientTo: &slopes)
    }
  }
}

/// What is known of the flux of an image before its data, Jy.
public struct CompactFlux: Codable, Sendable, Equatable {
  public var value: Double
  public var sigma: Double

  public init(value: Double, sigma: Double) {
    precondition(value > 0 && sigma > 0)
    (self.value, self.sigma) = (value, sigma)
  }

  /// Part of the flux by which the two visibilities beside the origin may have imaginary parts: it holds
  /// the middle of the light to some hundredths of the field.
  private static let placeScatter = 0.01

  /// χ² of visibilities at the origin and beside it, and half of its gradient.
  fileprivate func residuals(
    _ model: ArraySlice<Complex<Double>>
  ) -> [(value: Double, slope: Complex<Double>)] {
    let placeSigma = Self.placeScatter * value
    return model.enumerated().map { k, visibility in
      let (residual, sigma) =
        k == 0
        ? (Complex(visibility.real - value, 0), sigma)
        : (Complex(0, visibility.imaginary), placeSigma)
      return (residual.lengthSquared / (sigma * sigma), residual.divided(by: sigma * sigma))
    }
  }
}
