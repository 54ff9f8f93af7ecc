import NumericalMethods

/// Training and validation loss of each epoch, with the best validation marked.
public struct TrainingFigure: Figure {
  /// Losses of epochs 1, 2, …; `validation` may be empty.
  public var training: [Double]
  public var validation: [Double]
  public var lossLabel: Label = "loss"

  public init(training: [Double], validation: [Double] = []) {
    (self.training, self.validation) = (training, validation)
  }

  public var script: GnuplotScript {
    get throws {
      let finite = (training + validation).filter(\.isFinite)
      guard !finite.isEmpty else {
        throw PlottingError.invalidData(figure: "training", problem: "no finite loss")
      }
      var script = GnuplotScript(width: 620, height: 400)
      let epochs = max(training.count, validation.count)
      // The first epochs are often far above the rest: they may leave the frame.
      let bounds = weightedQuantiles(finite, at: [0, 0.9])
      let spread = max(bounds[1] - bounds[0], 1e-6 * max(1, abs(bounds[0])))
      let high = min(finite.max()!, bounds[1] + 0.25 * spread)
      let lossAxis = Axis(
        low: bounds[0] - 0.06 * spread, high: max(high, bounds[0] + 0.1 * spread) + 0.06 * spread,
        maximumTicks: 7, offset: 0)
      let epochAxis = Axis(
        low: 1 - 0.02 * Double(epochs), high: Double(epochs) + 0.02 * Double(epochs),
        maximumTicks: 8, offset: 0)
      script.add(Panel(left: 78, right: 600, bottom: 56, top: 384).commands(in: script))
      script.add(epochAxis.commands("x") + "\n" + lossAxis.commands("y"))
      script.addText(epochAxis.title("epoch"), x: 339, y: 16)
      script.addText(lossAxis.title(lossLabel), x: 18, y: 220, rotated: true)
      script.add(
        "set key top right Left reverse samplen 2 spacing 1.2 font ',11' "
          + "textcolor rgb '\(Style.ink)'")
      let series = [(training, "training", Style.grey), (validation, "validation", Style.blue)]
      var elements = series.filter { !$0.0.isEmpty }.map { losses, name, color in
        let block = script.addBlock(columns: [losses.indices.map { Double($0 + 1) }, losses])
        return """
          \(block) using ($1/\(epochAxis.unit)):($2/\(lossAxis.unit)) with lines linewidth 1.5 \
          linecolor rgb '\(color)' title '\(name)'
          """
      }
      let candidates = validation.indices.filter { validation[$0].isFinite }
      if let best = candidates.min(by: { validation[$0] < validation[$1] }) {
        let decimals = Decimal10.decimals(for: spread, digits: 4)
        let value = Decimal10.fixed(validation[best], decimals: decimals)
        let block = script.addBlock(groups: [[[Double(best + 1), validation[best]]]])
        let title = Label("best: epoch \(best + 1), \(value)").quoted
        elements.append(
          """
          \(block) using ($1/\(epochAxis.unit)):($2/\(lossAxis.unit)) with points pointtype 7 \
          pointsize 1 linecolor rgb '\(Style.vermillion)' title \(title)
          """)
      }
      script.add("plot " + elements.joined(separator: ", "))
      return script
    }
  }
}
