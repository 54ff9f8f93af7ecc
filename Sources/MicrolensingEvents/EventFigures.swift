import Foundation
import Inference
import Microlensing
import NumericalMethods
import Observations
import Plotting

/// The figures of an event's posterior.
struct EventFigures {
  let event: MicrolensingEvent
  let posterior: EventPosterior

  /// Parameters shown by their logarithm.
  private static let logarithmic: Set<String> = ["rho", "s", "q"]
  /// Posterior light curves drawn for the band.
  private static let curveCount = 200

  func corner() -> CornerFigure {
    let names = posterior.samples.names
    let best = EventSummary.table(posterior.bestFit.parameters, timeOffset: event.timeOffset)
    func shown(_ name: String, _ value: Double) -> Double {
      Self.logarithmic.contains(name) ? log10(value) : value
    }
    func label(_ name: String) -> String {
      Self.logarithmic.contains(name) ? "log10 \(name)" : name
    }
    var references: [String: Double] = [:]
    for name in names { references[label(name)] = shown(name, best[name]!) }
    return CornerFigure(
      names: names.map(label),
      columns: names.map { name in
        let offset = name == "t0" ? event.timeOffset : 0
        return posterior.samples.column(name).map { shown(name, $0 - offset) }
      },
      weights: posterior.effectiveWeights, references: references,
      referenceName: "best fit")
  }

  /// The data set whose system the light curve is shown in: the first in magnitudes, if any.
  private var system: Int { event.lightCurves.firstIndex { $0.magnitudes != nil } ?? 0 }

  /// All data on one system, the best fit, and the posterior's 68 and 95 % bands.
  func lightCurve() throws -> LightCurveFigure {
    let best = posterior.bestFit.parameters
    let reference = try fluxes(best)
    let isMagnitude = event.lightCurves[system].magnitudes != nil
    let window = (best.t0 - 1.6 * best.tE)...(best.t0 + 1.6 * best.tE)
    let coarse = timeGrid(window, peak: best.t0)
    let zoom = anomaly(best, grid: coarse)
    let fine = zoom.map { zoom in
      (0...300).map {
        event.timeOffset + zoom.lowerBound
          + (zoom.upperBound - zoom.lowerBound) * Double($0) / 300
      }
    }
    let grid = (coarse + (fine ?? [])).sorted()
    func value(_ flux: Double) -> Double {
      isMagnitude ? 22 - 2.5 * log10(flux) : flux
    }
    func curve(_ parameters: BinaryLensParameters, _ source: Double, _ blend: Double) -> [Double] {
      parameters.magnifications(times: grid, tolerance: 1e-3).map { value(source * $0 + blend) }
    }
    let shownGrid = grid.map { $0 - event.timeOffset }
    let magnifications = best.magnifications(of: event.lightCurves, tolerance: 1e-4)
    let dataSets = event.lightCurves.indices.map { index -> LightCurveFigure.DataSet in
      let data = event.lightCurves[index]
      let scale = reference[system].sourceFlux / reference[index].sourceFlux
      let flux = data.flux.map {
        ($0 - reference[index].blendFlux) * scale + reference[system].blendFlux
      }
      // A negative flux has no magnitude; such points are noise at the baseline.
      let shown = flux.indices.filter {
        window.contains(data.times[$0]) && (!isMagnitude || flux[$0] > 0)
      }
      return .init(
        label: data.name, times: shown.map { data.times[$0] - event.timeOffset },
        values: shown.map { value(flux[$0]) },
        errors: shown.map {
          let error = data.fluxError[$0] * scale
          return isMagnitude ? 2.5 / log(10) * error / flux[$0] : error
        },
        modelValues: shown.map {
          value(
            magnifications[index][$0] * reference[system].sourceFlux + reference[system].blendFlux)
        })
    }
    return LightCurveFigure(
      dataSets: dataSets,
      model: .init(
        times: shownGrid,
        values: curve(best, reference[system].sourceFlux, reference[system].blendFlux)),
      bands: bands(shownGrid, curve), isMagnitude: isMagnitude,
      valueLabel: isMagnitude ? nil : "flux",
      window: (window.lowerBound - event.timeOffset)...(window.upperBound - event.timeOffset),
      zoom: zoom)
  }

  private func fluxes(_ parameters: BinaryLensParameters) throws -> [SourceBlendFluxes] {
    let magnifications = parameters.magnifications(of: event.lightCurves, tolerance: 1e-4)
    return try zip(event.lightCurves, magnifications).map { curve, magnifications in
      try SourceBlendFluxes(
        magnifications: magnifications, flux: curve.flux, fluxErrors: curve.fluxError)
    }
  }

  private func bands(
    _ times: [Double], _ curve: (BinaryLensParameters, Double, Double) -> [Double]
  ) -> [LightCurveFigure.Band] {
    let weights = posterior.effectiveWeights
    // Samples at equal steps of cumulative weight stand for the posterior.
    let count = posterior.evaluations.count
    var chosen: [Int] = []
    var sum = 0.0
    for index in 0..<count {
      sum += weights?[index] ?? 1 / Double(count)
      while sum * Double(Self.curveCount) > Double(chosen.count) + 0.5 { chosen.append(index) }
    }
    let curves = chosen.compactMap { index -> [Double]? in
      let evaluation = posterior.evaluations[index]
      let solution = evaluation.solutions[system]
      guard solution.sourceFlux > 0 else { return nil }
      return curve(evaluation.parameters, solution.sourceFlux, solution.blendFlux)
    }
    guard curves.count > 10 else { return [] }
    let quantiles = times.indices.map { index in
      weightedQuantiles(
        curves.map { $0[index] }.filter(\.isFinite), at: [0.025, 0.16, 0.84, 0.975])
    }
    return [("95 %", 0, 3), ("68 %", 1, 2)].map { label, low, high in
      .init(
        label: label, times: times, low: quantiles.map { $0[low] },
        high: quantiles.map { $0[high] })
    }
  }

  /// Times over the window, denser around the peak.
  private func timeGrid(_ window: ClosedRange<Double>, peak: Double) -> [Double] {
    let half = (window.upperBound - window.lowerBound) / 2
    return (-400...400).map { step in
      let x = Double(step) / 400
      return peak + half * (0.2 * x + 0.8 * x * abs(x))
    }
  }

  /// Where the best fit departs from its point lens: the window of the figure's second column.
  private func anomaly(_ best: BinaryLensParameters, grid: [Double]) -> ClosedRange<Double>? {
    let binary = best.magnifications(times: grid, tolerance: 1e-3)
    let departures = grid.indices.filter { index in
      let tau = (grid[index] - best.t0) / best.tE
      let u = (best.u0 * best.u0 + tau * tau).squareRoot()
      let single = SingleLens.magnification(u: u)
      return abs(binary[index] - single) > 0.1 * single
    }
    guard let first = departures.first, let last = departures.last else { return nil }
    let margin = max(0.5 * (grid[last] - grid[first]), 0.5)
    return (grid[first] - margin - event.timeOffset)...(grid[last] + margin - event.timeOffset)
  }
}
