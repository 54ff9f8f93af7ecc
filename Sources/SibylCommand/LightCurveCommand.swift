import ArgumentParser
import ArrayFiles
import ExperimentRunner
import Foundation
import Microlensing
import MicrolensingEvents
import NumericalMethods
import Plotting

struct LightCurveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lightcurve",
    abstract: "The light curve of one binary-lens event from its parameters.",
    discussion: """
      PARAMETERS is a YAML file with t0, u0, tE (days), s, q and alpha (degrees), in MulensModel 3's \
      conventions, and optionally rho, limb_darkening ({ u1: … } linear, { c: …, d: … } square root, \
      { a: …, b: … } quadratic) and a brightness: source_flux and blend_flux, or source_magnitude \
      and blend_magnitude. Several data sets stand by name under data_sets, each with its brightness \
      and, if it differs, its limb_darkening:

        t0: 2452848.06
        u0: 0.133
        tE: 61.5
        rho: 9.4e-4
        s: 1.12
        q: 3.9e-3
        alpha: 43.8
        limb_darkening: { u1: 0.5 }
        data_sets:
          OGLE: { source_magnitude: 19.7, blend_magnitude: 20.5 }
          MOA: { source_flux: 8.2, blend_flux: 0.4, limb_darkening: { u1: 0.6 } }

      OUT has the columns time, magnification (with the limb_darkening at the top), and flux or mag, \
      flux_NAME or mag_NAME where data sets have names.

      Example: sibyl lightcurve event.yaml --times times.csv -o curve.csv --figure lens.png
      """)

  @Argument(help: "The event's parameters, a YAML file.")
  var parameters: String

  @Option(help: "A CSV file with a column time, or a single column, in the time system of t0.")
  var times: String

  @OptionGroup var magnification: MagnificationOptions

  @Option(help: "A figure of lens, caustics, track and light curve to draw, .png or .svg.")
  var figure: String?

  @Flag(
    help: ArgumentHelp(
      "Add the light curve of the solution with another separation that is hard to tell apart.",
      discussion: """
        The offset degeneracy (Zhang, Gaudi & Bloom 2022). Its magnifications go to a further column, \
        twin_magnification, and its parameters to standard output, as a YAML file of their own.
        """))
  var twin = false

  @Option(help: "A map to draw of where the two could be told apart, .png or .svg.")
  var twinMap: String?

  @Option(name: .shortAndLong, help: "The CSV file to write.")
  var output: String

  @Flag(help: "Replace output files that exist.")
  var force = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if twinMap != nil && !twin { throw ValidationError("--twin-map needs --twin") }
    let files = [output, figure, twinMap].compactMap(\.self)
    if Set(files).count < files.count { throw ValidationError("two outputs have one name") }
  }

  func run() throws {
    for path in [figure, twinMap].compactMap(\.self) {
      try FigureFormat.require(path)
      _ = try OutputFile(path, force: force)
    }
    let output = try OutputFile(output, force: force)
    let model = try EventModel(yaml: parameters)
    let times = try EventTimes.read(times)
    let pair = twin ? try OffsetDegeneracy(of: model.parameters) : nil
    var twinParameters: String?
    try common.withMonitor { monitor in
      if let note = model.note(on: times) { monitor.note(note) }
      var columns = try model.columns(
        times: times, tolerance: magnification.tolerance, monitor: monitor)
      if let pair {
        let comparison = try model.comparison(
          with: pair.twin, times: times, tolerance: magnification.tolerance, monitor: monitor)
        columns.append(CSVColumn("twin_magnification", comparison.magnifications))
        twinParameters = comparison.yaml
      }
      if let figure {
        try model.figure(
          times: times, twin: pair?.twin, tolerance: magnification.tolerance, monitor: monitor
        ).write(toFile: figure)
      }
      if let twinMap, let pair {
        try model.residualMap(of: pair, tolerance: magnification.tolerance, monitor: monitor)
          .write(toFile: twinMap)
      }
      if monitor.isInterrupted { throw Interrupted() }
      // Last: where it is, everything is.
      try CSVTable.write(columns: columns, to: output.path)
    }
    if let twinParameters { print(twinParameters) }
  }
}
