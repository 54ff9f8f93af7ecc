import Foundation
import Interferometry
import Observations
import Testing

struct ArrayTests {
  private func array(_ name: String) throws -> TelescopeArray {
    try #require(TelescopeArray.catalogue.first { $0.name == name })
  }

  @Test func catalogueIsSound() {
    let names = TelescopeArray.catalogue.map(\.name)
    #expect(Set(names).count == names.count)
    for array in TelescopeArray.catalogue {
      #expect(Set(array.stations.map(\.name)).count == array.stations.count)
      for station in array.stations {
        let radius = (station.position * station.position).sum().squareRoot()
        #expect((6_350_000.0...6_390_000).contains(radius), "\(array.name) \(station.name)")
        #expect(station.sefd! > 0)
      }
      for (index, one) in array.stations.enumerated() {
        for other in array.stations[..<index] {
          let baseline = one.position - other.position
          // No two dishes share a place: the smallest are 10 m wide.
          #expect((baseline * baseline).sum() > 144, "\(array.name) \(one.name) \(other.name)")
        }
      }
    }
  }

  /// Longest baselines of the configurations in the observatory's guide: 36.4, 11.1, 3.4 and 1.03 km.
  @Test(arguments: [("vla-a", 36.4), ("vla-b", 11.1), ("vla-c", 3.4), ("vla-d", 1.03)])
  func veryLargeArray(name: String, kilometres: Double) throws {
    let array = try array(name)
    #expect(array.stations.count == 27)
    #expect(abs(array.longestBaseline / 1000 / kilometres - 1) < 0.03)
  }

  @Test func atacamaLikeArray() throws {
    let array = try array("alma")
    #expect(array.stations.count == 50)
    #expect(abs(array.longestBaseline / 3000 - 1) < 0.05)
  }

  /// "Baselines ranging in length from 160 m to 10,700 km towards M87" (EHT Collaboration 2019, Paper I,
  /// section 1), which the South Pole Telescope does not see.
  @Test func eventHorizonTelescopeTowardsM87() throws {
    let array = try array("eht2017")
    let plan = ObservingPlan(
      stations: array.stations, source: "M87", rightAscension: 187.70593, declination: 12.39112,
      mjd: 57854, scans: [Scan(start: 0, stop: 24, integration: 60, cadence: 600)],
      frequency: array.frequency, bandwidth: array.bandwidth)
    let coverage = plan.coverage
    let wavelength = 299_792_458 / array.frequency
    let lengths = coverage.visibilities.map { hypot($0.u, $0.v) * wavelength / 1000 }
    #expect(abs(lengths.max()! / 10_700 - 1) < 0.02)
    let (jcmt, sma) = (array.stations[3].position, array.stations[6].position)
    let short = jcmt - sma
    #expect(abs((short * short).sum().squareRoot() - 160) < 10)
    let pole = array.stations.firstIndex { $0.name == "SP" }
    #expect(coverage.visibilities.allSatisfy { $0.station1 != pole && $0.station2 != pole })
  }

  /// At the pole, every source keeps its height: Sagittarius A* that of minus its declination.
  @Test func southPoleSeesSagittariusAllDay() throws {
    let pole = try #require(array("eht2017").stations.first { $0.name == "SP" })
    for hour in 0..<24 {
      let elevation = EarthRotation.elevation(
        position: pole.position, greenwichHourAngle: Double(hour) * .pi / 12,
        declination: -29.00781 * .pi / 180)
      #expect(abs(elevation * 180 / .pi - 29.00781) < 1e-5)
    }
  }

  @Test func scansHoldWholeIntegrations() {
    #expect(Scan(start: 1, stop: 1.5, integration: 60, cadence: 600).times.count == 3)
    #expect(Scan(start: 0, stop: 1, integration: 10, cadence: 10).times.count == 360)
    #expect(Scan(start: 0, stop: 0.01, integration: 60, cadence: 600).times.isEmpty)
    let times = Scan(start: 1, stop: 1.5, integration: 60, cadence: 600).times
    #expect(abs(times[0] - (1 + 30.0 / 3600)) < 1e-12)
    #expect(abs(times[2] - times[0] - 1200.0 / 3600) < 1e-12)
  }
}
