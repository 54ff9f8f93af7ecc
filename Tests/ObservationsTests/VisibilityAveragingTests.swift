import Foundation
import Numerics
import Observations
import Testing

@Suite struct VisibilityAveragingTests {
  /// Three scans of 7, 5 and 1 times, 36 s apart, in two channels.
  static var threeScans: VisibilitySet {
    var set = SyntheticVisibilities.set(
      stations: 4, times: (0..<13).map { _ in SyntheticVisibilities.complete(4) }, channels: 2,
      noise: 1)
    for index in set.visibilities.indices {
      let step = Int(((set.visibilities[index].time - 1) / 0.01).rounded())
      set.visibilities[index].time += step < 7 ? 0 : step < 12 ? 0.5 : 1
    }
    return set
  }

  @Test func scansAreSeparatedByGaps() {
    #expect(Scans.find(in: []) == [])
    #expect(Scans.find(in: [3]) == [3...3])
    let scans = Scans.find(in: [5.01, 1, 1.01, 1, 1.02, 5, 1.0365])
    #expect(scans == [1...1.0365, 5...5.01])
    #expect(Scans.find(in: [1, 1.5], gap: 0.4) == [1...1, 1.5...1.5])
    let found = Self.threeScans.scans()
    #expect(found.count == 3)
    #expect(abs(found[0].upperBound - 1.06) < 1e-12 && found[2].lowerBound == found[2].upperBound)
  }

  /// Against sums written out here, whatever the order and orientation of the rows.
  @Test func averagesAreWeightedMeans() throws {
    let set = Self.threeScans
    let averaged = try set.averagedOverScans()
    let scans = set.scans()
    #expect(averaged.visibilities.count == 3 * 6 * 2)
    #expect(averaged.frequencies == set.frequencies && averaged.stations == set.stations)
    for mean in averaged.visibilities {
      #expect(mean.station1 < mean.station2)
      let scan = try #require(scans.first { $0.contains(mean.time) })
      #expect(mean.time == (scan.lowerBound + scan.upperBound) / 2)
      var (w, sum, u, v, seconds) = (0.0, Complex<Double>.zero, 0.0, 0.0, 0.0)
      for row in set.visibilities where scan.contains(row.time) && row.channel == mean.channel {
        let isSame = (row.station1, row.station2) == (mean.station1, mean.station2)
        let isReversed = (row.station2, row.station1) == (mean.station1, mean.station2)
        guard isSame || isReversed else { continue }
        let weight = 1 / (row.sigma * row.sigma)
        w += weight
        sum += (isSame ? row.value : row.value.conjugate).multiplied(by: weight)
        u += (isSame ? 1 : -1) * weight * row.u
        v += (isSame ? 1 : -1) * weight * row.v
        seconds += row.integration
      }
      #expect((mean.value - sum.divided(by: w)).length < 1e-14)
      #expect(abs(mean.u * w / u - 1) < 1e-13 && abs(mean.v * w / v - 1) < 1e-13)
      #expect(abs(mean.sigma * w.squareRoot() - 1) < 1e-14)
      #expect(mean.integration == seconds)
    }
    var shuffled = set
    var generator = TestGenerator(state: 8)
    shuffled.visibilities.shuffle(using: &generator)
    for (a, b) in zip(try shuffled.averagedOverScans().visibilities, averaged.visibilities) {
      #expect(a.time == b.time && a.station1 == b.station1 && a.station2 == b.station2)
      #expect((a.value - b.value).length < 1e-13)
    }
  }

  /// Closures survive an average; intervals start with their scan and never bridge a gap.
  @Test func intervalsKeepBaselinesTogether() throws {
    var set = Self.threeScans
    // A baseline that starts late has the time of the others.
    set.visibilities.removeAll { $0.time < 1.015 && $0.station1 + $0.station2 == 4 }
    let minutes = try set.averaged(interval: 80)
    let times = Set(minutes.visibilities.map(\.time)).sorted()
    // 7 times of 36 s make 3 + 2 + 2, 5 make 3 + 2.
    #expect(times.count == 3 + 2 + 1)
    #expect(abs(times[0] - 1.01) < 1e-12 && abs(times[2] - 1.055) < 1e-12)
    #expect(try minutes.closures(.phase).elements.count == 6 * 2 * 3)
    let same = try set.averaged(interval: 1)
    #expect(same.visibilities.count == set.visibilities.count)
  }

  /// Averaging twice as much noise away: the scatter of averages is their sigma.
  @Test func sigmaOfTheAverageIsItsScatter() throws {
    let times = (0..<2000).map { _ in [(0, 1), (1, 2)] }
    var set = SyntheticVisibilities.set(stations: 3, times: times, noise: 1, seed: 5)
    let ideal = SyntheticVisibilities.set(stations: 3, times: times, seed: 5)
    for index in set.visibilities.indices {
      set.visibilities[index].value -= ideal.visibilities[index].value
      set.visibilities[index].sigma *= index % 4 < 2 ? 1 : 3
      if index % 4 >= 2 {
        set.visibilities[index].value = set.visibilities[index].value.multiplied(by: 3)
      }
    }
    let averaged = try set.averaged(interval: 0.01 * 3600 * 4).visibilities
    #expect(averaged.count >= 1000)
    let chiSquared = averaged.reduce(0) { $0 + $1.value.lengthSquared / ($1.sigma * $1.sigma) }
    let degrees = 2 * Double(averaged.count)
    #expect(abs(chiSquared - degrees) < 5 * (2 * degrees).squareRoot())
  }

  @Test func systematicNoiseAddsInQuadrature() {
    let set = Self.threeScans
    let noisy = set.addingSystematicNoise(fraction: 0.03)
    for (before, after) in zip(set.visibilities, noisy.visibilities) {
      let added = (after.sigma * after.sigma - before.sigma * before.sigma).squareRoot()
      #expect(abs(added / (0.03 * before.value.length) - 1) < 1e-9)
      #expect(after.value == before.value)
    }
    #expect(set.addingSystematicNoise(fraction: 0) == set)
  }
}
