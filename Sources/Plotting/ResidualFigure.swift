import Foundation
import NumericalMethods

/// What a model of visibilities leaves over: normalised residuals against the length of the baselines,
/// their histogram beside the normal distribution, and the image they make.
public struct ResidualFigure: Figure {
  /// Lengths of the baselines, wavelengths, `[n]`.
  public var lengths: [Double]
  /// Data minus model in units of sigma, `[n]`.
  public var real: [Double]
  public var imaginary: [Double]
  /// The residuals' dirty image in units of its noise.
  public var image: SkyImageFigure?

  /// More than these are drawn as a density.
  private static let mostPoints = 3000

  public init(
    lengths: [Double], real: [Double], imaginary: [Double], image: SkyImageFigure? = nil
  ) {
    (self.lengths, self.real, self.imaginary, self.image) = (lengths, real, imaginary, image)
  }

  public var script: GnuplotScript {
    get throws {
      try validate()
      var script = GnuplotScript(width: image == nil ? 720 : 1240, height: 470)
      let unit = VisibilityPoints(u: lengths, v: lengths.map { _ in 0 }, amplitudes: [], sigmas: [])
        .unit
      let reach = reach
      let histograms = ResidualHistograms(
        lengths: lengths.map { $0 / unit.wavelengths }, real: real, imaginary: imaginary,
        reach: reach)
      let y = Axis(low: -reach, high: reach, maximumTicks: 9, offset: 0)
      script.add("set multiplot")
      drawLengths(histograms, unit: unit, y, in: &script)
      drawHistograms(histograms, y, in: &script)
      if let image {
        // The centre of the colours is zero.
        let extreme = max(image.values.joined().reduce(0) { max($0, abs($1)) }, 1)
        let panel = SkyPanel(
          image, in: Panel(left: 768, right: 1128, bottom: 60, top: 420),
          limits: -extreme...extreme, colors: .signed)
        panel.drawColors(image.label, in: &script)
        script.addText("residual dirty image", x: 948, y: 440)
        panel.draw(.titled, in: &script)
        SkyPanel.finish(in: &script)
      }
      script.add("unset multiplot")
      return script
    }
  }

  /// Of the axis of residuals: all but the worst in a thousand, at most 20.
  private var reach: Double {
    let sizes = (real + imaginary).map { abs($0) }
    return min(max(1.15 * weightedQuantiles(sizes, at: [0.999])[0], 4.5), 20)
  }

  private func drawLengths(
    _ histograms: ResidualHistograms, unit: (name: String, wavelengths: Double), _ y: Axis,
    in script: inout GnuplotScript
  ) {
    let panel = Panel(left: 66, right: 486, bottom: 60, top: 420)
    let x = Axis(low: 0, high: histograms.longest, maximumTicks: 8, offset: 0)
    script.add(panel.commands(in: script))
    script.add(x.commands("x") + "\n" + y.commands("y"))
    script.addText(x.title("baseline length", unit: unit.name), x: 276, y: 20)
    script.addText("(data − model) / σ", x: 18, y: 240, rotated: true)
    let spreads = script.addBlock(
      groups: [histograms.spreads.map { [x($0.length), $0.value] }])
    let spreadLine = "with lines linewidth 1.6 linecolor rgb '\(Style.ink)'"
    var entries = [Legend.Entry(label: "± rms", line: "linewidth 1.6 linecolor rgb '\(Style.ink)'")]
    var elements: [String] = []
    if lengths.count <= Self.mostPoints {
      for (values, color, name) in [
        (real, Style.blue, "real"), (imaginary, Style.vermillion, "imaginary"),
      ] {
        let block = script.addBlock(
          groups: [lengths.indices.map { [x(lengths[$0] / unit.wavelengths), y(values[$0])] }])
        elements.append(
          "\(block) using 1:2 with points pointtype 7 pointsize 0.22 linecolor rgb '\(color)'")
        entries.append(
          .init(label: Label(name), line: "linewidth 2 linecolor rgb '\(color)'"))
      }
    } else {
      let most = histograms.counts.max()!
      let block = script.addBlock(
        groups: [
          histograms.counts.indices.map { cell in
            let (row, column) = (
              cell / ResidualHistograms.columns, cell % ResidualHistograms.columns
            )
            let count = histograms.counts[cell]
            return [
              x(histograms.length(column: column)), y(histograms.residual(row: row)),
              count > 0 ? log(count + 1) / log(most + 1) : .nan,
            ]
          }
        ])
      script.add(
        """
        set palette defined (0 '#e4eff7', 0.4 '\(Style.regions[1])', 1 '#08306b')
        set cbrange [0:1]
        unset colorbox
        """)
      elements.append("\(block) using 1:2:3 with image")
    }
    Legend(entries: entries).draw(x: 276, y: 440, in: &script)
    elements.append("\(spreads) using 1:($2/\(y.unit)) \(spreadLine)")
    elements.append("\(spreads) using 1:(-$2/\(y.unit)) \(spreadLine)")
    script.add("plot " + elements.joined(separator: ", "))
    SkyPanel.finish(in: &script)
  }

  private func drawHistograms(
    _ histograms: ResidualHistograms, _ y: Axis, in script: inout GnuplotScript
  ) {
    let count = Double(lengths.count) * histograms.rowHeight
    let densities = [histograms.real, histograms.imaginary].map { $0.map { $0 / count } }
    let normal = (-100...100).map { step in
      let value = Double(step) / 100 * histograms.reach
      return [exp(-value * value / 2) / (2 * .pi).squareRoot(), y(value)]
    }
    let x = Axis(
      low: 0, high: 1.12 * max(0.4, densities.joined().max()!), maximumTicks: 4, offset: 0)
    script.add(Panel(left: 498, right: 676, bottom: 60, top: 420).commands(in: script))
    script.add(x.commands("x") + "\n" + y.commands("y", labelled: false))
    script.addText(x.title("density"), x: 587, y: 20)
    Legend(entries: [
      .init(
        label: Label(markup: "{/:Italic N}(0, 1)"),
        line: "linewidth 1.2 dashtype (8,5) linecolor rgb '\(Style.ink)'")
    ]).draw(x: 587, y: 440, in: &script)
    let rms = [real, imaginary].map { values in
      (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    }
    for (line, (text, color)) in [
      ("rms \(Decimal10.fixed(rms[0], decimals: 2))", Style.blue),
      ("rms \(Decimal10.fixed(rms[1], decimals: 2))", Style.vermillion),
      (histograms.outside > 0 ? "\(histograms.outside) outside" : "", Style.ink),
    ].enumerated() where !text.isEmpty {
      script.addText(
        Label(text), x: 668, y: 406 - 17 * Double(line), size: Style.tickSize, anchor: "right",
        color: color)
    }
    let elements = zip(densities, [Style.blue, Style.vermillion]).map { values, color in
      // Steps: both ends of each row.
      let block = script.addBlock(
        groups: [
          values.indices.flatMap { row in
            let middle = histograms.residual(row: row)
            return [-0.5, 0.5].map { [x(values[row]), y(middle + $0 * histograms.rowHeight)] }
          }
        ])
      return "\(block) using 1:2 with lines linewidth 1.3 linecolor rgb '\(color)'"
    }
    let curve = script.addBlock(groups: [normal.map { [x($0[0]), $0[1]] }])
    script.add(
      "plot " + elements.joined(separator: ", ")
        + ", \(curve) using 1:2 with lines linewidth 1.2 dashtype (8,5) linecolor rgb '\(Style.ink)'"
    )
    SkyPanel.finish(in: &script)
  }

  private func validate() throws(PlottingError) {
    func fail(_ problem: String) -> PlottingError {
      .invalidData(figure: "residual", problem: problem)
    }
    guard !lengths.isEmpty, real.count == lengths.count, imaginary.count == lengths.count else {
      throw fail(
        "\(lengths.count) lengths, \(real.count) real and \(imaginary.count) imaginary parts; "
          + "equal, at least 1")
    }
    for (name, values) in [
      ("length", lengths), ("real part", real), ("imaginary part", imaginary),
    ] {
      if let row = values.firstIndex(where: { !$0.isFinite }) {
        throw fail("the \(name) of residual \(row) is \(values[row]); finite")
      }
    }
    if let row = lengths.firstIndex(where: { $0 < 0 }) {
      throw fail("the length of residual \(row) is \(lengths[row]); 0 or more")
    }
    guard image.map({ $0.scale == .linear }) ?? true else {
      throw fail("the image has a logarithmic scale; residuals need a linear one")
    }
    try image?.validate()
  }
}
