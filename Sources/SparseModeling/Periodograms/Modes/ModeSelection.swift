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
    /// The errors where χ² of the model with one mode more agrees with them, else the scatter.
    case automatic
  }

  public struct Configuration: Codable, Sendable, Equatable {
    /// The largest false-alarm probability of modes that are accepted, over all numbers that are tried
    /// together.
    public var falseAlarmLimit = 0.01
    public var noise = Noise.automatic
    public var maximumModes = 10
    /// Modes that may be accepted together where none is significant without the others.
    public var together = 3

    public init() {}
  }

  /// One or several modes tried beside those accepted before.
  public struct Step: Sendable {
    /// The best model of all these modes.
    public let model: SinusoidModel
    public let added: Int
    /// By which χ² falls from the best model without them, of which all frequencies were free as well.
    public let drop: Double
    public let falseAlarm: Double
    /// Whether the drop was compared with the scatter, not with the errors of the data.
    public let isNoiseEstimated: Bool
    public let isAccepted: Bool
  }

  /// In the order of the trials.
  public let steps: [Step]
  /// χ² of the baseline alone.
  public let baselineChiSquare: Double

  /// The model of all significant modes; nil if there are none.
  public var model: SinusoidModel? { steps.last(where: \.isAccepted)?.model }
  public var significantCount: Int { model?.modes.count ?? 0 }
}

extension ModeSearch {
  /// Adds modes as long as they are significant.
  ///
  /// With k modes and k + 1 both at their best, all frequencies free, the drop of χ² is that of one
  /// frequency maximised over the grid, since small changes of the other frequencies are in both. Where
  /// one is not significant, because the scatter holds others, two and three together are tried; of the
  /// limit, one has a half, two a quarter, three an eighth.
  public func significantModes(
    _ configuration: ModeSelection.Configuration = .init()
  ) -> ModeSelection {
    let test = FalseAlarmProbability(
      width: grid.last - grid.first, timeVariances: series.timeVariances)
    var steps: [ModeSelection.Step] = []
    var (count, before) = (0, series.chiSquare)
    search: while true {
      let degrees = series.degreesOfFreedom(modes: count)
      let isExplained =
        configuration.noise != .estimated && Self.agrees(before, degreesOfFreedom: degrees)
      let most = min(
        isExplained ? 1 : configuration.together, configuration.maximumModes - count)
      for added in 1...max(1, most) where most > 0 {
        guard let model = model(modes: count + added) else { break search }
        let isEstimated =
          switch configuration.noise {
          case .given: false
          case .estimated: true
          // Several modes fit noise that is larger than stated until it agrees.
          case .automatic:
            added > 1
              || !Self.agrees(model.chiSquare, degreesOfFreedom: model.degreesOfFreedom)
          }
        let drop = before - model.chiSquare
        let falseAlarm =
          isEstimated
          ? test.probability(
            drop: drop, before: before, degreesOfFreedom: degrees, modes: added)
          : test.probability(drop: drop, modes: added)
        let limit = configuration.falseAlarmLimit * exp2(-Double(added))
        steps.append(
          ModeSelection.Step(
            model: model, added: added, drop: drop, falseAlarm: falseAlarm,
            isNoiseEstimated: isEstimated, isAccepted: falseAlarm <= limit))
        if falseAlarm <= limit {
          (count, before) = (count + added, model.chiSquare)
          continue search
        }
      }
      break
    }
    return ModeSelection(steps: steps, baselineChiSquare: series.chiSquare)
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
