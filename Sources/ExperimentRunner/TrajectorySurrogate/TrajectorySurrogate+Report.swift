import ArrayFiles
import Foundation
import Inference
import Plotting

extension TrajectorySurrogate {
  func describe(_ run: ExperimentRun, in report: inout Report) throws {
    let folder = run.folder(Self.testing)
    let scores = try JSONFile.read(TrajectoryScores.self, "\(folder)/result.json")
    let record = try StageRecord.read(in: folder)
    func number(_ value: Double?) -> String { value.map { String(format: "%.3g", $0) } ?? "–" }
    report.section("Errors")
    let excluded = try TrainingSet(folder: "\(folder)/systems").failures
      .sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) (\($0.key))" }
    report.addParagraph(
      "\(scores.systems) systems that the surrogate has not seen, at times between those it has "
        + "learnt from: \(scores.rows) rows. The error of a row is the mean absolute one of its "
        + "coordinates."
        + (excluded.isEmpty
          ? "" : " Excluded, and not scored, were draws: \(excluded.joined(separator: ", ")).")
    )
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
    try describe(JSONFile.read(LyapunovBins.self, "\(folder)/lyapunov.json"), in: &report)
    let figures = [
      (
        "lyapunov",
        "Errors, error bars and refusals against the Lyapunov times that have passed."
      ),
      (
        "orbits",
        "Paths integrated, as lines, and predicted, as dots, from small errors to large ones."
      ),
      ("map", "The mean error of each system, over what systems differ in."),
      (
        "coverage",
        "How often the truth lies within error bars, which are scaled to hold at 90 %; the band takes "
          + "systems for independent."
      ),
    ]
    for (name, caption) in figures
    where FileManager.default.fileExists(atPath: "\(folder)/\(name).png") {
      try report.addFigure(pngPath: "\(folder)/\(name).png", caption: caption)
    }
  }

  private func describe(_ lyapunov: LyapunovBins, in report: inout Report) throws {
    report.section("Chaos")
    report.addTable(
      headers: ["Lyapunov times", "rows", "refused", "median error", "median error bar"],
      rows: lyapunov.bins.enumerated().map { index, bin in
        let low = Int(bin.low)
        let next = lyapunov.bins.dropFirst(index + 1).first.map { Int($0.low) }
        let range = next.map { index == 0 ? "below \($0)" : "\(low) … \($0)" } ?? "above \(low)"
        return [
          range, "\(bin.rows)", String(format: "%.1f %%", 100 * bin.refusedShare),
          String(format: "%.3g", bin.error), String(format: "%.3g", bin.errorBar),
        ]
      },
      caption:
        "A small deviation from a system's path has grown by exp(λt) at time t, where λ is its finite-time "
        + "Lyapunov exponent: λt Lyapunov times have passed. What is refused should be what is chaotic."
    )
    if let error = lyapunov.errorOfLeast {
      report.addParagraph(
        String(
          format: "Were the same share of rows refused by λt instead, which only an integration "
            + "tells, the mean error of answers would be %.3g.", error))
    }
  }
}
