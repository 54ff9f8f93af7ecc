/// Paths of bodies through space at common times, and what happened to them on the way.
public struct Trajectories: Sendable {
  /// Something that happened to one body or several.
  public struct Event: Sendable {
    public var time: Double
    /// Such as `encounter`; those of one kind share a symbol.
    public var kind: String
    /// Numbers of the bodies from 0; the event is drawn in the middle between them.
    public var bodies: [Int]

    public init(time: Double, kind: String, bodies: [Int]) {
      (self.time, self.kind, self.bodies) = (time, kind, bodies)
    }
  }

  /// Two axes of space, across and up.
  public enum Plane: Sendable, CaseIterable {
    case xy, xz, yz

    var axes: (across: Int, up: Int) {
      switch self {
      case .xy: (0, 1)
      case .xz: (0, 2)
      case .yz: (1, 2)
      }
    }

    func callAsFunction(_ position: SIMD3<Double>) -> SIMD2<Double> {
      SIMD2(position[axes.across], position[axes.up])
    }
  }

  /// In order, or in reverse where they were integrated backwards, `[k]`.
  public var times: [Double]
  /// `[bodies][k]`; NaN of all bodies after an early end.
  public var positions: [[SIMD3<Double>]]
  /// `[bodies]`.
  public var masses: [Double]
  /// `[bodies]`.
  public var names: [String]
  public var events: [Event]
  public var timeUnit: String?
  public var lengthUnit: String?
  /// Whether times without positions have been cut off.
  private(set) var endsEarly = false

  /// - Parameter names: 1, 2, ... when nil.
  public init(
    times: [Double], positions: [[SIMD3<Double>]], masses: [Double], names: [String]? = nil,
    events: [Event] = [], timeUnit: String? = nil, lengthUnit: String? = nil
  ) {
    (self.times, self.positions, self.masses) = (times, positions, masses)
    self.names = names ?? positions.indices.map { "\($0 + 1)" }
    (self.events, self.timeUnit, self.lengthUnit) = (events, timeUnit, lengthUnit)
  }

  static let mostBodies = 200

  /// The part with positions, up to an early end; throws what `figure` cannot draw.
  func known(for figure: String) throws(PlottingError) -> Trajectories {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: figure, problem: problem)
    }
    guard times.count >= 2 else { throw fail("\(times.count) times; at least 2") }
    guard (1...Self.mostBodies).contains(positions.count) else {
      throw fail("\(positions.count) bodies; from 1 to \(Self.mostBodies)")
    }
    guard names.count == positions.count, masses.count == positions.count else {
      throw fail(
        "\(positions.count) paths, \(masses.count) masses and \(names.count) names; equal")
    }
    if let body = masses.firstIndex(where: { !($0 > 0 && $0 < 1e100) }) {
      throw fail("mass of \(names[body]) is \(masses[body]); above 0, below 1e100")
    }
    if let problem = Self.disorder(of: times) { throw fail(problem) }
    for (path, name) in zip(positions, names) where path.count != times.count {
      throw fail("\(path.count) positions of \(name) at \(times.count) times; equal")
    }
    try checkEvents(fail)

    var known = self
    let end = times.indices.first { index in positions.contains { !Self.isNumber($0[index]) } }
    if let end {
      guard end >= 2 else {
        throw fail("positions at \(end) times before they are nan; at least 2")
      }
      for (path, name) in zip(positions, names) {
        if let index = path.indices[end...].first(where: { Self.isNumber(path[$0]) }) {
          throw fail("position \(index) of \(name) is \(Self.text(path[index])) after nan; nan")
        }
      }
      known.times.removeSubrange(end...)
      for body in positions.indices { known.positions[body].removeSubrange(end...) }
      known.endsEarly = true
    }
    for (path, name) in zip(known.positions, names) {
      if let index = path.firstIndex(where: { !Self.isInReach($0) }) {
        throw fail(
          "position \(index) of \(name) is \(Self.text(path[index])); finite, below 1e100")
      }
    }
    return known
  }

  private func checkEvents(_ fail: (String) -> PlottingError) throws(PlottingError) {
    let (first, last) = (min(times[0], times.last!), max(times[0], times.last!))
    for event in events {
      guard (first...last).contains(event.time) else {
        throw fail("\(event.kind) at time \(event.time); from \(first) to \(last)")
      }
      guard !event.bodies.isEmpty, event.bodies.allSatisfy(positions.indices.contains) else {
        throw fail("bodies of \(event.kind) are \(event.bodies); from 0 to \(positions.count - 1)")
      }
    }
  }

  /// Why times are not in order, nil where they are.
  static func disorder(of times: [Double]) -> String? {
    if let index = times.firstIndex(where: { abs($0).isNaN || abs($0) >= 1e100 }) {
      return "time \(index) is \(times[index]); finite, below 1e100"
    }
    let isForward = times[1] > times[0]
    return times.indices.dropFirst().first {
      times[$0] == times[$0 - 1] || (times[$0] > times[$0 - 1]) != isForward
    }.map { "time \($0) is \(times[$0]) after \(times[$0 - 1]); in order, no two equal" }
  }

  private static func isNumber(_ position: SIMD3<Double>) -> Bool {
    !(position.x.isNaN || position.y.isNaN || position.z.isNaN)
  }

  private static func isInReach(_ position: SIMD3<Double>) -> Bool {
    max(abs(position.x), abs(position.y), abs(position.z)) < 1e100
  }

  private static func text(_ position: SIMD3<Double>) -> String {
    "(\(position.x), \(position.y), \(position.z))"
  }
}
