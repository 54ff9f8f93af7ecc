import Foundation
import Interferometry
import Numerics
import Observations
import Testing

struct StationGainsTests {
  /// Forty stations, so that there are gains enough for statistics, in six scans of eight integrations.
  private let coverage: VisibilitySet = {
    let site = Geodetic(longitude: 10, latitude: 50, height: 0)
    let stations = (0..<40).map {
      Station(
        name: "\($0)", position: site.position(east: Double($0 * $0), north: Double(50 * $0)),
        sefd: 100)
    }
    let scans = (0..<6).map {
      Scan(start: Double($0), stop: Double($0) + 80.0 / 3600, integration: 10, cadence: 10)
    }
    var set = ObservingPlan(
      stations: stations, rightAscension: 0, declination: 80, mjd: 57854, scans: scans,
      frequency: 1e11, bandwidth: 1e9, elevations: -90...90
    ).coverage
    for index in set.visibilities.indices { set.visibilities[index].value = Complex(2, 1) }
    return set
  }()

  private func gained(_ gains: StationGains, seed: UInt64 = 3) -> VisibilitySet {
    var set = coverage
    gains.apply(to: &set, seed: seed)
    return set
  }

  private var pairs: Int { 40 * 39 / 2 }

  @Test(arguments: [StationGains.Variation.perScan, .randomWalk])
  func closurePhasesAndAmplitudesStay(variation: StationGains.Variation) {
    let set = gained(
      StationGains(variation: variation, amplitudeScatter: 0.2, phaseScatter: .infinity))
    for time in 0..<48 {
      var values: [[Int]: Complex<Double>] = [:]
      for visibility in set.visibilities[time * pairs..<(time + 1) * pairs] {
        values[[visibility.station1, visibility.station2]] = visibility.value
      }
      let (v01, v12, v02) = (values[[0, 1]]!, values[[1, 2]]!, values[[0, 2]]!)
      let closure = v01 * v12 * v02.conjugate
      let exact = Complex(2.0, 1) * Complex(2, 1) * Complex(2, -1)
      #expect(abs((closure * exact.conjugate).phase) < 1e-12)
      let (v23, v03) = (values[[2, 3]]!, values[[0, 3]]!)
      #expect(abs(v01.length * v23.length / (v03.length * v12.length) - 1) < 1e-12)
    }
  }

  @Test func gainsAreConstantInAScanAndIndependentBetweenScans() {
    let set = gained(
      StationGains(variation: .perScan, amplitudeScatter: 0.1, phaseScatter: .infinity))
    for index in set.visibilities.indices {
      let (time, pair) = (index / pairs, index % pairs)
      let first = set.visibilities[time / 8 * 8 * pairs + pair].value
      #expect(set.visibilities[index].value == first)
    }
    let firsts = (0..<6).map { set.visibilities[$0 * 8 * pairs].value }
    #expect(Set(firsts.map(\.phase)).count == 6)
  }

  /// ln |V₀ₖ V₀ₗ / (V V_kl)| = 2 ln |g₀|: gains of single stations from triangles.
  @Test func amplitudesAreLogNormal() {
    let scatter = 0.15
    let set = gained(
      StationGains(variation: .perScan, amplitudeScatter: scatter, phaseScatter: 0))
    var logarithms: [Double] = []
    for scan in 0..<6 {
      var amplitude: [[Int]: Double] = [:]
      for visibility in set.visibilities[scan * 8 * pairs..<(scan * 8 + 1) * pairs] {
        amplitude[[visibility.station1, visibility.station2]] =
          visibility.value.length / Complex(2.0, 1).length
      }
      for station in 2..<40 {
        let product = amplitude[[0, station]]! * amplitude[[1, station]]! / amplitude[[0, 1]]!
        logarithms.append(log(product) / 2)
      }
    }
    let n = Double(logarithms.count)
    let mean = logarithms.reduce(0, +) / n
    let variance = logarithms.reduce(0) { $0 + $1 * $1 } / n
    #expect(abs(mean) < 5 * scatter / n.squareRoot())
    #expect(abs(variance / (scatter * scatter) - 1) < 5 * (2 / n).squareRoot())
  }

  /// The phase of a baseline changes by the steps of two stations: its variance grows with time.
  @Test func randomWalkHasStepsOfTheStatedSize() {
    let scatter = 0.05
    let set = gained(
      StationGains(variation: .randomWalk, amplitudeScatter: 0, phaseScatter: scatter))
    func phases(after steps: Int) -> [Double] {
      // Baselines 0-1, 2-3, … have no station in common.
      (0..<pairs).compactMap { pair -> Double? in
        let visibility = set.visibilities[steps * pairs + pair]
        guard visibility.station1 % 2 == 0, visibility.station2 == visibility.station1 + 1 else {
          return nil
        }
        return (visibility.value / Complex(2, 1)).phase
      }
    }
    #expect(phases(after: 0).allSatisfy { abs($0) < 1e-14 })
    for steps in [1, 10, 40] {
      let values = phases(after: steps)
      let n = Double(values.count)
      let variance = values.reduce(0) { $0 + $1 * $1 } / n
      let expected = 2 * scatter * scatter * Double(steps)
      #expect(abs(variance / expected - 1) < 5 * (2 / n).squareRoot())
    }
  }

  @Test func gainsDoNotDependOnTheOrderOfVisibilities() {
    let gains = StationGains(variation: .randomWalk, amplitudeScatter: 0.1, phaseScatter: 1)
    var reversed = coverage
    reversed.visibilities.reverse()
    gains.apply(to: &reversed, seed: 3)
    #expect(reversed.visibilities.reversed() == gained(gains).visibilities)
    #expect(gained(gains, seed: 4) != gained(gains))
  }
}
