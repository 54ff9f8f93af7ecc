/// Why something cannot be integrated.
public enum GravityError: Error, CustomStringConvertible, Sendable, Equatable {
  case tooFewBodies(Int)
  case counts(masses: Int, positions: Int, velocities: Int)
  case badMass(body: Int, value: Double)
  case notFinite(String, body: Int, value: Double)
  case coincident(Int, Int)
  case badTime(index: Int, value: Double)
  case unsortedTimes(index: Int, value: Double, previous: Double)
  case badName(String, problem: String)
  case badSetting(String, value: Double, expected: String)

  public var description: String {
    switch self {
    case .tooFewBodies(let count): "found \(count) bodies, expected at least 2"
    case .counts(let masses, let positions, let velocities):
      "found \(masses) masses, \(positions) positions and \(velocities) velocities, expected as many of each"
    case .badMass(let body, let value):
      "mass of body \(body + 1): found \(value), expected a finite number above 0"
    case .notFinite(let what, let body, let value):
      "\(what) of body \(body + 1): found \(value), expected a finite number"
    case .coincident(let one, let other):
      "bodies \(one + 1) and \(other + 1) are in one place: their force is infinite"
    case .badTime(let index, let value):
      "time \(index + 1): found \(value), expected a finite number"
    case .unsortedTimes(let index, let value, let previous):
      "time \(index + 1): found \(value) after \(previous), expected times that only rise or only fall"
    case .badName(let name, let problem): "\(name) \(problem)"
    case .badSetting(let name, let value, let expected):
      "\(name): found \(value), expected \(expected)"
    }
  }
}
