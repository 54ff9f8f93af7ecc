import Foundation
import Observations
import Probability
import SparseModeling
import Testing

/// What is a ring and what is not, at the resolution of the EHT and with artefacts.
@Suite struct RingFlawTests {
  private let images = RingImages()

  /// Blurred, and with noise as smooth as the blur of a part of the peak; nothing below zero.
  private func observed(
    _ image: SkyImage, fwhm: Double, noise: Double, seed: UInt64
  ) -> SkyImage {
    let width = fwhm * microarcsecond
    let beam = Beam(majorAxis: width, minorAxis: width, positionAngle: 0)
    var seen = image.blurred(by: beam)
    var artefacts = image
    var stream = RandomStream(seed: seed, purpose: .noise)
    for k in artefacts.pixels.indices { artefacts.pixels[k] = stream.normal() }
    artefacts = artefacts.blurred(by: beam)
    let square = artefacts.pixels.reduce(0) { $0 + $1 * $1 } / Double(artefacts.pixels.count)
    let scale = noise * seen.pixels.max()! / square.squareRoot()
    for k in seen.pixels.indices {
      seen.pixels[k] = max(0, seen.pixels[k] + scale * artefacts.pixels[k])
    }
    return seen
  }

  private func isRing(_ image: SkyImage) -> Bool {
    (try? RingMeasure(image))?.isRing ?? false
  }

  private static func disc(_ diameter: Double) -> (Double, Double) -> Double {
    { east, north in
      // An edge as wide as a pixel.
      let (r, _) = polar(east, north)
      return min(max((diameter / 2 - r) / 2 + 0.5, 0), 1)
    }
  }

  private static func double(
    _ separation: Double, ratio: Double
  ) -> (Double, Double) -> Double {
    let east = gaussian(fwhm: 10, east: 0.4 * separation, north: 0.3 * separation)
    let west = gaussian(fwhm: 10, east: -0.4 * separation, north: -0.3 * separation)
    return { east($0, $1) + ratio * west($0, $1) }
  }

  @Test(arguments: [15.0, 20])
  func ringsAreFound(fwhm: Double) {
    for contrast in [0, 0.3, 0.6] {
      let ring = BlurredRing(radius: 20, fwhm: 4, contrast: contrast, orientation: 2.8)
      let image = images(ring.callAsFunction)
      let isFound = isRing(observed(image, fwhm: fwhm, noise: 0, seed: 0))
      #expect(isFound)
      for seed in 0..<3 {
        let isFound = isRing(observed(image, fwhm: fwhm, noise: 0.02, seed: UInt64(seed)))
        #expect(isFound, "\(contrast) \(seed)")
      }
    }
  }

  @Test(arguments: [5.0, 15, 20])
  func otherShapesAreNone(fwhm: Double) {
    let elongated = { (east: Double, north: Double) in gaussian(fwhm: 40)(east, 2 * north) }
    let shapes = [
      gaussian(fwhm: 15), gaussian(fwhm: 45), elongated, Self.disc(40), Self.disc(70),
      Self.double(30, ratio: 0.9), Self.double(40, ratio: 0.6), Self.double(60, ratio: 1),
    ]
    for (number, shape) in shapes.enumerated() {
      let image = images(shape)
      let isFound = isRing(observed(image, fwhm: fwhm, noise: 0, seed: 0))
      #expect(!isFound, "\(number)")
      for seed in 0..<3 {
        let isFound = isRing(observed(image, fwhm: fwhm, noise: 0.02, seed: UInt64(seed)))
        #expect(!isFound, "\(number) \(seed)")
      }
    }
  }

  /// As overshoot of the brightness makes it: a disc whose rim is a fifth brighter is still filled.
  @Test func aDiscWithABrightRimIsFilled() throws {
    let image = images { east, north in
      let (r, _) = polar(east, north)
      return Self.disc(60)(east, north) * (1 + 0.2 * exp(-pow((r - 27) / 4, 2)))
    }
    #expect(try RingMeasure(image).flaws.contains(.filled))
  }

  /// A third of the circle is missing.
  @Test func anArcIsOpenOrBroken() throws {
    let image = images { east, north in
      let (r, angle) = polar(east, north)
      return exp(-pow((r - 20) / 4, 2)) * (abs(angle) < 2 * .pi / 3 ? 1 : 0)
    }
    let flaws = try RingMeasure(image).flaws
    #expect(flaws.contains(.open) || flaws.contains(.broken))
  }

  @Test func imagesOfNothingAreErrors() {
    let empty = images { _, _ in 0 }
    #expect(throws: RingError.noBrightness) { try RingMeasure(empty) }
    #expect(throws: RingError.noBrightness) { try RingMeasure(images { _, _ in -1 }) }
    var bad = empty
    bad.pixels[64 * 3 + 5] = .infinity
    #expect(throws: RingError.notFinite(row: 3, column: 5, value: .infinity)) {
      try RingMeasure(bad)
    }
    #expect(throws: RingError.small(width: 1, height: 1)) {
      try RingMeasure(SkyImage(width: 1, height: 1, pixels: [1], pixelSize: 1e-11))
    }
    #expect(throws: RingError.small(width: 64, height: 7)) {
      try RingMeasure(SkyImage(width: 64, height: 7, pixelSize: 1e-11))
    }
    var point = empty
    point.pixels[64 * 30 + 20] = 1
    let constant = images { _, _ in 1 }
    var noise = empty
    var stream = RandomStream(seed: 3, purpose: .noise)
    for k in noise.pixels.indices { noise.pixels[k] = stream.normal() }
    for (number, image) in [point, constant, noise].enumerated() {
      let isFound = isRing(image)
      #expect(!isFound, "\(number)")
    }
    for error in [
      RingError.noBrightness, .noRidge, .small(width: 1, height: 2),
      .notFinite(row: 0, column: 0, value: .nan),
    ] {
      #expect(!error.description.isEmpty && !error.description.contains("\n"))
    }
  }
}
