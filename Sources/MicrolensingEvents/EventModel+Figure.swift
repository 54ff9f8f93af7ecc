import Foundation
import Microlensing
import NumericalMethods
import Plotting

extension EventModel {
  /// The geometry of the event and its light curve beside that of a point lens, and of the twin.
  ///
  /// - Parameters:
  ///   - times: of the data; the figure shows those within 2 tE of t0.
  ///   - tolerance: relative error of the curves.
  /// - Throws: `Interrupted`.
  public func figure(
    times: [Double], twin: BinaryLensParameters? = nil, tolerance: Double,
    monitor: WorkMonitor = WorkMonitor()
  ) throws -> LensFigure {
    let window = window(times)
    let view = try LensView(parameters, window: window)
    let detailTimes = view.times(in: view.detail, window: window)
    let lenses = [parameters] + (twin.map { [$0] } ?? [])
    let (grid, values) = try sampled(
      lenses, over: [window, detailTimes], tolerance: tolerance, monitor: monitor)
    let peak = grid.indices.filter { detailTimes.contains(grid[$0]) }.max {
      values[0][$0] < values[0][$1]
    }
    let place = parameters.sourcePosition(at: peak.map { grid[$0] } ?? parameters.t0)
    var curves = [LensFigure.Curve(label: "binary lens", times: grid, magnifications: values[0])]
    curves.append(
      .init(
        label: "single lens", times: grid,
        magnifications: grid.map { time in
          let tau = (time - parameters.t0) / parameters.tE
          return SingleLens.magnification(u: hypot(parameters.u0, tau), rho: parameters.rho)
        }))
    if let twin {
      curves.append(
        .init(
          label: String(format: "twin, s = %.4g", twin.s), times: grid, magnifications: values[1]))
    }
    return LensFigure(
      masses: view.masses, criticalCurves: view.criticalCurves, caustics: view.caustics,
      track: parameters.track(reaching: 3 * (2 + parameters.s)),
      source: .init(center: .init(x: place.x, y: place.y), radius: parameters.rho),
      detail: view.detail, detailTimes: detailTimes, curves: curves)
  }

  /// The times of the data within 2 tE of t0, or all of these days where no data are.
  private func window(_ times: [Double]) -> ClosedRange<Double> {
    let (low, high) = (parameters.t0 - 2 * parameters.tE, parameters.t0 + 2 * parameters.tE)
    let first = max(times.min() ?? low, low)
    let last = min(times.max() ?? high, high)
    return first < last ? first...last : low...high
  }

  /// Times dense enough to draw the curves of all lenses, and their magnifications `[lenses][times]`.
  private func sampled(
    _ lenses: [BinaryLensParameters], over ranges: [ClosedRange<Double>], tolerance: Double,
    monitor: WorkMonitor
  ) throws -> (times: [Double], values: [[Double]]) {
    func magnifications(_ times: [Double]) throws -> [[Double]] {
      try lenses.map {
        try Self.magnifications(
          of: $0, times: times, bands: [limbDarkening], tolerance: tolerance,
          label: "figure", monitor: monitor)[0]
      }
    }
    let even = ranges.flatMap { range in
      (0...400).map {
        range.lowerBound + (range.upperBound - range.lowerBound) * Double($0) / 400
      }
    }
    var times = Set(even).sorted()
    var values = try magnifications(times)
    // Where a curve is steep, until steps are of the width of a line.
    for _ in 0..<6 where times.count < 6000 {
      let steep = times.indices.dropLast().filter { index in
        values.contains { abs(log($0[index + 1] / $0[index])) > 0.03 }
      }
      if steep.isEmpty { break }
      let middles = steep.map { 0.5 * (times[$0] + times[$0 + 1]) }
      let added = try magnifications(middles)
      let order = (times + middles).enumerated().sorted { $0.element < $1.element }.map(\.offset)
      let all = zip(values, added).map { $0 + $1 }
      let joined = times + middles
      times = order.map { joined[$0] }
      values = all.map { curve in order.map { curve[$0] } }
    }
    return (times, values)
  }
}
