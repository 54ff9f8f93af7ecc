import Foundation
import Interferometry
import NumericalMethods
import Numerics
import Observations

/// A part of a simulated sky. Its lengths are parts of the field of view, so that one sky suits all arrays.
protocol TruthPart: CheckedSettings {
  /// Jy.
  var flux: Double { get }
  /// Where its middle is.
  var east: Double { get }
  var north: Double { get }

  var shapeRanges: [SettingRange] { get }

  /// Around the phase centre; lengths in units of `field`, radians.
  func shape(_ field: Double) -> any ResolvedSkyModel
}

extension TruthPart {
  var ranges: [SettingRange] {
    [
      SettingRange("flux", flux, 1e-12...1e12), SettingRange("east", east, -0.5...0.5),
      SettingRange("north", north, -0.5...0.5),
    ] + shapeRanges
  }

  func model(_ field: Double) -> any ResolvedSkyModel {
    func moved(_ model: some ResolvedSkyModel) -> any ResolvedSkyModel {
      model.shifted(x: east * field, y: north * field)
    }
    return moved(shape(field))
  }

  static func length(_ key: String, _ value: Double) -> SettingRange {
    SettingRange(key, value, 1e-3...1)
  }

  static func angle(_ key: String, _ value: Double) -> SettingRange {
    SettingRange(key, value, -360...360)
  }
}

/// A blurred ring that is brighter to one side.
struct RingPart: TruthPart {
  var (flux, east, north) = (1.0, 0.0, 0.0)
  var diameter = 0.35
  /// Full width at half maximum.
  var width = 0.08
  /// From 0, equally bright, to 1, dark opposite the brightest place.
  var asymmetry = 0.0
  /// Position angle of the brightest place, degrees from north through east.
  var brightest = 0.0

  var shapeRanges: [SettingRange] {
    [
      Self.length("diameter", diameter), Self.length("width", width),
      SettingRange("asymmetry", asymmetry, 0...1), Self.angle("brightest", brightest),
    ]
  }

  func shape(_ field: Double) -> any ResolvedSkyModel {
    Ring(
      flux: flux, diameter: diameter * field, width: width * field,
      modulation: [Complex(length: asymmetry / 2, phase: -brightest * .pi / 180)])
  }
}

/// A disc with a dark hole that need not be in its middle.
struct CrescentPart: TruthPart {
  var (flux, east, north) = (1.0, 0.0, 0.0)
  var diameter = 0.4
  /// Diameter of the hole, as a part of that of the disc.
  var hole = 0.6
  /// How far the hole is off the middle, from 0 to 1, where it touches the edge.
  var asymmetry = 0.8
  /// Position angle of the widest place, degrees from north through east.
  var widest = 180.0

  var shapeRanges: [SettingRange] {
    [
      Self.length("diameter", diameter), SettingRange("hole", hole, 0.01...0.99),
      SettingRange("asymmetry", asymmetry, 0...1), Self.angle("widest", widest),
    ]
  }

  func shape(_ field: Double) -> any ResolvedSkyModel {
    let room = asymmetry * (1 - hole) * diameter / 2 * field
    let angle = widest * .pi / 180
    return Crescent(
      flux: flux, outerDiameter: diameter * field, innerDiameter: hole * diameter * field,
      holeOffset: -room * SIMD2(sin(angle), cos(angle)))
  }
}

/// A uniform disc with a sharp edge.
struct DiscPart: TruthPart {
  var (flux, east, north) = (1.0, 0.0, 0.0)
  var diameter = 0.4

  var shapeRanges: [SettingRange] { [Self.length("diameter", diameter)] }

  func shape(_ field: Double) -> any ResolvedSkyModel {
    UniformDisc(flux: flux, diameter: diameter * field)
  }
}

/// An elliptical Gaussian.
struct GaussianPart: TruthPart {
  var (flux, east, north) = (1.0, 0.0, 0.0)
  /// Full width at half maximum along the long axis.
  var width = 0.1
  /// Short axis over long axis.
  var axisRatio = 1.0
  /// Position angle of the long axis, degrees from north through east.
  var angle = 0.0

  var shapeRanges: [SettingRange] {
    [
      Self.length("width", width), SettingRange("axis_ratio", axisRatio, 0.01...1),
      Self.angle("angle", angle),
    ]
  }

  func shape(_ field: Double) -> any ResolvedSkyModel {
    EllipticalGaussian(
      flux: flux,
      shape: Beam(
        majorAxis: width * field, minorAxis: axisRatio * width * field,
        positionAngle: angle * .pi / 180))
  }
}
