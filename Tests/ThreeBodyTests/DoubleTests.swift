import NumericalMethods
import Testing
import ThreeBody

/// Single integrations: their independence of company and threads, and two bodies against Kepler's equation.
@Suite struct DoubleTests {
  private var double: GravityIntegration {
    var integration = GravityIntegration()
    integration.precision = .double
    return integration
  }

  private func systems() throws -> [GravitySystem] {
    try (0..<21).map { try Systems.falling(-0.02 * Double($0) - 0.03, 0.5 + 0.01 * Double($0)) }
  }

  @Test func resultsDoNotDependOnThreads() throws {
    let times = [0, 1.5, 3.0]
    let one = try double.trajectories(of: systems(), times: times, monitor: WorkMonitor(threads: 1))
    let three = try double.trajectories(
      of: systems(), times: times, monitor: WorkMonitor(threads: 3))
    #expect(one == three)
    #expect(one.allSatisfy { $0.end == .complete && $0.reached == 3 })
  }

  @Test func resultsDoNotDependOnCompany() throws {
    let systems = try systems()
    let all = try double.trajectories(of: systems, times: [3])
    for index in [0, 7, 13, 20] {
      #expect(try double.trajectories(of: [systems[index]], times: [3])[0] == all[index])
    }
    // Nor on those of other numbers of bodies, or out of the plane.
    let tilted = try Systems.binary(
      OrbitalElements(semimajorAxis: 1, eccentricity: 0.3, inclination: 1), masses: (1, 2))
    let mixed = try double.trajectories(of: [tilted, systems[7], tilted], times: [3])
    #expect(mixed[1] == all[7])
    #expect(mixed[0] == mixed[2])
  }

  @Test(arguments: [
    OrbitalElements(semimajorAxis: 1, eccentricity: 0),
    OrbitalElements(
      semimajorAxis: 2, eccentricity: 0.6, inclination: 0.7, ascendingNode: 1.1,
      pericentreArgument: 4, meanAnomaly: 2),
    OrbitalElements(
      semimajorAxis: 0.5, eccentricity: 0.99, inclination: 2.5, ascendingNode: 5,
      pericentreArgument: 0.3, meanAnomaly: 3),
    OrbitalElements(
      semimajorAxis: -1, eccentricity: 1.5, inclination: 1, ascendingNode: 2,
      pericentreArgument: 3, meanAnomaly: -4),
  ]) func keplerOrbit(_ elements: OrbitalElements) throws {
    let gravity = 39.5
    let strength = gravity * 3
    let system = try Systems.binary(elements, masses: (2, 1), gravitationalConstant: gravity)
    var integration = double
    integration.gravitationalConstant = gravity
    let motion =
      (strength / abs(elements.semimajorAxis * elements.semimajorAxis * elements.semimajorAxis))
      .squareRoot()
    for times in [[0, 0.1, 0.37, 1.0], [-0.2, -0.7], [-0.5, 0, 0.5]] {
      for precision in IntegrationPrecision.allCases {
        integration.precision = precision
        let path = try integration.trajectories(of: [system], times: times)[0]
        #expect(path.end == .complete)
        #expect(path.isConverged == (precision == .converged))
        for (index, time) in times.enumerated() {
          var then = elements
          then.meanAnomaly += motion * time
          let (r, v) = then.state(strength: strength)
          let (distance, speed) = ((r * r).sum().squareRoot(), (v * v).sum().squareRoot())
          // Relative errors of the distance by rounding, or by some hundred steps of 3e-15: at
          // pericentre they are errors of the energy larger by a / r, and so of the time since.
          let error = (precision == .converged ? 1e-15 : 1e-13) / abs(1 - elements.eccentricity)
          let shift = 10 * error * (abs(time) + 1 / motion)
          let turn = error
          for axis in 0..<3 {
            let x = path.value(index, 1, axis) - path.value(index, 0, axis)
            let u = path.value(index, 1, axis + 3) - path.value(index, 0, axis + 3)
            #expect(abs(x - r[axis]) < speed * shift + distance * turn)
            #expect(abs(u - v[axis]) < strength / (distance * distance) * shift + speed * turn)
          }
        }
      }
    }
  }

  /// Units of length, time and mass that are powers of two change no digit.
  @Test func unitsDoNotMatter() throws {
    let system = try Systems.falling(-0.2, 0.4)
    let (length, time, mass) = (0x1p37, 0x1p20, 0x1p90)
    let large = try GravitySystem(
      masses: system.masses.map { mass * $0 }, positions: system.positions.map { length * $0 },
      velocities: system.velocities)
    var integration = double
    let small = try integration.trajectories(of: [system], times: [1, 2])[0]
    integration.gravitationalConstant = length * length * length / (mass * time * time)
    let path = try integration.trajectories(of: [large], times: [time, 2 * time])[0]
    for place in small.state.indices {
      let unit = place % 6 < 3 ? length : length / time
      #expect(path.state[place] == unit * small.state[place])
      #expect(path.remainder[place] == unit * small.remainder[place])
    }
  }

  /// A user who asks to stop is heard.
  @Test func interruption() throws {
    let systems = try systems()
    #expect(throws: Interrupted.self) {
      _ = try double.trajectories(
        of: systems, times: [1], monitor: WorkMonitor(interrupted: { true }))
    }
  }

  /// Energy, momentum and angular momentum of ten bodies in space stay as they are.
  @Test func conservation() throws {
    let count = 10
    var stream = (0..<1000).map { index -> Double in
      // Numbers without a pattern: the fractional parts of multiples of the golden ratio, squared.
      let x = Double(index * index + 1) * 0.6180339887498949
      return x - x.rounded(.down) - 0.5
    }[...]
    func vector() -> SIMD3<Double> {
      SIMD3(stream.removeFirst(), stream.removeFirst(), stream.removeFirst())
    }
    let system = try GravitySystem(
      masses: (1...count).map { 1 / Double($0) }, positions: (0..<count).map { _ in 4 * vector() },
      velocities: (0..<count).map { _ in vector() })
    let path = try double.trajectories(of: [system], times: [0.5, 1])[0]
    #expect(path.end == .complete)
    #expect(path.energyErrors(from: system).allSatisfy { $0 < 1e-10 })
    let begin = system.conserved()
    let end = path.system(at: 1, masses: system.masses).conserved()
    for axis in 0..<3 {
      #expect(abs(end.momentum[axis] - begin.momentum[axis]) < 1e-12)
      #expect(abs(end.angularMomentum[axis] - begin.angularMomentum[axis]) < 1e-11)
    }
  }

  /// Bodies that fall at each other head-on collide at a known time.
  @Test func collisionEnds() throws {
    let system = try GravitySystem(
      masses: [1, 1], positions: [[-0.5, 0, 0], [0.5, 0, 0]], velocities: [.zero, .zero])
    // Half a period of the orbit with a = 1/2, whose other end is the collision.
    let fall = Double.pi * (1.0 / 8 / 2).squareRoot()
    for precision in IntegrationPrecision.allCases {
      var integration = GravityIntegration()
      integration.precision = precision
      let path = try integration.trajectories(of: [system], times: [0.99 * fall, 1.01 * fall])[0]
      #expect(path.reached == 1)
      #expect(path.end == .collision)
      #expect(!path.isConverged)
      #expect(path.value(1, 0, 0).isNaN)
    }
  }

  @Test func stepLimitEnds() throws {
    var integration = double
    integration.maximumSteps = 100
    let path = try integration.trajectories(of: [Systems.pythagorean()], times: [0.1, 70])[0]
    #expect(path.end == .stepLimit)
    #expect(path.reached == 1)
    #expect(path.steps == 100)
  }

  @Test func badInputIsNamed() throws {
    func message(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return "accepted"
    }
    func make(_ masses: [Double], _ positions: [SIMD3<Double>]) throws {
      _ = try GravitySystem(
        masses: masses, positions: positions, velocities: positions.map { _ in .zero })
    }
    #expect(message { try make([1], [.zero]) } == "found 1 bodies, expected at least 2")
    #expect(
      message { try make([1, 0], [.zero, .one]) }
        == "mass of body 2: found 0.0, expected a finite number above 0")
    #expect(
      message { try make([1, 1], [.zero, .zero]) }.hasPrefix("bodies 1 and 2 are in one place"))
    #expect(
      message { try make([1, 1], [.zero, [0, .nan, 0]]) }
        == "y of the position of body 2: found nan, expected a finite number")
    #expect(
      message { try make([1, 1, 1], [.zero, .one]) }.hasPrefix("found 3 masses, 2 positions"))
    let system = try Systems.pythagorean()
    for (times, text) in [
      ([0, 2, 1], "time 3: found 1.0 after 2.0"), ([0, .nan], "time 2: found nan"),
      ([1, 1], "time 2: found 1.0 after 1.0"),
    ] {
      #expect(
        message { _ = try double.trajectories(of: [system], times: times) }.hasPrefix(text))
    }
    var wrong = double
    wrong.gravitationalConstant = -1
    #expect(
      message { _ = try wrong.trajectories(of: [system], times: [1]) }
        == "gravitational constant: found -1.0, expected a finite number above 0")
  }
}
