import Foundation
import Numerics
import Observations
import Testing

@Suite struct PhaseCalibrationTests {
  static let microarcsecond = Double.pi / 180 / 3600e6
  static let field = 128 * microarcsecond
  static let m87 = ["095_hi", "095_lo", "101_hi", "101_lo"].map {
    "SR1_M87_2017_\($0)_hops_netcal_StokesI.uvfits"
  }

  /// The M87 observation of a sky of points (east, north in microarcseconds, Jy): `precision` multiplies
  /// its sigmas, `noise` what they make of the values.
  private static func observed(
    _ points: [(x: Double, y: Double, flux: Double)], noise: Double = 1, precision: Double = 1,
    seed: UInt64 = 1
  ) throws -> VisibilitySet {
    var set = try VisibilitySet.read(ObservationFiles.m87(m87[3]))
    var generator = TestGenerator(state: seed)
    for (index, row) in set.visibilities.enumerated() {
      var value = Complex(generator.normal(), generator.normal())
        .multiplied(by: noise * precision * row.sigma)
      for point in points {
        let phase = 2 * .pi * (row.u * point.x + row.v * point.y) * microarcsecond
        value += Complex(length: point.flux, phase: phase)
      }
      set.visibilities[index].value = value
      set.visibilities[index].sigma *= precision
    }
    return set
  }

  /// Turns stations by the angle that `phase` gives for a station and the number of a scan.
  private static func turned(
    _ set: VisibilitySet, _ phase: (Int, Int) -> Double
  ) -> VisibilitySet {
    var result = set
    let scans = set.scans()
    for (index, row) in set.visibilities.enumerated() {
      let scan = scans.firstIndex { $0.contains(row.time) }!
      result.visibilities[index].value *= Complex(
        length: 1, phase: phase(row.station1, scan) - phase(row.station2, scan))
    }
    return result
  }

  /// Phases of the release are those of the correlator: it says that they need calibration (Event
  /// Horizon Telescope Collaboration 2019, ApJL 875, L3).
  @Test(arguments: m87) func releasedPhasesAreNotCalibrated(name: String) throws {
    let set = try VisibilitySet.read(ObservationFiles.m87(name))
    let found = try #require(set.phaseCalibration(fieldOfView: Self.field))
    #expect(found.contradiction?.neighbours == .baselines)
    // Phases of baselines of a kilometre are not zero.
    #expect(found.sufficientField == nil)
    let warning = try #require(found.warning)
    #expect(warning.contains("not phase-calibrated") && !warning.contains("\n"))
  }

  /// A self-calibrated jet, in fields of 1 to 5 milliarcseconds.
  @Test(arguments: [1000.0, 2000, 5000]) func calibratedPhasesAreSilent(field: Double) throws {
    let set = try VisibilitySet.read(ObservationFiles.data("smili_3C273DEC16.stokesI.uvfits"))
    let found = try #require(set.phaseCalibration(fieldOfView: field * Self.microarcsecond))
    #expect(found.warning == nil && found.contradiction == nil)
  }

  /// Wherever within the field the source is, and with noise from none to what it should be.
  @Test(arguments: [0.0, 1]) func anySkyWithinTheFieldIsSilent(noise: Double) throws {
    for (shift, seed) in [(0.0, 1), (40, 2), (-45, 3)] as [(Double, UInt64)] {
      let set = try Self.observed(
        [(shift, shift, 0.7), (shift + 18, shift - 8, 0.4)], noise: noise, seed: seed)
      let found = try #require(set.phaseCalibration(fieldOfView: Self.field))
      #expect(found.warning == nil)
      #expect(found.comparisons.count >= 3)
    }
  }

  /// Any phase in each scan; phases that never change; phases of one radian.
  @Test func phasesOfStationsAreNoticed() throws {
    let set = try Self.observed([(5, 3, 0.7), (-15, 8, 0.4)])
    var generator = TestGenerator(state: 4)
    let random = (0..<set.stations.count).map { _ in
      (0..<100).map { _ in Double.random(in: -.pi ... .pi, using: &generator) }
    }
    let wrong: [(Int, Int) -> Double] = [
      { random[$0][$1] }, { station, _ in random[station][0] }, { random[$0][$1] / 2 },
    ]
    for (number, phase) in wrong.enumerated() {
      let turned = Self.turned(set, phase)
      let found = try #require(turned.phaseCalibration(fieldOfView: Self.field))
      let contradiction = try #require(found.contradiction)
      #expect(contradiction.difference > 0.3 && contradiction.ratio > 5)
      #expect(found.warning?.contains("not phase-calibrated") == true)
      let scans = found.comparisons.first { $0.neighbours == .scans }
      // Half of all random phases differ by more than 90°.
      if number == 0 { #expect(abs(scans!.difference - .pi / 2) < 0.5) }
      if number == 1 { #expect(scans!.ratio < 1) }
    }
  }

  /// With nothing but noise the median of |x| is that of the normal distribution.
  @Test func noiseAloneGivesItsOwnRatio() throws {
    // Strong, so that the phase is linear in the noise; so small a field that the sky is a point.
    let set = try Self.observed([(0, 0, 30)])
    let found = try #require(set.phaseCalibration(fieldOfView: 1e-3 * Self.microarcsecond))
    for comparison in found.comparisons where comparison.pairs > 300 {
      let spread = 1 / comparison.effectivePairs.squareRoot()
      #expect(abs(comparison.ratio - 0.6745) < 4 * spread)
    }
    #expect(found.comparisons.contains { $0.neighbours == .integrations && $0.pairs > 5000 })
  }

  /// Phases of a sky wider than the field: one in which it finds room is sufficient, if not less.
  @Test func sourcesMayBeWiderThanTheField() throws {
    let set = try Self.observed([(0, 0, 0.9), (300, -200, 0.3)], precision: 0.1)
    let found = try #require(set.phaseCalibration(fieldOfView: 20 * Self.microarcsecond))
    #expect(found.contradiction != nil)
    #expect(found.warning?.contains("wider than the field of view") == true)
    let sufficient = try #require(found.sufficientField) / Self.microarcsecond
    #expect(sufficient > 20 && sufficient < 2 * 600)
    let wide = try #require(set.phaseCalibration(fieldOfView: 600 * Self.microarcsecond))
    #expect(wide.warning == nil && wide.sufficientField == wide.fieldOfView)
  }

  @Test func ordersDoNotMatter() throws {
    let set = try VisibilitySet.read(ObservationFiles.m87(Self.m87[0]))
    var other = set
    for index in set.visibilities.indices where index % 3 == 0 {
      other.visibilities[index] = set.visibilities[index].reversed
    }
    let (a, b) = (
      set.phaseCalibration(fieldOfView: Self.field)!,
      other.phaseCalibration(fieldOfView: Self.field)!
    )
    #expect(a.comparisons.map(\.neighbours) == b.comparisons.map(\.neighbours))
    for (x, y) in zip(a.comparisons, b.comparisons) {
      #expect(x.pairs == y.pairs && abs(x.ratio - y.ratio) < 1e-9 * x.ratio)
    }
  }

  @Test func someSetsCannotTell() throws {
    var set = SyntheticVisibilities.set(stations: 4, times: [[(0, 1), (2, 3)]])
    #expect(set.phaseCalibration(fieldOfView: 1e-6) == nil)
    set.stations = []
    #expect(set.phaseCalibration(fieldOfView: 1e-10) == nil)
    set = SyntheticVisibilities.set(stations: 4, times: [[(0, 1)], [(0, 1)]])
    set.visibilities[1].sigma = 0
    #expect(set.phaseCalibration(fieldOfView: 1e-10) == nil)
    set.visibilities = []
    #expect(set.phaseCalibration(fieldOfView: 1e-10) == nil)
  }
}
