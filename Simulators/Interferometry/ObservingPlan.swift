import Foundation
import Numerics
import Observations

/// A stretch of time in which a source is observed.
public struct Scan: Sendable, Equatable {
  /// Hours UTC since 0h of the plan's day.
  public var start: Double
  public var stop: Double
  /// Length of an integration, s.
  public var integration: Double
  /// Time from the beginning of one integration to that of the next, s.
  public var cadence: Double

  public init(start: Double, stop: Double, integration: Double, cadence: Double) {
    precondition(integration > 0 && cadence >= integration && stop >= start)
    self.start = start
    self.stop = stop
    self.integration = integration
    self.cadence = cadence
  }

  /// Middles of the integrations that lie within the scan, hours.
  public var times: [Double] {
    // What is short of a whole integration by rounding only still counts.
    let room = (stop - start) * 3600 - integration
    let count = max(0, Int((room / cadence + 1e-9).rounded(.down)) + 1)
    return (0..<(room < -1e-6 ? 0 : max(1, count))).map {
      start + (Double($0) * cadence + integration / 2) / 3600
    }
  }
}

/// Which source an array observes, when and how: Earth-rotation synthesis.
public struct ObservingPlan: Sendable {
  public var stations: [Station]
  public var source: String
  /// Degrees.
  public var rightAscension: Double
  public var declination: Double
  /// The day that times count from.
  public var mjd: Int
  public var scans: [Scan]
  /// Hz.
  public var frequency: Double
  public var bandwidth: Double
  /// Elevations at which stations observe, degrees.
  public var elevations: ClosedRange<Double>
  /// Whose mean is measured: 1 or 2.
  public var polarizations: Int
  /// What is lost in sampling the signal, a factor on the signal-to-noise ratio.
  public var efficiency: Double

  /// A plan for `stations`, all of which must have positions and SEFDs.
  public init(
    stations: [Station], source: String = "", rightAscension: Double, declination: Double, mjd: Int,
    scans: [Scan], frequency: Double, bandwidth: Double, elevations: ClosedRange<Double> = 10...90,
    polarizations: Int = 2, efficiency: Double = ThermalNoise.twoBitEfficiency
  ) {
    precondition(frequency > 0 && bandwidth > 0 && efficiency > 0 && (1...2) ~= polarizations)
    precondition(stations.allSatisfy { $0.position != .zero && ($0.sefd ?? 0) > 0 })
    self.stations = stations
    self.source = source
    self.rightAscension = rightAscension
    self.declination = declination
    self.mjd = mjd
    self.scans = scans
    self.frequency = frequency
    self.bandwidth = bandwidth
    self.elevations = elevations
    self.polarizations = polarizations
    self.efficiency = efficiency
  }

  /// The visibilities that will be measured, their values zero: of each integration, every pair of
  /// stations that see the source in its middle, the first station's index being the smaller.
  ///
  /// - Complexity: O(integrations · stations²)
  public var coverage: VisibilitySet {
    var result = VisibilitySet(
      source: source, rightAscension: rightAscension, declination: declination, mjd: mjd,
      frequencies: [frequency], bandwidth: bandwidth, stations: stations)
    let wavelength = EarthRotation.speedOfLight / frequency
    let delta = declination * .pi / 180
    for scan in scans {
      for time in scan.times {
        let sidereal = EarthRotation.greenwichMeanSiderealTime(mjd: Double(mjd) + time / 24)
        let hourAngle = sidereal - rightAscension * .pi / 180
        let up = stations.indices.filter {
          let elevation = EarthRotation.elevation(
            position: stations[$0].position, greenwichHourAngle: hourAngle, declination: delta)
          return elevations.contains(elevation * 180 / .pi)
        }
        let places = up.map {
          EarthRotation.uvw(
            position: stations[$0].position, greenwichHourAngle: hourAngle, declination: delta)
            / wavelength
        }
        for (first, station1) in up.enumerated() {
          for (second, station2) in up.enumerated().dropFirst(first + 1) {
            let baseline = places[first] - places[second]
            result.visibilities.append(
              Visibility(
                time: time, integration: scan.integration, station1: station1, station2: station2,
                u: baseline.x, v: baseline.y, value: .zero,
                sigma: ThermalNoise.sigma(
                  sefd1: stations[station1].sefd!, sefd2: stations[station2].sefd!,
                  bandwidth: bandwidth, integration: scan.integration,
                  polarizations: polarizations, efficiency: efficiency)))
          }
        }
      }
    }
    return result
  }
}
