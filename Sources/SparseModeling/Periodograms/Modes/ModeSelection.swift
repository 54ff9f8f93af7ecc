import Foundation

/// How many modes there are: the best models of 0, 1, 2 ... modes, and the false-alarm probability of each
/// mode added.
public struct ModeSelection: Sendable {
  /// What the test of a mode measures its drop of χ² against.
  public enum Noise: String, Codable, Sendable, CaseIterable {
    /// The errors of the data.
    case given
    /// The scatter about the model with the mode: safe where the errors are off by a factor, or where
    /// there is more than sinusoids and noise.
    case estimated
    /// The errors where χ² of the model with the mode agrees with them, else the scatter.
    case automatic
  }

  public struct Configuration: Codable, Sendable, Equatable {
    /// The largest false-alarm probability of a mode.
    public var falseAlarmLimit = 0.01
    public var noise = Noise.automatic
    public var maximumModes = 10

    public init() {}
  }

  /// The best model of one mode more than the one before.
  public struct Step: Sendable {
    public let model: SinusoidModel
    /// By which it lowers χ² of the best model before it, of which all frequencies were free as well.
    public let drop: Double
    public let falseAlarm: Double
    /// Whether the drop was compared with the scatter, not with the errors of the data.
    public let isNoiseEstimated: Bool
  }

  /// The last is the first that is not significant, unless the maximum of modes was reached.
  public let steps: [Step]
  public let significantCount: Int
  /// χ² of the baseline alone.
  public let baselineChiSquare: Double

  /// The model of all significant modes; nil if there are none.
  public var model: SinusoidModel? {
    significantCount > 0 ? steps[significantCount - 1].model : nil
  }
}

extension ModeSearch {
  /// Adds modes as long as they are significant.
  ///
  /// With k modes and k + 1 both at their best, all frequencies free, the drop of χ² is that of one
  /// frequency maximised over the grid, since small changes of the other frequencies are in both.
  public func significantModes(
    _ configuration: ModeSelection.Configuration = .init()
  ) -> ModeSelection {
    let test = FalseAlarmProbability(
      width: grid.last - grid.first, timeVariances: series.timeVariances)
    var steps: [ModeSelection.Step] = []
    var before = series.chiSquare
    while steps.count < configuration.maximumModes,
      let model = model(modes: steps.count + 1)
    {
      let drop = before - model.chiSquare
      let isEstimated =
        switch configuration.noise {
        case .given: false
        case .estimated: true
        case .automatic:
          !Self.agrees(model.chiSquare, degreesOfFreedom: model.degreesOfFreedom)
        }
      let falseAlarm =
        isEstimated
        ? test.probability(
          drop: drop, before: before,
          degreesOfFreedom: series.degreesOfFreedom(modes: steps.count))
        : test.probability(drop: drop)
      steps.append(
        ModeSelection.Step(
          model: model, drop: drop, falseAlarm: falseAlarm, isNoiseEstimated: isEstimated))
      guard falseAlarm <= configuration.falseAlarmLimit else { break }
      before = model.chiSquare
    }
    let isLastSignificant = (steps.last?.falseAlarm ?? 1) <= configuration.falseAlarmLimit
    return ModeSelection(
      steps: steps, significantCount: isLastSignificant ? steps.count : max(0, steps.count - 1),
      baselineChiSquare: series.chiSquare)
  }

  /// Whether χ² is within the central 98 per cent of its distribution (Wilson & Hilferty 1931, PNAS 17,
  /// 684).
  static func agrees(_ chiSquare: Double, degreesOfFreedom: Int) -> Bool {
    guard degreesOfFreedom > 0 else { return false }
    let n = Double(degreesOfFreedom)
    let deviate = (cbrt(chiSquare / n) - (1 - 2 / (9 * n))) / (2 / (9 * n)).squareRoot()
    return abs(deviate) <= 2.326
  }
}
