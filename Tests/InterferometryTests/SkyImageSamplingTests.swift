import ArrayFiles
import Foundation
import Interferometry
import Numerics
import Observations
import Probability
import Testing

struct SkyImageSamplingTests {
  /// The definition, term by term.
  private func sum(_ image: SkyImage, at point: SIMD2<Double>) -> Complex<Double> {
    var total = Complex<Double>.zero
    for row in 0..<image.height {
      for column in 0..<image.width {
        let x = (image.referencePixel.x - Double(column)) * image.pixelSize
        let y = (Double(row) - image.referencePixel.y) * image.pixelSize
        let phase = 2 * .pi * (point.x * x + point.y * y)
        let pixel = image.pixels[row * image.width + column]
        total += Complex(pixel * cos(phase), pixel * sin(phase))
      }
    }
    return total
  }

  private func randomImage(referencePixel: SIMD2<Double>?) -> SkyImage {
    var stream = RandomStream(seed: 7, purpose: .simulation)
    return SkyImage(
      width: 19, height: 12, pixels: (0..<19 * 12).map { _ in stream.uniform() - 0.2 },
      pixelSize: 1e-11, referencePixel: referencePixel)
  }

  private let points = (0..<200).map {
    SIMD2(4e9 * sin(Double($0)), 4e9 * cos(1.7 * Double($0)))
  }

  @Test(arguments: [nil, SIMD2(3, 11), SIMD2(-20.25, 30.5)])
  func samplesAreTheSumOverPixels(referencePixel: SIMD2<Double>?) {
    let image = randomImage(referencePixel: referencePixel)
    let values = image.visibilities(at: points)
    #expect(values.count == points.count)
    for (point, value) in zip(points, values) {
      #expect((value - sum(image, at: point)).length < 1e-9)
    }
  }

  /// So many points that they are found with a fast transform.
  @Test(arguments: [nil, SIMD2(3, 11), SIMD2(-20.25, 30.5)])
  func manySamplesAreTheSumOverPixels(referencePixel: SIMD2<Double>?) {
    let image = randomImage(referencePixel: referencePixel)
    // Up to twice the Nyquist frequency of the pixels.
    let many = (0..<60_000).map {
      SIMD2(1e11 * sin(Double($0)), 1e11 * cos(1.7 * Double($0)))
    }
    let values = image.visibilities(at: many)
    let sums = image.directVisibilities(at: many)
    let difference = zip(values, sums).reduce(0.0) { $0 + ($1.0 - $1.1).lengthSquared }
    let total = sums.reduce(0.0) { $0 + $1.lengthSquared }
    #expect((difference / total).squareRoot() < 1e-11)
    #expect(image.visibilities(at: many, threads: 3) == values)
  }

  @Test func threadsDoNotChangeSamples() {
    let image = randomImage(referencePixel: nil)
    #expect(image.visibilities(at: points, threads: 3) == image.visibilities(at: points))
    #expect(image.visibilities(at: []).isEmpty)
  }

  /// One bright pixel is a point source at the place that its column and row say.
  @Test func aPixelIsAPointSource() {
    var image = SkyImage(width: 8, height: 6, pixelSize: 2e-11)
    image.pixels[5 * 8 + 0] = 1.5
    let source = PointSource(flux: 1.5).shifted(x: 3.5 * 2e-11, y: 2.5 * 2e-11)
    for (point, value) in zip(points, image.visibilities(at: points)) {
      #expect((value - source.visibility(u: point.x, v: point.y)).length < 1e-12)
    }
  }

  /// A simulated black hole, read from its file and sampled: what eht-imaging finds.
  @Test func simulatedSkyAgreesWithEHTImaging() throws {
    let folder = try #require(Bundle.module.url(forResource: "Data", withExtension: nil)).path
    let image = try SkyImage.read("\(folder)/truth.fits")
    let table = try CSVTable.read("\(folder)/noiseless.csv")
    let (u, v) = (try table.doubles("u"), try table.doubles("v"))
    let (real, imaginary) = (try table.doubles("re"), try table.doubles("im"))
    let values = image.visibilities(at: zip(u, v).map { SIMD2($0, $1) })
    for (index, value) in values.enumerated() {
      #expect((value - Complex(real[index], imaginary[index])).length < 1e-11)
    }
  }
}
