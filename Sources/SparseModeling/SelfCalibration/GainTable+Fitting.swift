import Foundation
import NumericalMethods
import Numerics
import Observations

extension GainTable {
  /// The gains at each time and channel with which a model comes closest to a set.
  ///
  /// A baseline tells nothing of gains where its model is zero or its two stations are one; stations with no other
  /// at a time have no gain there. Stations that no baselines join have phases against different
  /// references.
  ///
  /// - Parameters:
  ///   - set: with stations; averaged over times in which gains do not change.
  ///   - model: visibilities of the sky at the set's places, Jy, `[visibilities]`.
  ///   - amplitudeScatter: standard deviation of ln|g| of each of the set's stations before the data;
  ///     nil holds amplitudes at one.
  /// - Throws: `DerivedDataError`, `ImagingError` for visibilities that cannot be used.
  /// - Complexity: O(visibilities + Σ *n*⁴) over times of *n* stations, the most of it for the errors.
  public init(
    _ set: VisibilitySet, model: [Complex<Double>], amplitudeScatter: [Double]?,
    threads: Int = 1
  ) throws {
    precondition(model.count == set.visibilities.count)
    precondition(
      amplitudeScatter.map {
        $0.count == set.stations.count && $0.allSatisfy { (1e-9...1e9).contains($0) }
      } ?? true)
    if set.visibilities.isEmpty { throw DerivedDataError.noVisibilities }
    if set.stations.isEmpty { throw DerivedDataError.stationsUnknown }
    try ImagingError.check(set.visibilities)
    let rank = Self.rankBySignal(set)
    let groups = Self.groups(set, model)
    let rows = parallelMap(groups.count, threads: threads) { index in
      let rows = groups[index]
      let stations = Swift.Set(
        rows.flatMap { [set.visibilities[$0].station1, set.visibilities[$0].station2] }
      ).sorted()
      var number = [Int](repeating: 0, count: set.stations.count)
      for (k, station) in stations.enumerated() { number[station] = k }
      let fit = GainFit(
        count: stations.count,
        reference: stations.indices.min { rank[stations[$0]] < rank[stations[$1]] }!,
        rows.map { row in
          let datum = set.visibilities[row]
          return GainFit.Baseline(
            stations: (number[datum.station1], number[datum.station2]),
            value: datum.value.divided(by: datum.sigma), model: model[row].divided(by: datum.sigma))
        }, scatter: amplitudeScatter.map { scatter in stations.map { scatter[$0] } })
      let errors = fit.errors
      let datum = set.visibilities[rows[0]]
      return stations.enumerated().map { k, station in
        let amplitude = exp(fit.logarithms[k])
        return Row(
          time: datum.time, station: station, channel: datum.channel, amplitude: amplitude,
          amplitudeError: amplitude * errors.logarithms[k], phase: fit.phases[k],
          phaseError: errors.phases[k])
      }
    }
    self.init(
      stations: set.stations.map(\.name),
      rows: rows.flatMap { $0 }.sorted {
        ($0.time, $0.channel, $0.station) < ($1.time, $1.channel, $1.station)
      })
  }

  /// Places of stations among all, the one of the best signal-to-noise ratio first.
  private static func rankBySignal(_ set: VisibilitySet) -> [Int] {
    var signal = [Double](repeating: 0, count: set.stations.count)
    for row in set.visibilities where row.station1 != row.station2 {
      let ratio = row.value.length / row.sigma
      signal[row.station1] += ratio
      signal[row.station2] += ratio
    }
    var rank = signal.map { _ in 0 }
    for (place, station) in signal.indices.sorted(by: { (-signal[$0], $0) < (-signal[$1], $1) })
      .enumerated()
    { rank[station] = place }
    return rank
  }

  private struct Moment: Hashable, Comparable {
    let time: Double
    let channel: Int

    static func < (a: Moment, b: Moment) -> Bool {
      (a.time, a.channel) < (b.time, b.channel)
    }
  }

  /// Rows of each time and channel whose baselines join their stations.
  private static func groups(_ set: VisibilitySet, _ model: [Complex<Double>]) -> [[Int]] {
    let rows = set.visibilities.indices.filter { row in
      let datum = set.visibilities[row]
      return datum.station1 != datum.station2 && model[row].isFinite && model[row] != .zero
    }
    return Dictionary(grouping: rows) {
      Moment(time: set.visibilities[$0].time, channel: set.visibilities[$0].channel)
    }
    .sorted { $0.key < $1.key }.flatMap { _, rows in
      // Each station begins alone; a baseline makes the two sides one.
      var side: [Int: Int] = [:]
      for row in rows {
        let (a, b) = (set.visibilities[row].station1, set.visibilities[row].station2)
        let (sideA, sideB) = (side[a] ?? a, side[b] ?? b)
        (side[a], side[b]) = (sideA, sideB)
        for station in side.keys where side[station] == sideB { side[station] = sideA }
      }
      return Dictionary(grouping: rows) { side[set.visibilities[$0].station1]! }
        .sorted { $0.key < $1.key }.map(\.value)
    }
  }
}
