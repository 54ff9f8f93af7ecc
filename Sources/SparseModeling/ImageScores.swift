import Foundation
import Numerics
import Observations

/// How close an image is to the truth. Images in Jy per beam are compared in Jy per pixel.
///
/// References: Event Horizon Telescope Collaboration (2019), ApJL 875, L4 (Paper IV), equation 15, for the
/// correlation; Wang, Bovik, Sheikh & Simoncelli (2004), IEEE Trans. Image Process. 13, 600, for SSIM.
public struct ImageScores: Sendable, Equatable {
  /// ρ_NX of the images as they lie: the correlation coefficient of their pixels, from −1 to 1, whatever
  /// their fluxes.
  public var crossCorrelation: Double
  /// The greatest ρ_NX at any shift by whole pixels. As in eht-imaging, the images then lie in fields twice
  /// as large, whose zeros count: even without a shift it differs from `crossCorrelation`.
  public var alignedCrossCorrelation: Double
  /// How far the image was moved for that, (columns, rows): to the west and to the north.
  public var shift: SIMD2<Int>
  /// √(Σ (I − T)² / Σ T²) of image I and truth T as they lie, fluxes as they are.
  public var normalizedError: Double
  /// SSIM: the mean over all places of a Gaussian window of 11 pixels and sigma 1.5 in the image; the range
  /// of values is the truth's.
  public var structuralSimilarity: Double

  /// Side of SSIM's window, pixels.
  private static let window = 11

  /// Throws `ImageScoreError` for images that cannot be compared.
  ///
  /// Complexity: O(n log n) for n pixels.
  public init(_ image: SkyImage, truth: SkyImage) throws(ImageScoreError) {
    let grids = [image, truth].map {
      ImageScoreError.Grid(width: $0.width, height: $0.height, pixelSize: $0.pixelSize)
    }
    guard image.width == truth.width, image.height == truth.height,
      abs(image.pixelSize / truth.pixelSize - 1) < 1e-6
    else { throw .grids(image: grids[0], truth: grids[1]) }
    guard min(image.width, image.height) >= Self.window else { throw .small(grids[0]) }
    for (name, pixels) in [("image", image.pixels), ("truth", truth.pixels)] {
      guard pixels.allSatisfy(\.isFinite), pixels.max()! > pixels.min()! else {
        throw .constant(name)
      }
    }
    let (i, t) = (image.inJanskyPerPixel.pixels, truth.inJanskyPerPixel.pixels)
    crossCorrelation =
      Self.product(Self.standardized(i), Self.standardized(t)) / Double(t.count)
    (alignedCrossCorrelation, shift) = Self.aligned(i, t, width: image.width)
    let difference = zip(i, t).map { $0 - $1 }
    normalizedError =
      (Self.product(difference, difference) / Self.product(t, t)).squareRoot()
    structuralSimilarity = Self.similarity(i, t, width: image.width)
  }

  private static func product(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// Less the mean, by the standard deviation.
  private static func standardized(_ pixels: [Double]) -> [Double] {
    let mean = pixels.reduce(0, +) / Double(pixels.count)
    let centred = pixels.map { $0 - mean }
    let deviation = (product(centred, centred) / Double(pixels.count)).squareRoot()
    return centred.map { $0 / deviation }
  }

  /// The greatest correlation in the doubled field and the shift of the first image there.
  private static func aligned(
    _ image: [Double], _ truth: [Double], width: Int
  ) -> (value: Double, shift: SIMD2<Int>) {
    let height = image.count / width
    let field = PaddedField(width: width, height: height)
    var spectrum = field.spectrum(truth, columns: width)
    let other = field.spectrum(image, columns: width)
    for k in spectrum.indices { spectrum[k] *= other[k].conjugate }
    let products = field.field(spectrum)
    // A transform may be longer than twice the image: the doubled field's zeros are counted here.
    var best = (value: -Double.infinity, shift: SIMD2<Int>.zero)
    for row in -height..<height {
      for column in -width..<width {
        let y = row < 0 ? row + field.height : row
        let x = column < 0 ? column + field.width : column
        let value = products[y * field.width + x]
        if value > best.value { best = (value, SIMD2(column, row)) }
      }
    }
    let count = Double(4 * image.count)
    let means = (image.reduce(0, +) / count, truth.reduce(0, +) / count)
    let variances = (
      product(image, image) / count - means.0 * means.0,
      product(truth, truth) / count - means.1 * means.1
    )
    let covariance = best.value / count - means.0 * means.1
    return (covariance / (variances.0 * variances.1).squareRoot(), best.shift)
  }

  /// The mean of SSIM where the window lies in the image.
  private static func similarity(_ a: [Double], _ b: [Double], width: Int) -> Double {
    let range = b.max()! - b.min()!
    let (c1, c2) = ((0.01 * range) * (0.01 * range), (0.03 * range) * (0.03 * range))
    func mean(_ pixels: [Double]) -> [Double] { windowMeans(pixels, width: width) }
    let (meanA, meanB) = (mean(a), mean(b))
    let squareA = mean(a.map { $0 * $0 })
    let squareB = mean(b.map { $0 * $0 })
    let products = mean(zip(a, b).map { $0 * $1 })
    let sum = meanA.indices.reduce(0.0) { sum, k in
      let (x, y) = (meanA[k], meanB[k])
      let variances = squareA[k] - x * x + squareB[k] - y * y
      let covariance = products[k] - x * y
      let luminance = (2 * x * y + c1) / (x * x + y * y + c1)
      return sum + luminance * (2 * covariance + c2) / (variances + c2)
    }
    return sum / Double(meanA.count)
  }

  /// Means with the window's weights, at each place of it in the image.
  private static func windowMeans(_ pixels: [Double], width: Int) -> [Double] {
    let raw = (0..<window).map { place in
      let offset = Double(place - window / 2) / 1.5
      return exp(-offset * offset / 2)
    }
    let sum = raw.reduce(0, +)
    let weights = raw.map { $0 / sum }
    let (height, columns) = (pixels.count / width, width - window + 1)
    var along = [Double](repeating: 0, count: height * columns)
    for row in 0..<height {
      for column in 0..<columns {
        for (k, weight) in weights.enumerated() {
          along[row * columns + column] += weight * pixels[row * width + column + k]
        }
      }
    }
    var means = [Double](repeating: 0, count: (height - window + 1) * columns)
    for place in means.indices {
      for (k, weight) in weights.enumerated() {
        means[place] += weight * along[place + k * columns]
      }
    }
    return means
  }
}

/// Why two images cannot be compared.
public enum ImageScoreError: Error, CustomStringConvertible, Equatable, Sendable {
  public struct Grid: Equatable, Sendable, CustomStringConvertible {
    public var width: Int
    public var height: Int
    /// Radians.
    public var pixelSize: Double

    public var description: String {
      "\(width) x \(height) pixels of \(pixelSize * 180 / .pi * 3600e6) microarcseconds"
    }
  }

  case grids(image: Grid, truth: Grid)
  case small(Grid)
  /// All pixels are alike, or some are not finite.
  case constant(String)

  public var description: String {
    switch self {
    case .grids(let image, let truth):
      "the image has \(image), the truth \(truth); expected the same"
    case .small(let grid): "the image has \(grid); expected at least 11 x 11 to be compared"
    case .constant(let name):
      "the \(name) is constant or not finite; expected finite pixels that differ"
    }
  }
}
