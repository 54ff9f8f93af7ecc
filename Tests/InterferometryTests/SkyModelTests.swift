import Foundation
import Interferometry
import Numerics
import Observations
import Testing

/// A model of each kind, about 40 µas large.
private let uas = Double.pi / 648_000e6

private let crescentModulation = [Complex(0.2, -0.35), Complex(0.05, 0.02), Complex(-0.03, 0.01)]

private let smoothModels: [any ResolvedSkyModel] = [
  EllipticalGaussian(flux: 0.7, width: 20 * uas),
  EllipticalGaussian(
    flux: 1.3, shape: Beam(majorAxis: 25 * uas, minorAxis: 11 * uas, positionAngle: 0.6)),
  Ring(flux: 0.6, diameter: 30 * uas, width: 9 * uas),
  Ring(flux: 0.6, diameter: 30 * uas, width: 7 * uas, modulation: crescentModulation),
  EllipticalGaussian(flux: 0.7, width: 15 * uas).shifted(x: 11 * uas, y: -6 * uas),
]

private let sharpModels: [any ResolvedSkyModel] = [
  UniformDisc(flux: 2, diameter: 45 * uas),
  Crescent(
    flux: 0.9, outerDiameter: 50 * uas, innerDiameter: 24 * uas,
    holeOffset: SIMD2(5 * uas, 8 * uas)),
]

private let allModels: [any SkyModel] =
  smoothModels + sharpModels + [
    PointSource(flux: 0.3), PointSource(flux: 0.3).shifted(x: 20 * uas, y: 3 * uas),
    Ring(flux: 1.1, diameter: 42 * uas, modulation: crescentModulation),
    ModelSum([
      PointSource(flux: 0.1).shifted(x: -8 * uas, y: 2 * uas),
      UniformDisc(flux: 0.4, diameter: 12 * uas), Ring(flux: 0.5, diameter: 40 * uas),
    ]),
  ]

/// Baselines in all directions, up to 9 Gλ.
private let baselines: [SIMD2<Double>] = (0..<40).map {
  let length = 0.2e9 + 0.22e9 * Double($0)
  return SIMD2(length * sin(2.4 * Double($0)), length * cos(2.4 * Double($0)))
}

struct SkyModelTests {
  @Test func visibilityAtTheOriginIsTheFlux() {
    for model in allModels {
      let value = model.visibility(u: 0, v: 0)
      #expect(abs(value.real - model.flux) < 1e-14 && value.imaginary == 0, "\(model)")
    }
  }

  @Test func visibilitiesAreHermitian() {
    for model in allModels {
      for point in baselines {
        let there = model.visibility(u: point.x, v: point.y)
        let opposite = model.visibility(u: -point.x, v: -point.y)
        #expect((there - opposite.conjugate).length < 1e-14, "\(model)")
      }
    }
  }

  /// The sum of a smooth function's samples converges faster than any power of the spacing.
  @Test func smoothModelsAgreeWithTheFourierIntegralOfTheirBrightness() {
    for model in smoothModels {
      let image = SkyImage(of: model, width: 160, height: 160, pixelSize: uas)
      for (point, sum) in zip(baselines, image.directVisibilities(at: baselines)) {
        let difference = sum - model.visibility(u: point.x, v: point.y)
        #expect(difference.length < 1e-9 * model.flux, "\(model) at \(point)")
      }
    }
  }

  /// Pixels at an edge are in or out: errors fall with the number of pixels.
  @Test func sharpModelsAgreeWithTheFourierIntegralOfTheirBrightness() {
    for model in sharpModels {
      let image = SkyImage(of: model, width: 520, height: 520, pixelSize: 0.1 * uas)
      for (point, sum) in zip(baselines, image.directVisibilities(at: baselines)) {
        let difference = sum - model.visibility(u: point.x, v: point.y)
        #expect(difference.length < 2e-3 * model.flux, "\(model) at \(point)")
      }
    }
  }

  /// The projection of a disc on a line, 2√(R² - t²), integrated by the Gauss rule of that weight.
  @Test func discAgreesWithItsProjection() {
    let disc = UniformDisc(flux: 1.7, diameter: 45 * uas)
    for point in baselines {
      let z = .pi * disc.diameter * hypot(point.x, point.y)
      let sum = (1...60).reduce(0.0) {
        let angle = .pi * Double($1) / 61
        return $0 + sin(angle) * sin(angle) * cos(z * cos(angle))
      }
      let value = disc.visibility(u: point.x, v: point.y)
      #expect(abs(value.real - 1.7 * 2 * sum / 61) < 1e-13 && value.imaginary == 0)
    }
  }

  /// A sum over points of a circle is exact to rounding.
  @Test func thinRingAgreesWithTheIntegralAlongIt() {
    let ring = Ring(flux: 0.8, diameter: 42 * uas, modulation: crescentModulation)
    let count = 400
    for point in baselines {
      var sum = Complex<Double>.zero
      for index in 0..<count {
        let angle = 2 * Double.pi * Double(index) / Double(count)
        var profile = 1.0
        for (k, beta) in crescentModulation.enumerated() {
          let turn = Complex(cos(Double(k + 1) * angle), sin(Double(k + 1) * angle))
          profile += 2 * (beta * turn).real
        }
        // Position angle: from north (y) through east (x).
        let (x, y) = (ring.diameter / 2 * sin(angle), ring.diameter / 2 * cos(angle))
        let phase = 2 * .pi * (point.x * x + point.y * y)
        sum += Complex(profile * cos(phase), profile * sin(phase))
      }
      let expected = sum * Complex(0.8 / Double(count))
      #expect((ring.visibility(u: point.x, v: point.y) - expected).length < 1e-13)
    }
  }

  /// First zeros of J₀ and J₁: 2.404826 and 3.831706 (Abramowitz & Stegun, table 9.5).
  @Test func firstNulls() {
    let ring = Ring(flux: 1, diameter: 42 * uas)
    let disc = UniformDisc(flux: 1, diameter: 42 * uas)
    let unit = 1 / (.pi * 42 * uas)
    #expect(abs(ring.visibility(u: 2.404826 * unit, v: 0).real) < 1e-6)
    #expect(abs(disc.visibility(u: 0, v: 3.831706 * unit).real) < 1e-6)
  }

  @Test func crescentOfARingIsBrightestAtItsPositionAngle() {
    let phi = 2.0
    let ring = Ring(
      flux: 1, diameter: 40 * uas, width: 2 * uas,
      modulation: [Complex(0.5 * cos(phi), -0.5 * sin(phi))])
    func brightness(_ angle: Double) -> Double {
      ring.brightness(x: 20 * uas * sin(angle), y: 20 * uas * cos(angle))
    }
    #expect(brightness(phi) > brightness(phi + 0.1) && brightness(phi) > brightness(phi - 0.1))
    #expect(brightness(phi + .pi) < 0.01 * brightness(phi))
  }

  @Test func narrowCrescentIsAThinRing() {
    let crescent = Crescent(flux: 1, outerDiameter: 40.01 * uas, innerDiameter: 39.99 * uas)
    let ring = Ring(flux: 1, diameter: 40 * uas)
    for point in baselines {
      let difference =
        crescent.visibility(u: point.x, v: point.y) - ring.visibility(u: point.x, v: point.y)
      #expect(difference.length < 1e-6)
    }
  }

  @Test func shiftTheorem() {
    for model in allModels {
      let (x, y) = (13 * uas, -29 * uas)
      func check(_ model: some SkyModel) {
        for point in baselines {
          let phase = 2 * .pi * (point.x * x + point.y * y)
          let expected =
            model.visibility(u: point.x, v: point.y) * Complex(cos(phase), sin(phase))
          let moved = model.shifted(x: x, y: y).visibility(u: point.x, v: point.y)
          #expect((moved - expected).length < 1e-13)
        }
      }
      check(model)
    }
  }

  @Test func largerSourcesHaveNarrowerVisibilities() {
    for point in baselines {
      let scale = 1.7
      let pairs: [(any SkyModel, any SkyModel)] = [
        (
          UniformDisc(flux: 1, diameter: uas * 30),
          UniformDisc(flux: 1, diameter: uas * 30 * scale)
        ),
        (
          Ring(flux: 1, diameter: uas * 30, width: uas * 4, modulation: crescentModulation),
          Ring(
            flux: 1, diameter: uas * 30 * scale, width: uas * 4 * scale,
            modulation: crescentModulation)
        ),
        (
          EllipticalGaussian(flux: 1, width: uas * 9),
          EllipticalGaussian(flux: 1, width: uas * 9 * scale)
        ),
      ]
      for (small, large) in pairs {
        let one = small.visibility(u: point.x, v: point.y)
        let other = large.visibility(u: point.x / scale, v: point.y / scale)
        #expect((one - other).length < 1e-13)
      }
    }
  }

  /// Turning a source through an angle from north to east turns its visibilities likewise.
  @Test func rotationTheorem() {
    let angle = 0.83
    let shape = Beam(majorAxis: 30 * uas, minorAxis: 12 * uas, positionAngle: 0.4)
    var turned = shape
    turned.positionAngle += angle
    let ring = Ring(flux: 1, diameter: 40 * uas, modulation: crescentModulation)
    var turnedRing = ring
    for (index, beta) in crescentModulation.enumerated() {
      let phase = Double(index + 1) * angle
      turnedRing.modulation[index] = beta * Complex(cos(phase), -sin(phase))
    }
    for point in baselines {
      let (sine, cosine) = (sin(angle), cos(angle))
      let there = SIMD2(point.x * cosine + point.y * sine, point.y * cosine - point.x * sine)
      let gaussians = (
        EllipticalGaussian(flux: 1, shape: shape).visibility(u: point.x, v: point.y),
        EllipticalGaussian(flux: 1, shape: turned).visibility(u: there.x, v: there.y)
      )
      #expect((gaussians.0 - gaussians.1).length < 1e-13)
      let rings = (
        ring.visibility(u: point.x, v: point.y), turnedRing.visibility(u: there.x, v: there.y)
      )
      #expect((rings.0 - rings.1).length < 1e-13)
    }
  }

  @Test func sumsAdd() {
    let parts: [any SkyModel] = [smoothModels[1], sharpModels[0], PointSource(flux: 0.2)]
    let sum = ModelSum(parts)
    #expect(abs(sum.flux - 3.5) < 1e-15)
    for (point, value) in zip(baselines, sum.visibilities(at: baselines)) {
      let expected = parts.reduce(Complex.zero) { $0 + $1.visibility(u: point.x, v: point.y) }
      #expect((value - expected).length < 1e-14)
    }
  }
}
