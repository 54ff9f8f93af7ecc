import Foundation
import Numerics
import Observations

/// What the Event Horizon Telescope may have seen of a black hole: a blurred ring that is brighter on one
/// side, around a hole that need not be quite dark, beside Gaussians that stand for whatever else is
/// there, amid flux too extended for any but the shortest baselines.
///
/// The ring has 1 + a cos(φ − η) + 2 Re(β₂ e^{2iφ}) per radian of position angle φ, and the hole the flux of
/// a uniform disc of the ring's diameter; a Gaussian blurs both. The diameter is that of the thin ring before
/// it is blurred. Where a + 2 |β₂| > 1 parts of the ring may be negative.
///
/// References: Johnson et al. (2020), Science Advances 6, eaaz1310 (ring and its visibilities); Event
/// Horizon Telescope Collaboration (2019), Paper VI, ApJL 875, L6, section 5 (a floor in the hole,
/// Gaussian nuisance components and extended flux).
public struct CrescentSky: ResolvedSkyModel {
  /// Of ring and hole together, Jy.
  public var crescentFlux: Double
  /// Radians.
  public var diameter: Double
  /// Full width at half maximum of the Gaussian that blurs, radians.
  public var width: Double
  /// a: 0 is equally bright all around, 1 dark opposite the brightest place.
  public var asymmetry: Double
  /// η, position angle of the brightest place if there is no second mode, radians from north through east.
  public var brightest: Double
  /// β₂: brighter on two opposite sides, at position angles of minus half its phase.
  public var secondMode: Complex<Double>
  /// Part of the crescent's flux that the disc has.
  public var floor: Double
  public var gaussians: [Shifted<EllipticalGaussian>]
  /// Jy.
  public var extendedFlux: Double

  /// Full width at half maximum of the extended flux, radians: 10 mas. Baselines within a site see all of
  /// it, those between sites nothing.
  public static let extent = 1e-2 * Double.pi / 648_000

  public init(
    crescentFlux: Double, diameter: Double, width: Double, asymmetry: Double = 0,
    brightest: Double = 0, secondMode: Complex<Double> = .zero, floor: Double = 0,
    gaussians: [Shifted<EllipticalGaussian>] = [], extendedFlux: Double = 0
  ) {
    precondition(diameter > 0 && width > 0 && extendedFlux >= 0)
    precondition((0...1).contains(asymmetry) && (0...1).contains(floor))
    (self.crescentFlux, self.diameter, self.width) = (crescentFlux, diameter, width)
    (self.asymmetry, self.brightest, self.floor) = (asymmetry, brightest, floor)
    self.secondMode = secondMode
    (self.gaussians, self.extendedFlux) = (gaussians, extendedFlux)
  }

  public var flux: Double {
    crescentFlux + extendedFlux + gaussians.reduce(0) { $0 + $1.flux }
  }

  /// Ring J₀(z) + i a cos(φ − η) J₁(z) − 2 Re(β₂ e^{2iφ}) J₂(z) and disc 2 J₁(z)/z at z = πdρ, each with its
  /// flux, times the Gaussian's transform; and the other components.
  public func visibility(u: Double, v: Double) -> Complex<Double> {
    let radius = hypot(u, v)
    let z = .pi * diameter * radius
    let (zeroth, first) = (j0(z), j1(z))
    let disc = z < 1e-8 ? 1 : 2 * first / z
    // J₂ = 2 J₁/z − J₀.
    let second = disc - zeroth
    // cos(φ − η) of the direction to (u, v).
    let along = radius > 0 ? (v * cos(brightest) + u * sin(brightest)) / radius : 0
    let direction = radius > 0 ? Complex(v / radius, u / radius) : .zero
    let twofold = 2 * (secondMode * direction * direction).real
    let blur = crescentFlux * transform(width * radius)
    var sum = Complex(
      blur * ((1 - floor) * (zeroth - twofold * second) + floor * disc),
      blur * (1 - floor) * asymmetry * along * first)
    for gaussian in gaussians { sum += gaussian.visibility(u: u, v: v) }
    sum.real += extendedFlux * transform(Self.extent * radius)
    return sum
  }

  /// Diameter of the circle on which the blurred ring's mean brightness is the highest, radians; 0 where it
  /// is highest in the middle. It is about d - w²/(4 d ln 2) for a width w, smaller than the thin ring.
  ///
  /// Where d/dr of exp(-(r² + R²)/2σ²) I₀(rR/σ²) vanishes, r = R I₁/I₀.
  public var peakDiameter: Double {
    let (radius, variance) = (diameter / 2, width * width / (8 * log(2)))
    var r = radius
    for _ in 0..<200 {
      let next = radius * Self.besselRatio(r * radius / variance)
      if abs(next - r) < 1e-12 * radius { break }
      r = next
    }
    return r < 1e-3 * radius ? 0 : 2 * r
  }

  /// I₁(x)/I₀(x) by its continued fraction, x/(2 + x²/(4 + x²/(6 + …))).
  private static func besselRatio(_ x: Double) -> Double {
    var tail = 0.0
    for k in stride(from: 40 + Int(2 * min(x, 1e4)), to: 0, by: -1) {
      tail = x / (2 * Double(k) + x * tail)
    }
    return tail
  }

  /// Of a Gaussian, at its full width at half maximum times a spatial frequency.
  private func transform(_ x: Double) -> Double { exp(-Double.pi * .pi / (4 * log(2)) * x * x) }

  /// The disc is a sum of rings of equal area here.
  public func brightness(x: Double, y: Double) -> Double {
    let ring = Ring(
      flux: crescentFlux * (1 - floor), diameter: diameter, width: width,
      modulation: [Complex(length: asymmetry / 2, phase: -brightest), secondMode])
    var sum = ring.brightness(x: x, y: y)
    if floor > 0 {
      for part in 0..<Self.discRings {
        let area = (Double(part) + 0.5) / Double(Self.discRings)
        sum += Ring(
          flux: crescentFlux * floor / Double(Self.discRings),
          diameter: diameter * area.squareRoot(), width: width
        ).brightness(x: x, y: y)
      }
    }
    for gaussian in gaussians { sum += gaussian.brightness(x: x, y: y) }
    return sum
      + EllipticalGaussian(flux: extendedFlux, width: Self.extent).brightness(x: x, y: y)
  }

  private static let discRings = 24
}
