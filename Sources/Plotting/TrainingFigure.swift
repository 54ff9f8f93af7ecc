import NumericalMethods

/// Training and validation loss of each epoch, with the best validation marked; a line for each member
/// of an ensemble.
public struct TrainingFigure: Figure {
  /// Losses `[members][epochs]`; `validation` may be empty.
  public var training: [[Double]]
  public var validation: [[Double]]
  public var lossLabel: Label = "loss"

  public init(training: [[Double]], validation: [[Double]] = []) {
    (self.training, self.validation) = (training, validation)
  }

  public var script: GnuplotScript {
    get throws {
      let finite = (training + validation).joined().filter(\.isFinite)
      guard !finite.isEmpty else {
        throw PlottingError.invalidData(figure: "training", problem: "no finite loss")
      }
      var script = GnuplotScript(width: 620, height: 400)
      let epochs = (training + validation).map(\.count).max()!
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
      var elements = series.filter { !$0.0.isEmpty }.map { members, name, color in
        let block = script.addBlock(
          groups: members.map { losses in losses.indices.map { [Double($0 + 1), losses[$0]] } })
        return """
          \(block) using ($1/\(epochAxis.unit)):($2/\(lossAxis.unit)) with lines linewidth 1.5 \
          linecolor rgb '\(color)' title '\(name)'
          """
      }
      let candidates = validation.flatMap { losses in
        losses.indices.filter { losses[$0].isFinite }.map { (epoch: $0 + 1, loss: losses[$0]) }
      }
      if let best = candidates.min(by: { $0.loss < $1.loss }) {
        let decimals = Decimal10.decimals(for: spread, digits: 4)
        let value = Decimal10.fixed(best.loss, decimals: decimals)
        let block = script.addBlock(groups: [[[Double(best.epoch), best.loss]]])
        let title = Label("best: epoch \(best.epoch), \(value)").quoted
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
