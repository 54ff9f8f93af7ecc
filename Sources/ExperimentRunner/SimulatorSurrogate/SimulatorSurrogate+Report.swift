import ArrayFiles
import Foundation
import Plotting

extension SimulatorSurrogate {
  func describe(_ run: ExperimentRun, in report: inout Report) throws {
    let folder = run.folder(Self.testing)
    let scores = try JSONFile.read(SurrogateScores.self, "\(folder)/result.json")
    let metrics = try StageRecord.read(in: folder)?.metrics ?? [:]
    func number(_ value: Double) -> String { String(format: "%.3g", value) }
    report.section("Errors")
    let training = try StageRecord.read(in: run.folder(Self.training))?.metrics ?? [:]
    let learnt = training["rows"] ?? 0
    let inputs =
      function.inputNames.count > 20
      ? "\(function.inputNames.count) features" : function.inputNames.joined(separator: ", ")
    report.addParagraph(
      "Learnt from \(Int(learnt)) simulations, as a function of \(inputs). Tested on "
        + "\(scores.rows) fresh ones.")
    report.addTable(
      headers: [
        "output", "spread", "RMS", "mean", "median", "90 %", "95 %", "99 %", "coverage of 90 %",
      ],
      rows: scores.outputs.prefix(Self.shownOutputs).map { output in
        [output.name]
          + [
            output.spread, output.rootMeanSquare, output.meanAbsolute, output.median, output.p90,
            output.p95, output.p99,
          ].map(number) + [String(format: "%.1f %%", 100 * output.coverage[2])]
      },
      caption: "The spread of true values; root mean square, mean and quantiles of absolute errors."
    )
    if let prediction = metrics["microseconds_per_prediction"],
      let simulation = metrics["microseconds_per_simulation"]
    {
      report.addParagraph(
        String(
          format: "A prediction takes %.3g µs on one thread, a simulation %.3g µs: %.3g times as "
            + "long.", prediction, simulation, simulation / prediction))
    }
    try report.addFigure(
      pngPath: "\(folder)/predictions.png",
      caption: "Predicted against true values with error bars of 90 %.")
    try report.addFigure(
      pngPath: "\(folder)/coverage.png", caption: "How often the truth lies within error bars.")
    if FileManager.default.fileExists(atPath: "\(folder)/population.json") {
      let population = try JSONFile.read(PredictedPopulation.self, "\(folder)/population.json")
      report.section("Population")
      report.addParagraph(
        "\(population.rows) draws from the prior, predicted at "
          + "\(number(population.microsecondsPerRow)) µs each on one thread; \(population.outside) of "
          + "them lie outside of the training set.")
      try report.addFigure(
        pngPath: "\(folder)/population.png",
        caption: "Which part of the population is below each value.")
    }
    guard FileManager.default.fileExists(atPath: "\(folder)/designs.json") else { return }
    let comparison = try JSONFile.read(DesignComparison.self, "\(folder)/designs.json")
    report.section("Active design")
    func times(_ saving: DesignComparison.Saving) -> String {
      (saving.isBound ? "more than " : "") + String(format: "%.2g", saving.ratio)
    }
    report.addParagraph(
      "To err as little as the active design does in the end, by root mean square, simulations "
        + "drawn from the prior must be \(times(comparison.saving)) times as many; by mean "
        + "absolute errors, \(times(comparison.savingOfAbsolute)) times. Counted are simulations "
        + "with an answer; \(Int(training["failures"] ?? 0)) further draws that the design chose had "
        + "none.")
    try report.addFigure(
      pngPath: "\(folder)/designs.png",
      caption: "The error of fresh rows, in units of the outputs' spread, by the simulations "
        + "learnt from and calibrated with.")
  }
}
