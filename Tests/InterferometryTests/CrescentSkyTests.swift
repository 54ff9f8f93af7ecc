import Foundation
import Interferometry
import Numerics
import Observations
import Testing

private let uas = CrescentSimulator.microarcsecond

/// Baselines in all directions, up to 9 Gλ.
private let baselines: [SIMD2<Double>] = (0..<40).map {
  let length = 0.2e9 + 0.22e9 * Double($0)
  return SIMD2(length * sin(2.4 * Double($0)), length * cos(2.4 * Double($0)))
}

@Suite struct CrescentSkyTests {
  private let sky = CrescentSky(
    crescentFlux: 0.7, diameter: 43 * uas, width: 13 * uas, asymmetry: 0.7,
    brightest: 160 * .pi / 180, secondMode: Complex(0.12, -0.07), floor: 0.25,
    gaussians: [
      EllipticalGaussian(
        flux: 0.2, shape: Beam(majorAxis: 25 * uas, minorAxis: 11 * uas, positionAngle: 0.6)
      ).shifted(x: 30 * uas, y: -14 * uas)
    ], extendedFlux: 0.5)

  private func image(_ sky: CrescentSky) -> SkyImage {
    SkyImage(of: sky, width: 200, height: 200, pixelSize: uas)
  }

  /// The integral of the brightness; the hole's disc is a sum of 24 rings there.
  @Test func visibilitiesAreTheIntegralOfTheBrightness() {
    var compact = sky
    compact.extendedFlux = 0
    let direct = image(compact).directVisibilities(at: baselines)
    for (point, sum) in zip(baselines, direct) {
      let difference = sum - compact.visibility(u: point.x, v: point.y)
      #expect(difference.length < 2e-4 * compact.flux, "at \(point): \(difference.length)")
    }
  }

  /// Without floor and company the sky is the m-ring of Johnson et al. (2020).
  @Test func withoutFloorItIsAnMRing() {
    var bare = sky
    (bare.floor, bare.gaussians, bare.extendedFlux) = (0, [], 0)
    let ring = Ring(
      flux: 0.7, diameter: 43 * uas, width: 13 * uas,
      modulation: [Complex(length: 0.35, phase: -160 * .pi / 180), Complex(0.12, -0.07)])
    for point in baselines {
      let difference =
        bare.visibility(u: point.x, v: point.y) - ring.visibility(u: point.x, v: point.y)
      #expect(difference.length < 1e-14)
    }
  }

  /// First moments of 1 + a cos(φ − η): (a d/4) towards η, x to the east being sin η.
  @Test(arguments: [0.0, 70, 160, 250, 340])
  func theBrightestPlaceIsEastOfNorth(_ degrees: Double) {
    var bare = sky
    (bare.floor, bare.gaussians, bare.extendedFlux) = (0, [], 0)
    bare.brightest = degrees * .pi / 180
    let image = image(bare)
    var moment = SIMD2<Double>.zero
    for row in 0..<image.height {
      for column in 0..<image.width {
        let pixel = image.pixels[row * image.width + column]
        moment += pixel * SIMD2(image.x(column: column), image.y(row: row))
      }
    }
    moment /= image.flux
    let expected = 0.7 * 43 * uas / 4 * SIMD2(sin(bare.brightest), cos(bare.brightest))
    #expect(abs(moment.x - expected.x) < 1e-6 * uas && abs(moment.y - expected.y) < 1e-6 * uas)
  }

  /// Second moments of 1 + 2 |β₂| cos 2(φ − χ): along χ they are by |β₂| d²/4 larger than across.
  @Test(arguments: [20.0, 90, 135])
  func theSecondModeIsBrightOnTwoSides(_ degrees: Double) throws {
    let theta: [Double] =
      [43, 0.3, 0, 0, 0.2, degrees, 0, 0.7, 0] + [0, 0, 0, 30, 1, 0] + [0, 0, 0, 30, 1, 0]
    let image = SkyImage(
      of: try CrescentSimulator.sky(of: theta), width: 80, height: 80, pixelSize: 2 * uas)
    let (s, c) = (sin(degrees * .pi / 180), cos(degrees * .pi / 180))
    var (difference, mixed) = (0.0, 0.0)
    for row in 0..<image.height {
      for column in 0..<image.width {
        let pixel = image.pixels[row * image.width + column]
        let (x, y) = (image.x(column: column), image.y(row: row))
        let (along, across) = (x * s + y * c, x * c - y * s)
        difference += pixel * (along * along - across * across)
        mixed += pixel * along * across
      }
    }
    let unit = image.flux * 43 * 43 * uas * uas
    #expect(abs(difference / unit - 0.05) < 1e-5 && abs(mixed / unit) < 1e-5)
  }

  /// The mean of two skies is that of their brightnesses; the sum of pixels is the flux.
  @Test func meansOfSkiesAreMeansOfTheirBrightness() {
    var (first, second) = (sky, sky)
    (first.extendedFlux, second.extendedFlux) = (0, 0)
    (first.floor, second.floor) = (0, 0)
    second.brightest += 1
    let pixel = 1.5 * uas
    let mean = SkyImage(meanOf: [first, second], side: 90, pixelSize: pixel, threads: 2)
    let images = [first, second].map {
      SkyImage(of: $0, width: 90, height: 90, pixelSize: pixel)
    }
    let brightest = mean.pixels.max()!
    for (index, value) in mean.pixels.enumerated() {
      let expected = (images[0].pixels[index] + images[1].pixels[index]) / 2
      #expect(abs(value - expected) < 1e-5 * brightest)
    }
    #expect(abs(mean.flux - first.flux) < 1e-4 * first.flux)
  }

  /// The highest of the profile of the ring's brightness; about d - w²/(4 d ln 2) if it is thin.
  @Test(arguments: [0.05, 0.2, 0.4, 0.7])
  func thePeakLiesWithinTheRing(_ width: Double) {
    let sky = CrescentSky(crescentFlux: 1, diameter: 43 * uas, width: 43 * width * uas)
    let ring = Ring(flux: 1, diameter: 43 * uas, width: 43 * width * uas)
    let profile = (0...4300).map { ring.brightness(x: Double($0) * 0.005 * uas, y: 0) }
    let highest = profile.indices.max { profile[$0] < profile[$1] }!
    #expect(abs(sky.peakDiameter - 0.01 * Double(highest) * uas) < 0.02 * uas)
    if width < 0.3 {
      let approximate = 43 * (1 - width * width / (4 * log(2)))
      #expect(abs(sky.peakDiameter / uas - approximate) < 43 * pow(width, 4))
    }
  }

  @Test func onlyBaselinesWithinASiteSeeExtendedFlux() {
    var compact = sky
    compact.extendedFlux = 0
    let near = SIMD2(1e5, 6e4)
    let (all, some) = (
      sky.visibility(u: near.x, v: near.y), compact.visibility(u: near.x, v: near.y)
    )
    #expect(abs((all - some).real - 0.5) < 1e-3)
    for point in baselines {
      #expect(sky.visibility(u: point.x, v: point.y) == compact.visibility(u: point.x, v: point.y))
    }
  }
}
