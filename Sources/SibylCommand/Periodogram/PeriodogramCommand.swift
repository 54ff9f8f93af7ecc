import ArgumentParser
import ArrayFiles
import Foundation
import NumericalMethods
import SparseModeling

struct PeriodogramCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "periodogram",
    abstract: "The few true periods of a light curve, and how sure they are.",
    discussion: """
      LIGHTCURVE is text with columns of time, magnitude or flux, error, and band if there are several; \
      OGLE, ASAS-SN and ZTF tables; Kepler or TESS FITS. Frequencies are in cycles per unit of time of the \
      file, that is, per day. Bands share their frequencies and have amplitudes and phases of their own.

      Modes are found together: models of 1, 2, ... sinusoids, each the best of many starts, whose modes are \
      exchanged one by one until χ² falls no more. auto stops where the next one may be chance. DIR becomes a \
      folder with

        periods.csv            rank, frequency, period, amplitude, phase (radians, cosine, at the epoch of \
      result.json), their errors, false-alarm probability, family
        periodogram.csv        floating-mean Lomb–Scargle power 1 − χ²/χ₀², sparse spectrum, window
        periodogram, folded, residuals, path, time_frequency    .png and .svg
        result.json, report.html    all numbers; all numbers and figures on a page

      Several files are a catalogue: one periods.csv with a column object, and the files above in \
      DIR/objects/NAME with --figures. What is done is kept: after an interruption --resume goes on.

      Examples: sibyl periodogram star.csv -o star
                sibyl periodogram star.dat --modes 3 --maximum-frequency 20 --compare all -o star
                sibyl periodogram field/*.csv -o field-periods
      """)

  @Argument(help: "A light curve, or several: a catalogue.")
  var lightcurves: [String]

  @OptionGroup(title: "Search") var search: PeriodogramOptions

  @Option(
    help: ArgumentHelp(
      "Other methods to show beside: \(ComparisonPeriodograms.all.map(\.name).joined(separator: ", ")); all.",
      valueName: "names"))
  var compare = ""

  @Option(
    help: ArgumentHelp(
      "Also sparse spectra of windows of time so long, as a map of time and frequency.",
      valueName: "width"))
  var timeFrequency: Double?

  @Flag(help: "Draw figures for each object of a catalogue.")
  var figures = false

  @Flag(help: "Go on with a catalogue that was interrupted, in the folder it was begun in.")
  var resume = false

  @Option(name: .shortAndLong, help: "The folder to write.")
  var output: String

  @Flag(help: "Replace files of the same names in the output folder.")
  var force = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if lightcurves.count == 1 && resume {
      throw ValidationError("--resume is for catalogues of several light curves")
    }
    if lightcurves.count > 1 && timeFrequency != nil {
      throw ValidationError("--time-frequency is for one light curve")
    }
    if lightcurves.count > 1 && !compare.isEmpty && !figures {
      throw ValidationError("--compare shows in figures: a catalogue needs --figures for it")
    }
    if let width = timeFrequency, !(width > 0 && width.isFinite) {
      throw ValidationError("--time-frequency is \(width); it must be above 0")
    }
    _ = try methods
  }

  private var methods: [any ComparisonPeriodogram] {
    get throws {
      if compare == "all" { return ComparisonPeriodograms.all }
      return try compare.split(separator: ",").map { name in
        guard let method = ComparisonPeriodograms.all.first(where: { $0.name == name }) else {
          throw ValidationError(
            "--compare names \(name); there are "
              + ComparisonPeriodograms.all.map(\.name).joined(separator: ", "))
        }
        return method
      }
    }
  }

  func run() throws {
    if lightcurves.count > 1 {
      try PeriodCatalogue(
        files: lightcurves, configuration: search.configuration, methods: methods,
        hasFigures: figures, isResumed: resume, output: output, force: force
      ).run(common)
      return
    }
    let folder = try OutputFolder(output, force: force)
    let answer = try common.withMonitor { monitor in
      let answer = try PeriodogramAnswer.make(
        try ObservedObject(lightcurves[0]), search.configuration, methods: methods,
        window: timeFrequency, monitor: monitor)
      for warning in answer.warnings { monitor.note("\(lightcurves[0]): \(warning)") }
      return answer
    }
    try folder.fill { try answer.write(to: $0) }
    if common.quiet { return }
    print(answer.table.rows.isEmpty ? "no mode is significant" : answer.table.text)
    print("")
    for pair in answer.pairs {
      print(pair.key.padding(toLength: 13, withPad: " ", startingAt: 0) + pair.value)
    }
  }
}

extension PeriodogramAnswer {
  static func make(
    _ object: ObservedObject, _ configuration: PeriodAnalysis.Configuration,
    methods: [any ComparisonPeriodogram], window: Double? = nil, monitor: WorkMonitor
  ) throws -> PeriodogramAnswer {
    let start = ContinuousClock.now
    do {
      let analysis = try PeriodAnalysis(object.series, configuration, monitor: monitor)
      // Of several bands the one with the most measurements stands for all.
      let series = object.series.max { $0.count < $1.count }!
      let comparisons = try methods.map { method in
        if monitor.isInterrupted { throw Interrupted() }
        return (
          method: method,
          spectrum: method.spectrum(of: series, on: analysis.grid, threads: monitor.threads)
        )
      }
      let spectrogram = try window.map { width in
        try SparseSpectrogram(
          object.series, width: width, range: analysis.grid.first...analysis.grid.last,
          oversampling: configuration.oversampling, degree: configuration.search.baselineDegree,
          noise: analysis.noise, monitor: monitor)
      }
      return PeriodogramAnswer(
        object: object, analysis: analysis, comparisons: comparisons, spectrogram: spectrogram,
        seconds: (ContinuousClock.now - start) / .seconds(1))
    } catch let error as PeriodogramError {
      throw FileError(path: object.path, problem: "\(error)")
    } catch let error as TimeSeriesError {
      throw FileError(path: object.path, problem: "\(error)")
    }
  }
}
