import Foundation

/// The errors of an active and of a random design by their numbers of simulations, on the same test rows.
public struct DesignComparison: Codable, Sendable {
  public struct Point: Codable, Sendable, Equatable {
    /// Those that calibrate included.
    public let simulations: Int
    /// As of `SurrogateScores`.
    public let relativeError: Double
    public let relativeAbsolute: Double

    public init(simulations: Int, relativeError: Double, relativeAbsolute: Double) {
      self.simulations = simulations
      (self.relativeError, self.relativeAbsolute) = (relativeError, relativeAbsolute)
    }
  }

  /// How many times the simulations a random design needs.
  public struct Saving: Codable, Sendable, Equatable {
    public let ratio: Double
    /// Whether the random design never came as far: the ratio is at least this.
    public let isBound: Bool

    public init(ratio: Double, isBound: Bool) { (self.ratio, self.isBound) = (ratio, isBound) }
  }

  /// Rising in simulations, at least one each.
  public let active: [Point]
  public let random: [Point]

  public init(active: [Point], random: [Point]) { (self.active, self.random) = (active, random) }

  public var saving: Saving { saving(\.relativeError) }
  public var savingOfAbsolute: Saving { saving(\.relativeAbsolute) }

  /// The simulations at which the random design first has the error that the active one ends with, over those of the
  /// active one; between its points, errors are powers of the simulations.
  private func saving(_ error: (Point) -> Double) -> Saving {
    let goal = active.last!
    let needed = error(goal)
    let total = Double(goal.simulations)
    guard let place = random.firstIndex(where: { error($0) <= needed }) else {
      return Saving(ratio: Double(random.last!.simulations) / total, isBound: true)
    }
    let after = random[place]
    guard place > 0, error(after) > 0, needed > 0 else {
      return Saving(ratio: Double(after.simulations) / total, isBound: false)
    }
    let before = random[place - 1]
    let part = log(error(before) / needed) / log(error(before) / error(after))
    let growth = Double(after.simulations) / Double(before.simulations)
    return Saving(
      ratio: Double(before.simulations) * pow(growth, part) / total, isBound: false)
  }

  var metrics: [String: Double] {
    [
      "saving": saving.ratio, "saving_is_bound": saving.isBound ? 1 : 0,
      "saving_absolute": savingOfAbsolute.ratio,
      "saving_absolute_is_bound": savingOfAbsolute.isBound ? 1 : 0,
    ]
  }

  /// Rows of random designs to compare with: those of the active one's rounds, then √2 more each time until `factor`
  /// times the last.
  public static func sizes(_ rounds: [Int], factor: Double) -> [Int] {
    let last = Double(rounds.last!)
    var sizes = rounds
    for step in 1... {
      let part = min(pow(2, Double(step) / 2), factor)
      if Int(part * last) > sizes.last! { sizes.append(Int(part * last)) }
      if part == factor { break }
    }
    return sizes
  }
}
