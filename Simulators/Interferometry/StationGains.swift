import Foundation
import Numerics
import Observations
import Probability

/// What stations do to the visibilities: V₁₂ becomes g₁ g₂* V₁₂ with a complex gain of each station.
///
/// Closure phases and closure amplitudes do not notice.
public struct StationGains: Sendable, Equatable {
  public enum Variation: Sendable, Equatable {
    /// One gain for each scan, independent of the others.
    case perScan
    /// Gains that begin at one and change by independent steps from an integration to the next.
    case randomWalk
  }

  public var variation: Variation
  /// Standard deviation of ln |g|, of each gain or of each step.
  public var amplitudeScatter: Double
  /// Standard deviation of arg g, of each gain or of each step, radians; infinite where any phase is as
  /// probable as any other.
  public var phaseScatter: Double

  public init(variation: Variation, amplitudeScatter: Double, phaseScatter: Double) {
    precondition(amplitudeScatter >= 0 && amplitudeScatter.isFinite && phaseScatter >= 0)
    self.variation = variation
    self.amplitudeScatter = amplitudeScatter
    self.phaseScatter = phaseScatter
  }

  /// Multiplies values by gains, drawn for the set's stations and times.
  ///
  /// A gain depends on the seed, the station's index and the number of its scan or integration only.
  /// Channels share gains, and sigmas stay as they are.
  public func apply(to set: inout VisibilitySet, seed: UInt64) {
    precondition(!set.stations.isEmpty, "there are no stations to have gains")
    let times = IntegrationTimes(of: set.visibilities)
    let gains = set.stations.indices.map { self.gains(station: $0, times: times, seed: seed) }
    for index in set.visibilities.indices {
      let visibility = set.visibilities[index]
      let time = times.integration(at: visibility.time)
      set.visibilities[index].value *=
        gains[visibility.station1][time] * gains[visibility.station2][time].conjugate
    }
  }

  /// The gains of a station, one for each integration.
  private func gains(station: Int, times: IntegrationTimes, seed: UInt64) -> [Complex<Double>] {
    switch variation {
    case .perScan:
      let ofScans = (0..<times.scanCount).map { draw(station: station, number: $0, seed: seed) }
      return times.scans.map { gain(ofScans[$0]) }
    case .randomWalk:
      var state = SIMD2<Double>.zero
      return times.hours.indices.map { number in
        if number > 0 { state += draw(station: station, number: number, seed: seed) }
        return gain(state)
      }
    }
  }

  /// ln |g| and arg g of a gain, or of a step.
  private func draw(station: Int, number: Int, seed: UInt64) -> SIMD2<Double> {
    let index = UInt64(station) << 32 | UInt64(number)
    var stream = RandomStream(seed: seed, purpose: .gain, index: index)
    let (first, second) = stream.normalPair()
    let phase = phaseScatter.isFinite ? phaseScatter * second : 2 * .pi * stream.uniform()
    return SIMD2(amplitudeScatter * first, phase)
  }

  private func gain(_ state: SIMD2<Double>) -> Complex<Double> {
    Complex(cos(state.y), sin(state.y)) * Complex(exp(state.x))
  }
}

/// The distinct times of a set of visibilities, and the scans they form.
struct IntegrationTimes {
  /// In ascending order.
  let hours: [Double]
  /// Number of the scan of each time, from 0.
  let scans: [Int]

  var scanCount: Int { (scans.last ?? -1) + 1 }

  /// A pause of more than this between two integrations ends a scan, s.
  static let longestPause = 60.0

  init(of visibilities: [Visibility]) {
    let sorted = visibilities.sorted { $0.time < $1.time }
    var hours: [Double] = []
    var scans: [Int] = []
    // Until when the current scan has been observed.
    var end = -Double.infinity
    for visibility in sorted {
      let half = visibility.integration / 7200
      if visibility.time != hours.last {
        let isNew = visibility.time - half > end + Self.longestPause / 3600
        scans.append(isNew ? (scans.last ?? -1) + 1 : scans.last!)
        hours.append(visibility.time)
      }
      end = max(end, visibility.time + half)
    }
    self.hours = hours
    self.scans = scans
  }

  /// Number of the integration at a time that occurs.
  ///
  /// - Complexity: O(log times)
  func integration(at time: Double) -> Int {
    var range = hours.indices
    while range.count > 1 {
      let middle = range.lowerBound + range.count / 2
      range = hours[middle] <= time ? middle..<range.upperBound : range.lowerBound..<middle
    }
    return range.lowerBound
  }
}
