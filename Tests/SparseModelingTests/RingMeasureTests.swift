import Foundation
import Observations
import Probability
import SparseModeling
import Testing

@Suite struct RingMeasureTests {
  private let images = RingImages()

  /// Diameter, width and central brightness of the closed form, whose profile is the same in all
  /// directions.
  @Test(arguments: [8.0, 12, 15, 20])
  func aUniformRingIsAsItsClosedFormSays(fwhm: Double) throws {
    let ring = BlurredRing(radius: 20, fwhm: fwhm, center: SIMD2(3.3, -5.7))
    let measure = try RingMeasure(images(ring.callAsFunction))
    let peak = ring.peakRadius
    #expect(abs(measure.diameterUas / (2 * peak) - 1) < 1e-3)
    #expect(measure.diameterDispersionUas < 0.02)
    #expect(abs(measure.centerXUas - 3.3) < 0.02)
    #expect(abs(measure.centerYUas + 5.7) < 0.02)
    let brightest = ring.parts(peak).x
    let floor = ring.parts(2.5 * peak).x
    let half = (brightest + floor) / 2
    // A hole that is not half empty leaves the half maximum without an inner end.
    let inner =
      ring.parts(0).x < half ? BlurredRing.root(in: 0...peak) { ring.parts($0).x - half } : 0
    let outer = BlurredRing.root(in: peak...2.5 * peak) { ring.parts($0).x - half }
    #expect(abs(measure.widthUas / (outer - inner) - 1) < 5e-3)
    #expect(measure.widthDispersionUas < 0.1)
    let disc = (0..<200).reduce(0) { $0 + ring.parts((Double($1) + 0.5) / 200 * peak / 4).x } / 200
    #expect(abs(measure.centralBrightness - disc / brightest) < 5e-3)
    #expect(measure.asymmetry < 1e-3)
    #expect(abs(measure.ridgeContrast - 1) < 5e-3)
    #expect(measure.isRing)
  }

  /// A brightness f(r) (1 + a cos(θ − η)) has A = a/2 at all radii, η, and the width of f.
  @Test(arguments: [(0.1, -170.0), (0.5, 35), (0.8, 140)])
  func asymmetryAndOrientation(contrast: Double, degrees: Double) throws {
    let image = images { east, north in
      let (r, angle) = polar(east + 6.1, north - 4.4)
      return exp(-4 * log(2) * pow((r - 22) / 9, 2))
        * (1 + contrast * cos(angle - degrees * .pi / 180))
    }
    let ring = try RingMeasure(image)
    #expect(abs(ring.asymmetry - contrast / 2) < 2e-3)
    #expect(ring.asymmetryDispersion < 2e-3)
    #expect(abs(ring.orientationDegrees - degrees) < 0.2)
    // Errors of the brightness turn the mode by as much as they are larger than it.
    #expect(contrast * ring.orientationDispersionDegrees < 0.05)
    #expect(abs(ring.diameterUas - 44) < 0.02)
    #expect(abs(ring.widthUas - 9) < 0.03)
    #expect(abs(ring.ridgeContrast - (1 - contrast) / (1 + contrast)) < 5e-3)
    #expect(abs(ring.ridgeUniformity - 1 / (1 + contrast)) < 5e-3)
    #expect(abs(ring.centerXUas + 6.1) < 0.02 && abs(ring.centerYUas - 4.4) < 0.02)
    #expect(ring.isRing)
  }

  /// The ridge lies on an ellipse whose radius in each direction is known.
  @Test func anEllipseHasTheMeanAndSpreadOfItsRadii() throws {
    let (a, b, turn) = (24.0, 18.0, 0.6)
    func radius(_ angle: Double) -> Double {
      a * b / (pow(b * cos(angle - turn), 2) + pow(a * sin(angle - turn), 2)).squareRoot()
    }
    let ring = try RingMeasure(
      images { east, north in
        let (r, angle) = polar(east - 10.3, north - 8.8)
        return exp(-pow(r / radius(angle) - 1, 2) / (2 * 0.15 * 0.15))
      })
    let radii = (0..<720).map { radius(2 * .pi * Double($0) / 720) }
    let mean = radii.reduce(0, +) / 720
    let deviation = (radii.reduce(0) { $0 + pow($1 - mean, 2) } / 720).squareRoot()
    #expect(abs(ring.diameterUas - 2 * mean) < 0.05)
    #expect(abs(ring.diameterDispersionUas - 2 * deviation) < 0.05)
    #expect(abs(ring.centerXUas - 10.3) < 0.1 && abs(ring.centerYUas - 8.8) < 0.1)
    #expect(ring.isRing)
  }

  /// The same sky on other pixels, elsewhere in a larger field, turned, or brighter.
  @Test func pixelsPlaceAndTurnDoNotMatter() throws {
    let ring = BlurredRing(radius: 21, fwhm: 14, contrast: 0.5, orientation: 0.4)
    let reference = try RingMeasure(images(ring.callAsFunction))
    func compare(_ other: RingMeasure, turned: Double = 0, _ center: SIMD2<Double> = .zero) {
      #expect(abs(other.diameterUas - reference.diameterUas) < 0.03)
      #expect(abs(other.diameterDispersionUas - reference.diameterDispersionUas) < 0.03)
      #expect(abs(other.widthUas - reference.widthUas) < 0.05)
      #expect(abs(other.asymmetry - reference.asymmetry) < 1e-3)
      #expect(abs(other.centralBrightness - reference.centralBrightness) < 5e-3)
      #expect(abs(other.orientationDegrees - reference.orientationDegrees - turned) < 0.3)
      let cosine = cos(turned * .pi / 180)
      let sine = sin(turned * .pi / 180)
      let (x, y) = (reference.centerXUas, reference.centerYUas)
      #expect(abs(other.centerXUas - (cosine * x + sine * y) - center.x) < 0.05)
      #expect(abs(other.centerYUas - (cosine * y - sine * x) - center.y) < 0.05)
      #expect(other.isRing)
    }
    for (pixels, size) in [(128, 1.0), (200, 0.7), (50, 3.0)] {
      compare(
        try RingMeasure(RingImages(pixels: pixels, pixelSize: size)(ring.callAsFunction)))
    }
    for turn in [63.0, -119.7] {
      var turned = ring
      turned.orientation += turn * .pi / 180
      compare(try RingMeasure(images(turned.callAsFunction)), turned: turn)
    }
    for center in [SIMD2(0.77, -0.31), SIMD2(-88.5, 61.2), SIMD2(140, 133)] {
      var moved = ring
      moved.center = center
      compare(try RingMeasure(RingImages(pixels: 200)(moved.callAsFunction)), center)
    }
    for factor in [1e-7, 1e-280, 1e300] {
      var other = images(ring.callAsFunction)
      for k in other.pixels.indices { other.pixels[k] *= factor }
      compare(try RingMeasure(other))
    }
  }

  /// Offsets are from the phase centre wherever in the image that is.
  @Test func theCentreIsThatOfTheSky() throws {
    let ring = BlurredRing(radius: 18, fwhm: 10)
    var image = images(ring.callAsFunction)
    image.referencePixel = SIMD2(10, 50)
    let measure = try RingMeasure(image)
    #expect(abs(measure.centerXUas + (31.5 - 10) * 2) < 0.02)
    #expect(abs(measure.centerYUas - (31.5 - 50) * 2) < 0.02)
  }

  /// Profile, mean and band of the closed form: at its peak radius 1 + a cos θ lies between 1 ± a cos(0.16 π)
  /// in 68 % of all directions.
  @Test func theRadialProfile() throws {
    let (radius, contrast) = (20.0, 0.5)
    let image = images { east, north in
      let (r, angle) = polar(east, north)
      return 3 * exp(-4 * log(2) * pow((r - radius) / 8, 2)) * (1 + contrast * cos(angle))
    }
    let profile = RadialProfile(image, around: try RingMeasure(image))
    #expect(profile.radiiUas.first == 0)
    #expect(abs(profile.radiiUas.last! - 50) < 0.05)
    for (k, r) in profile.radiiUas.enumerated() {
      let brightness = 3 * exp(-4 * log(2) * pow((r - radius) / 8, 2))
      let spread = contrast * cos(0.16 * .pi)
      #expect(abs(profile.mean[k] - brightness) < 0.02)
      #expect(abs(profile.low[k] - brightness * (1 - spread)) < 0.03)
      #expect(abs(profile.high[k] - brightness * (1 + spread)) < 0.03)
    }
  }

  @Test func numbersAreWrittenAndRead() throws {
    let ring = try RingMeasure(images(BlurredRing(radius: 20, fwhm: 12).callAsFunction))
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let data = try encoder.encode(ring)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    #expect(try decoder.decode(RingMeasure.self, from: data) == ring)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(
      Set(object.keys).isSuperset(of: [
        "diameter_uas", "diameter_dispersion_uas", "width_uas", "width_dispersion_uas",
        "orientation_degrees", "orientation_dispersion_degrees", "asymmetry",
        "asymmetry_dispersion", "central_brightness", "center_x_uas", "center_y_uas",
      ]))
  }
}
