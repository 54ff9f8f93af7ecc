import Foundation
import Microlensing
import NumericalMethods
import Plotting

/// A model's light curve beside that of its offset twin.
public struct TwinComparison: Sendable {
  public let twin: BinaryLensParameters
  /// The twin's magnifications `[epochs]`.
  public let magnifications: [Double]
  /// The greatest of |A − A_twin|/A, and when it is reached.
  public let largestDifference: Double
  public let timeOfLargestDifference: Double

  /// The twin as the parameter file of an event, the difference in a comment.
  public var yaml: String {
    let degrees = twin.alpha * 180 / .pi
    let difference = String(format: "%.3g", largestDifference)
    return """
      # Offset twin (Zhang, Gaudi & Bloom 2022): differs by at most \(difference) of the \
      magnification, at time \(timeOfLargestDifference).
      t0: \(twin.t0)
      u0: \(twin.u0)
      tE: \(twin.tE)
      rho: \(twin.rho)
      s: \(twin.s)
      q: \(twin.q)
      alpha: \(degrees)
      """
  }
}

extension EventModel {
  /// The light curve of a twin at the same times, with the same limb darkening.
  ///
  /// - Throws: `Interrupted`.
  public func comparison(
    with twin: BinaryLensParameters, times: [Double], tolerance: Double,
    monitor: WorkMonitor = WorkMonitor()
  ) throws -> TwinComparison {
    precondition(!times.isEmpty)
    let curves = try [parameters, twin].map {
      try Self.magnifications(
        of: $0, times: times, bands: [limbDarkening], tolerance: tolerance, label: "twin",
        monitor: monitor)[0]
    }
    let differences = zip(curves[0], curves[1]).map { abs($0 - $1) / $0 }
    let largest = differences.indices.max { differences[$0] < differences[$1] }!
    return TwinComparison(
      twin: twin, magnifications: curves[1], largestDifference: differences[largest],
      timeOfLargestDifference: times[largest])
  }

  /// A warning when the times look like those of another time system.
  public func note(on times: [Double]) -> String? {
    let nearest = times.map { abs($0 - parameters.t0) }.min() ?? 0
    guard nearest > 100 * parameters.tE else { return nil }
    return "note: no time is within 100 tE of t0 = \(parameters.t0); are both in one time system?"
  }

  /// (A − A_twin)/A around the place where the track crosses the axis of the masses.
  ///
  /// - Throws: `Interrupted`.
  public func residualMap(
    of pair: OffsetDegeneracy, tolerance: Double, monitor: WorkMonitor = WorkMonitor()
  ) throws -> ResidualMapFigure {
    let solution = pair.solution
    let window = (solution.t0 - 2 * solution.tE)...(solution.t0 + 2 * solution.tE)
    let (view, twinView) = (
      try LensView(solution, window: window), try LensView(pair.twin, window: window)
    )
    // The twin's frame is moved so that the primaries coincide.
    let shift = view.masses[0].position.x - twinView.masses[0].position.x
    let twinCaustics = twinView.caustics.map {
      $0.map { point in
        LensPlane.Point(x: point.x + shift, y: point.y)
      }
    }
    let crossing = OffsetDegeneracy.crossing(of: solution) + view.masses[0].position.x
    func reach(_ region: LensPlane.Region, movedBy shift: Double) -> Double {
      abs(region.center.x + shift - crossing) + region.radius
    }
    let reach = max(reach(view.detail, movedBy: 0), reach(twinView.detail, movedBy: shift))
    let half = min(1.5, max(1.1 * reach, 6 * solution.rho))
    let size = 180
    let step = 2 * half / Double(size)
    let y: [Double] = (0..<size).map { (Double($0) + 0.5) * step - half }
    let x = y.map { $0 + crossing }
    // Rows are the tasks, a few at a time so that Ctrl-C is heard.
    var rows: [[Double]] = []
    for first in stride(from: 0, to: size, by: 4 * monitor.threads) {
      try monitor.advance(WorkProgress(label: "twin map", completed: first, total: size))
      rows += parallelMap(min(4 * monitor.threads, size - first), threads: monitor.threads) { row in
        pair.residuals(
          x: x, y: [Double](repeating: y[first + row], count: size),
          limbDarkening: limbDarkening, tolerance: tolerance)
      }
    }
    try monitor.advance(WorkProgress(label: "twin map", completed: size, total: size))
    return ResidualMapFigure(
      x: x, y: y, values: rows, caustics: view.caustics, otherCaustics: twinCaustics,
      track: solution.track(reaching: 3 * (2 + solution.s)),
      label: String(format: "s = %.4g", solution.s),
      otherLabel: String(format: "s = %.4g", pair.twin.s))
  }
}
