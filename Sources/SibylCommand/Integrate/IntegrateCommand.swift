import ArgumentParser
import ArrayFiles
import Foundation
import NumericalMethods
import ThreeBody

struct IntegrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "integrate",
    abstract: "Trajectories of a few gravitating bodies, converged to the last digit.",
    discussion: """
      SYSTEMS is a table with the columns m1, x1, y1, z1, vx1, vy1, vz1, m2, …, a system a row; z and vz \
      may be left out. Times are those of a file with a column time, or --samples of them from 0 to \
      --until, which may be negative. Units are yours, with --gravity for G.

      --precision converged integrates twice in double-double arithmetic and says where the two agree; \
      chaos makes double wrong for one system of ten after some crossing times. TRAJ is an .npz with

        t [k]                       times
        state [n, k, bodies, 6]     x, y, z, vx, vy, vz; nan after an early end
        converged [n]               1 where the two integrations agree at all times
        energy_error [n]            the largest relative one
        steps [n], least_separation [n], lyapunov [n, k] with --lyapunov

      Decimals of the table beyond a double's digits count. --events writes a table of system, time, kind \
      (encounter, collision, escape, exchange: another pair is the most tightly bound), bodies, former pair and \
      distance. --integrator compares, in double precision: chain regularises close encounters, ias15 is REBOUND's \
      method, leapfrog-2 to -8 take steps of --step. --figures draws paths coloured by \
      time, animations (SVG, for a browser) and the errors of the energy.

      Example: sibyl integrate systems.csv --until 10 --samples 101 -o trajectories.npz
      """)

  @Argument(help: "The systems, a CSV file.")
  var systems: String

  @Option(parsing: .unconditional, help: "The last time; negative for the past.")
  var until: Double?

  @Option(help: "Number of times from 0 to the last.")
  var samples = 101

  @Option(help: "A CSV file with a column time, or a single column, in rising or falling order.")
  var times: String?

  @Option(help: "double, or converged.")
  var precision = IntegrationPrecision.converged

  @Option(help: "The method of integration.")
  var integrator = IntegratorOption.taylor

  @Option(help: "Length of a step, for methods that do not choose their own.")
  var step: Double?

  @Option(help: "G in the units of the table.")
  var gravity = 1.0

  @Option(help: "How closely two integrations must agree, relative to the size of the system.")
  var agreement = 1e-8

  @Option(help: "Steps after which an integration is given up.")
  var maximumSteps = 1_000_000

  @Flag(help: "Finite-time Lyapunov exponents, by the variational equations.")
  var lyapunov = false

  @OptionGroup var eventOptions: EventOptions

  @Option(help: "A folder for figures and animations of the first systems, at most 12.")
  var figures: String?

  @Option(name: .shortAndLong, help: "The .npz file to write.")
  var output: String

  @Flag(help: "Replace the output file if it exists.")
  var force = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (until == nil) != (times == nil) else {
      throw ValidationError("give either --until or --times")
    }
    if let until, !(until.isFinite && until != 0) {
      throw ValidationError("--until is \(until); it must be finite and not 0")
    }
    guard samples >= 2, samples <= 10_000_000 else {
      throw ValidationError("--samples is \(samples); it must be from 2 to 10000000")
    }
    if let step, !(step > 0 && step.isFinite) {
      throw ValidationError("--step is \(step); it must be above 0")
    }
    guard integrator.needsStep == (step != nil) else {
      throw ValidationError(
        integrator.needsStep
          ? "--integrator \(integrator.name) takes steps of one length: give --step"
          : "--step is for the leapfrog integrators")
    }
    let seeksEvents = try eventOptions.criteria != nil
    if integrator.make != nil, lyapunov || seeksEvents {
      throw ValidationError(
        "--lyapunov, --events and --radii are found by the Taylor series, not by "
          + "--integrator \(integrator.name)")
    }
    guard maximumSteps >= 1 else {
      throw ValidationError("--maximum-steps is \(maximumSteps); it must be at least 1")
    }
  }

  private var integration: GravityIntegration {
    get throws {
      var integration = GravityIntegration()
      integration.gravitationalConstant = gravity
      integration.precision = precision
      integration.agreement = agreement
      integration.maximumSteps = maximumSteps
      integration.findsLyapunovExponents = lyapunov
      integration.events = try eventOptions.criteria
      return integration
    }
  }

  private func trajectories(
    of systems: [GravitySystem], times: [Double], monitor: WorkMonitor
  ) throws -> [Trajectory] {
    guard var other = integrator.make?(step ?? 1) else {
      return try integration.trajectories(of: systems, times: times, monitor: monitor)
    }
    other.gravitationalConstant = gravity
    return try IntegratorOption.trajectories(
      by: other, of: systems, times: times, monitor: monitor)
  }

  private func readTimes() throws -> [Double] {
    guard let times else {
      // The sum leaves no negative zero.
      return (0..<samples).map { 0 + until! * Double($0) / Double(samples - 1) }
    }
    let table = try CSVTable.read(times)
    guard table.columnNames.contains("time") || table.columnNames.count == 1 else {
      throw FileError(path: times, column: "time", problem: "is missing")
    }
    return try table.doubles(
      table.columnNames.contains("time") ? "time" : table.columnNames[0])
  }

  func run() throws {
    let output = try OutputFile(output, force: force)
    let folder = try figures.map { try OutputFolder($0, force: force) }
    if let events = eventOptions.events { _ = try OutputFile(events, force: force) }
    let systems = try SystemTable(systems).systems
    let times = try readTimes()
    let bodies = systems[0].masses.count
    try common.withMonitor { monitor in
      let trajectories: [Trajectory]
      do {
        trajectories = try self.trajectories(of: systems, times: times, monitor: monitor)
      } catch let error as GravityError {
        throw FileError(path: self.times ?? self.systems, problem: "\(error)")
      }
      let errors = zip(systems, trajectories).map { system, trajectory in
        trajectory.energyErrors(from: system, gravitationalConstant: gravity)
          .filter { !$0.isNaN }.max() ?? .nan
      }
      let count = systems.count
      var archive = NPZWriter()
      archive.add("t", NDArray(shape: [times.count], values: times))
      archive.add(
        "state",
        NDArray(
          shape: [count, times.count, bodies, 6], values: trajectories.flatMap(\.state)))
      archive.add(
        "converged",
        NDArray(shape: [count], values: trajectories.map { UInt8($0.isConverged ? 1 : 0) }))
      archive.add("energy_error", NDArray(shape: [count], values: errors))
      archive.add("steps", NDArray(shape: [count], values: trajectories.map { Int64($0.steps) }))
      archive.add(
        "least_separation", NDArray(shape: [count], values: trajectories.map(\.leastSeparation)))
      if lyapunov {
        archive.add(
          "lyapunov",
          NDArray(
            shape: [count, times.count], values: trajectories.flatMap { $0.lyapunovExponents! }))
      }
      try archive.write(to: output.path)
      try eventOptions.write(trajectories)
      if let folder {
        try folder.fill {
          try TrajectoryFigures(
            systems: systems, trajectories: trajectories, times: times, gravity: gravity
          ).write(to: $0, monitor: monitor)
        }
      }
      for note in Self.notes(trajectories, integrator.make == nil ? precision : .double) {
        monitor.note(note)
      }
    }
  }

  /// What the owner of the systems should know.
  private static func notes(
    _ trajectories: [Trajectory], _ precision: IntegrationPrecision
  ) -> [String] {
    let count = trajectories.count
    func note(_ number: Int, _ text: String) -> [String] {
      number > 0 ? ["\(number) of \(count) systems \(text)"] : []
    }
    return note(
      trajectories.count { $0.end == .collision }, "end in a collision: nan after it")
      + note(
        trajectories.count { $0.end == .stepLimit },
        "need more steps than --maximum-steps: nan after the last")
      + (precision == .converged
        ? note(
          trajectories.count { $0.end == .complete && !$0.isConverged },
          "are not converged: the integrations part before the end") : [])
  }
}

extension IntegrationPrecision: ExpressibleByArgument {}
