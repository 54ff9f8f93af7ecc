import ArrayFiles
import Foundation
import Plotting

extension TrajectorySurrogate {
  func describe(_ run: ExperimentRun, in report: inout Report) throws {
    let folder = run.folder(Self.testing)
    let scores = try JSONFile.read(TrajectoryScores.self, "\(folder)/result.json")
    let record = try StageRecord.read(in: folder)
    func number(_ value: Double?) -> String { value.map { String(format: "%.3g", $0) } ?? "–" }
    report.section("Errors")
    report.addParagraph(
      "\(scores.systems) systems that the surrogate has not seen, at times between those it has "
        + "learnt from: \(scores.rows) rows. The error of a row is the mean absolute one of its "
        + "coordinates.")
    report.addTable(
      headers: ["", "share", "mean", "median"],
      rows: [
        ["rows", "100 %", number(scores.ofRows.mean), number(scores.ofRows.median)],
        ["systems", "100 %", number(scores.ofSystems.mean), number(scores.ofSystems.median)],
        [
          "rows answered", String(format: "%.1f %%", 100 * (1 - scores.refusedShare)),
          number(scores.ofAnswered?.mean), number(scores.ofAnswered?.median),
        ],
        [
          "rows refused", String(format: "%.1f %%", 100 * scores.refusedShare),
          number(scores.ofRefused?.mean), number(scores.ofRefused?.median),
        ],
      ],
      caption:
        "Mean absolute errors. Refused are rows whose error bars are wider than those that keep "
        + "the mean error of answers as small as was asked for, on systems held out of training.")
    if let metrics = record?.metrics, let prediction = metrics["microseconds_per_prediction"],
      let integration = metrics["microseconds_per_integration"]
    {
      report.addParagraph(
        String(
          format: "A prediction takes %.3g µs on one thread, a converged integration to the last "
            + "time %.3g µs: %.3g times as long.", prediction, integration,
          integration / prediction))
    }
    let figures = [
      (
        "orbits",
        "Paths integrated, as lines, and predicted, as dots, from small errors to large ones."
      ),
      ("map", "The mean error of each system, over what systems differ in."),
      (
        "coverage",
        "How often the truth lies within error bars; the band takes systems for independent."
      ),
    ]
    for (name, caption) in figures
    where FileManager.default.fileExists(atPath: "\(folder)/\(name).png") {
      try report.addFigure(pngPath: "\(folder)/\(name).png", caption: caption)
    }
  }
}
