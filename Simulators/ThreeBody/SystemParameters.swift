import Foundation

/// Which numbers make up a system, and which of them are parameters: the others are fixed.
///
/// Names are those of tables, m1, x1, y1, z1, vx1, … of each body; or, for bodies from the second on, the orbital
/// elements about the centre of mass of those before it (Jacobi's coordinates): a2, e2, inc2, Omega2, omega2, M2
/// with angles in degrees. What is neither parameter nor fixed is 0; masses have no default.
public struct SystemParameters: Sendable, Codable, Equatable {
  public var bodies = 3
  /// Values by name.
  public var fixed: [String: Double] = [:]
  /// Names of what varies, in the order of a draw's numbers.
  public var parameters: [String] = []
  /// Whether the last body is put, and moves, so that the centre of mass rests in the origin.
  public var balancesLast = false
  /// Draws with a body further from the origin than this are not answered.
  public var largestDistance = Double.infinity
  public var gravitationalConstant = 1.0

  private static let cartesian = ["x", "y", "z", "vx", "vy", "vz"]
  private static let elements = ["a", "e", "inc", "Omega", "omega", "M"]

  public init() {}

  /// Throws `GravityError` for names that no body has, or that contradict each other, and masses that are missing.
  public func check() throws(GravityError) {
    guard (2...10).contains(bodies) else {
      throw .badSetting("bodies", value: Double(bodies), expected: "2 to 10")
    }
    guard largestDistance > 0 else {
      throw .badSetting("largest distance", value: largestDistance, expected: "above 0")
    }
    var known: Set<String> = []
    for body in 1...bodies {
      known.insert("m\(body)")
      if balancesLast && body == bodies { continue }
      let cartesian = Self.cartesian.map { "\($0)\(body)" }
      let elements = body > 1 ? Self.elements.map { "\($0)\(body)" } : []
      known.formUnion(cartesian + elements)
      guard !isOrbit(body) || !cartesian.contains(where: isGiven) else {
        throw .badName(
          cartesian.first(where: isGiven)!,
          problem: "body \(body) is on an orbit: give coordinates or elements")
      }
    }
    for (index, name) in parameters.enumerated() {
      guard known.contains(name) else {
        throw .badName(name, problem: "is no number of a system of \(bodies) bodies")
      }
      guard fixed[name] == nil, !parameters[..<index].contains(name) else {
        throw .badName(name, problem: "is given twice")
      }
    }
    for name in fixed.keys.sorted() where !known.contains(name) {
      throw .badName(name, problem: "is no number of a system of \(bodies) bodies")
    }
    for body in 1...bodies where !isGiven("m\(body)") {
      throw .badName("m\(body)", problem: "is missing among parameters and fixed numbers")
    }
    for body in 2...bodies where isOrbit(body) && !isGiven("a\(body)") {
      throw .badName("a\(body)", problem: "is missing: body \(body) is on an orbit")
    }
  }

  private func isGiven(_ name: String) -> Bool {
    fixed[name] != nil || parameters.contains(name)
  }

  private func isOrbit(_ body: Int) -> Bool {
    body > 1 && Self.elements.contains { isGiven("\($0)\(body)") }
  }

  /// Whether no body can leave the plane z = 0.
  var isPlanar: Bool {
    !(1...bodies).contains { body in
      ["z", "vz", "inc"].contains { isGiven("\($0)\(body)") }
    }
  }

  /// The system of a draw.
  ///
  /// - Throws: `GravityError` for numbers that are no system: masses not above 0, bodies in one place, elements of
  ///   no orbit.
  public func system(_ theta: [Double]) throws(GravityError) -> GravitySystem {
    precondition(theta.count == parameters.count)
    var values = fixed
    for (name, value) in zip(parameters, theta) { values[name] = value }
    func value(_ prefix: String, _ body: Int) -> Double { values["\(prefix)\(body)"] ?? 0 }
    func vector(_ names: ArraySlice<String>, _ body: Int) -> SIMD3<Double> {
      let parts = names.map { value($0, body) }
      return SIMD3(parts[0], parts[1], parts[2])
    }
    let masses = (1...bodies).map { value("m", $0) }
    var (positions, velocities): ([SIMD3<Double>], [SIMD3<Double>]) = ([], [])
    // Of the bodies so far.
    var (mass, centre, drift) = (0.0, SIMD3<Double>.zero, SIMD3<Double>.zero)
    for body in 1...bodies {
      let own = masses[body - 1]
      var position = vector(Self.cartesian[0..<3], body)
      var velocity = vector(Self.cartesian[3..<6], body)
      if balancesLast && body == bodies {
        (position, velocity) = (-(mass / own) * centre, -(mass / own) * drift)
      } else if isOrbit(body) {
        let orbit = try elements(value, body)
        let state = orbit.state(strength: gravitationalConstant * (mass + own))
        (position, velocity) = (centre + state.position, drift + state.velocity)
      }
      positions.append(position)
      velocities.append(velocity)
      centre = (mass * centre + own * position) / (mass + own)
      drift = (mass * drift + own * velocity) / (mass + own)
      mass += own
    }
    return try GravitySystem(masses: masses, positions: positions, velocities: velocities)
  }

  private func elements(
    _ value: (String, Int) -> Double, _ body: Int
  ) throws(GravityError) -> OrbitalElements {
    let (a, e) = (value("a", body), value("e", body))
    guard a > 0 ? (0..<1).contains(e) : a < 0 && e > 1 else {
      throw .badSetting(
        "e\(body)", value: e,
        expected: a > 0 ? "0 to below 1" : "above 1 with a\(body) < 0, found \(a)")
    }
    let degree = Double.pi / 180
    return OrbitalElements(
      semimajorAxis: a, eccentricity: e, inclination: value("inc", body) * degree,
      ascendingNode: value("Omega", body) * degree,
      pericentreArgument: value("omega", body) * degree, meanAnomaly: value("M", body) * degree)
  }
}
