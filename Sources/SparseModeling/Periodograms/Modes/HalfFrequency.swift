import Foundation

/// Whether a mode is the second harmonic of a frequency half as high, as in β Lyrae, whose two minima differ
/// less than they are deep: whether sinusoids at odd multiples of the half lower χ².
public struct HalfFrequency: Sendable, Equatable {
  /// Half of the mode's.
  public let frequency: Double
  /// The drop of χ² by sinusoids at 1, 3 and 5 halves of the mode's frequency, together.
  public let drop: Double
  /// The probability of that drop in noise; these frequencies are given, not searched for.
  public let falseAlarm: Double

  /// - Parameter mode: of `model`, to which multiples of the half that are modes already are left.
  public init(of mode: Int, in model: SinusoidModel, _ series: WhitenedSeries) {
    let half = model.frequencies[mode] / 2
    frequency = half
    let odd = [1.0, 3, 5].map { $0 * half }.filter { candidate in
      !model.frequencies.contains { abs($0 - candidate) < 0.5 / series.duration }
    }
    guard !odd.isEmpty else {
      (drop, falseAlarm) = (0, 1)
      return
    }
    let without = SinusoidModel(series, frequencies: model.frequencies, refined: false)
    let with = SinusoidModel(series, frequencies: model.frequencies + odd, refined: false)
    drop = max(0, without.chiSquare - with.chiSquare)
    // No range of frequencies: the probability is that at one of them.
    let test = FalseAlarmProbability(
      width: 0, timeVariances: series.timeVariances, harmonics: odd.count)
    falseAlarm =
      ModeSearch.agrees(with.chiSquare, degreesOfFreedom: with.degreesOfFreedom)
      ? test.probability(drop: drop)
      : test.probability(
        drop: drop, before: without.chiSquare, degreesOfFreedom: without.degreesOfFreedom)
  }
}
