/// A method of integration to compare the Taylor series with: one system at a time, in double precision.
public protocol GravityIntegrator: Sendable {
  var name: String { get }
  /// G in the units of the systems.
  var gravitationalConstant: Double { get set }

  /// The states at `times`, which rise from 0 or later on; the settings are known to be right.
  func future(of system: GravitySystem, times: [Double]) -> Trajectory

  /// The settings that have to be finite numbers above 0, by name.
  var positiveSettings: [(name: String, value: Double)] { get }
}

extension GravityIntegrator {
  /// Where the bodies are at `times`, which rise or fall; the system is as given at time 0, so that negative
  /// times are its past.
  ///
  /// - Throws: `GravityError` for times that are not finite or not sorted and settings out of range.
  public func trajectory(of system: GravitySystem, times: [Double]) throws -> Trajectory {
    for (name, value) in positiveSettings where !(value > 0 && value.isFinite) {
      throw GravityError.badSetting(name, value: value, expected: "a finite number above 0")
    }
    var checked = GravityIntegration()
    checked.gravitationalConstant = gravitationalConstant
    _ = try checked.trajectories(of: [], times: times)
    let past = times.indices.filter { times[$0] < 0 }.sorted { times[$0] > times[$1] }
    let coming = times.indices.filter { times[$0] >= 0 }.sorted { times[$0] < times[$1] }
    var parts = [(places: coming, trajectory: future(of: system, times: coming.map { times[$0] }))]
    if !past.isEmpty {
      let back = future(of: system.reversed, times: past.map { -times[$0] })
      parts.append((past, back.reversed))
    }
    return Trajectory(merging: parts, times: times.count)
  }
}

/// All methods, for what holds for each of them.
public enum ComparisonIntegrators {
  /// - Parameter step: of those that do not choose their own.
  public static func all(step: Double) -> [any GravityIntegrator] {
    [GaussRadau(), AlgorithmicRegularization()]
      + SymplecticScheme.allCases.map { SymplecticIntegrator(scheme: $0, step: step) }
  }
}
