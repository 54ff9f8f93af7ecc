import Foundation
import NumericalMethods
import Plotting
import SparseModeling

/// The figures of one object's periods.
struct PeriodogramFigures {
  let object: ObservedObject
  let analysis: PeriodAnalysis
  let comparisons: [(method: any ComparisonPeriodogram, spectrum: [Double])]

  /// Periodogram, sparse spectrum, window, what the model leaves, other methods.
  var spectra: PeriodogramFigure {
    let grid = analysis.grid
    let periodogram = analysis.periodogram
    var power = PeriodogramFigure.Row(label: "power", values: periodogram.power(.standard))
    power.level = (analysis.falseAlarmDrop / periodogram.chiSquare, limit)
    var lines = PeriodogramFigure.Row(label: "sparse", values: analysis.sparseAmplitudes)
    lines.circles = (analysis.model?.modes ?? []).map { ($0.frequency, $0.amplitude) }
    let window = PeriodogramFigure.Row(label: "window", values: analysis.window)
    var rows = [power, lines, window]
    if let rest = analysis.residualPeriodogram {
      var row = PeriodogramFigure.Row(label: "left over", values: rest.power(.standard))
      row.level = (analysis.falseAlarmDrop / rest.chiSquare, limit)
      rows.insert(row, at: 2)
    }
    rows += comparisons.map { comparison in
      var row = PeriodogramFigure.Row(
        label: Label(comparison.method.name), values: comparison.spectrum)
      row.isInverted = comparison.method.isBestLowest
      return row
    }
    return PeriodogramFigure(
      first: grid.first, step: grid.step, rows: rows,
      marks: (analysis.model?.modes ?? []).enumerated().map {
        ($1.frequency, "f\($0 + 1)")
      })
  }

  private var limit: Label {
    Label(
      "false-alarm probability \(analysis.configuration.selection.falseAlarmLimit.formatted())")
  }

  /// A panel for each of the strongest families: the data without all other modes.
  var folded: FoldedCurveFigure? {
    guard let model = analysis.model, let families = analysis.families else { return nil }
    let folds = families.families.prefix(6).map { family in
      let members = Set([family.head] + family.members.map(\.mode))
      let frequency = families.frequency(of: family, in: model)
      let steps = 200
      return FoldedCurveFigure.Fold(
        title: Label(
          "f\(family.head + 1): P = "
            + UncertainNumber.text(
              1 / frequency,
              analysis.noise * model.modes[family.head].periodError
                * (family.isHalved ? 2 : 1))),
        bands: object.series.enumerated().map { index, band in
          let others = model.signal(
            of: model.modes.indices.filter { !members.contains($0) }, at: band.times, band: index)
          return (
            object.label(index), band.times.map { ($0 - model.epoch) * frequency },
            zip(band.values, others).map { $0 - $1 }, band.errors
          )
        },
        models: object.series.indices.map { index in
          let level = analysis.level(ofBand: index)
          return model.signal(
            of: members.sorted(),
            at: (0...steps).map {
              model.epoch + Double($0) / Double(steps) / frequency
            }, band: index
          ).map { level + $0 }
        })
    }
    return FoldedCurveFigure(folds: Array(folds), isMagnitude: object.isMagnitude)
  }

  /// Data, model and residuals against time.
  var residuals: LightCurveFigure {
    LightCurveFigure(
      dataSets: object.series.enumerated().map { index, band in
        let signal = analysis.model?.signal(at: band.times, band: index)
        let level = analysis.level(ofBand: index)
        return LightCurveFigure.DataSet(
          label: object.label(index), times: band.times, values: band.values, errors: band.errors,
          modelValues: (signal ?? band.times.map { _ in 0 }).map { level + $0 })
      }, isMagnitude: object.isMagnitude, valueLabel: object.isMagnitude ? nil : "flux",
      timeLabel: "time")
  }

  /// Sizes along λ: peaks near the modes by name, all others in grey.
  var path: LassoPathFigure? {
    guard analysis.path.count >= 2 else { return nil }
    let grid = analysis.grid
    let apart = 0.75 / analysis.duration
    let modes = Array((analysis.model?.frequencies ?? []).prefix(6))
    var named = modes.map { _ in [Double](repeating: 0, count: analysis.path.count) }
    var others: [Int: [Double]] = [:]
    for (step, solution) in analysis.path.enumerated() {
      for (group, norm) in zip(solution.groups, solution.norms) {
        let frequency = grid[group]
        if let mode = modes.indices.min(by: {
          abs(modes[$0] - frequency) < abs(modes[$1] - frequency)
        }), abs(modes[mode] - frequency) < apart {
          named[mode][step] += norm
        } else {
          let cell = Int(frequency / apart)
          others[cell, default: [Double](repeating: 0, count: analysis.path.count)][step] += norm
        }
      }
    }
    let shown = others.sorted { $0.key < $1.key }.map(\.value)
      .sorted { $0.last! > $1.last! }.prefix(60)
    return LassoPathFigure(
      penalties: analysis.path.map(\.penalty),
      lines: zip(modes, named).enumerated().map { index, line in
        .init(label: Label("f\(index + 1)"), sizes: line.1)
      },
      others: Array(shown), counts: analysis.path.map(\.groups.count),
      chosen: (analysis.sparse.penalty, Label(analysis.configuration.sparsity.rawValue)),
      sizeLabel: Label(markup: "‖β‖"))
  }
}
