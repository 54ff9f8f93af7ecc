import ArgumentParser
import NumericalMethods
import ThreeBody

/// Which method integrates: the Taylor series, or one to compare it with.
struct IntegratorOption: ExpressibleByArgument, CaseIterable {
  let name: String
  /// Nil for the Taylor series; the length of a step is for those that do not choose their own.
  let make: (@Sendable (_ step: Double) -> any GravityIntegrator)?
  let needsStep: Bool

  static let taylor = IntegratorOption(name: "taylor", make: nil)

  static let allCases: [IntegratorOption] =
    [
      taylor, IntegratorOption(name: "chain", make: { _ in AlgorithmicRegularization() }),
      IntegratorOption(name: "ias15", make: { _ in GaussRadau() }),
    ]
    + SymplecticScheme.allCases.map { scheme in
      IntegratorOption(
        name: "leapfrog-\(scheme.order)",
        make: { SymplecticIntegrator(scheme: scheme, step: $0) }, needsStep: true)
    }

  private init(
    name: String, make: (@Sendable (Double) -> any GravityIntegrator)?, needsStep: Bool = false
  ) {
    (self.name, self.make, self.needsStep) = (name, make, needsStep)
  }

  init?(argument: String) {
    guard let found = Self.allCases.first(where: { $0.name == argument }) else { return nil }
    self = found
  }

  var defaultValueDescription: String { name }
  static var allValueStrings: [String] { allCases.map(\.name) }

  /// Trajectories by a method to compare with, a system at a time on each thread.
  ///
  /// - Throws: `GravityError`, `Interrupted`.
  static func trajectories(
    by integrator: any GravityIntegrator, of systems: [GravitySystem], times: [Double],
    monitor: WorkMonitor
  ) throws -> [Trajectory] {
    let block = 64
    var trajectories: [Trajectory] = []
    for start in stride(from: 0, to: systems.count, by: block) {
      let part = start..<min(start + block, systems.count)
      trajectories += try parallelMap(part.count, threads: monitor.threads) { index in
        Result { try integrator.trajectory(of: systems[part.lowerBound + index], times: times) }
      }.map { try $0.get() }
      try monitor.advance(
        WorkProgress(label: "integrate", completed: part.upperBound, total: systems.count))
    }
    return trajectories
  }
}
