import ArrayFiles
import Foundation
import SparseModeling

/// The modes of one object as rows of a table.
///
/// Errors include the factor by which χ² says that the data's errors are off, where it does. Amplitude and
/// phase are those of the band in which the mode is strongest: amplitude · cos(2πf(t − epoch) + phase).
struct PeriodTable {
  struct Row {
    let mode: Mode
    /// The period after which all modes of the family repeat.
    let familyPeriod: Double?
    let significance: ModeSignificance
    /// Of the period's family: its rank, by the strongest mode.
    let family: Int?
    /// `head`, `2 f1`, `f1 + f2`.
    let relation: String
    let alias: String
    let scale: Double
    /// The band in which the mode is strongest.
    let band: Int

    var component: Mode.Component { mode.components[band] }
    var frequencyError: Double { scale * mode.frequencyError }
    var periodError: Double { scale * mode.periodError }
  }

  let rows: [Row]
  let bandNames: [String]

  init(_ analysis: PeriodAnalysis, bandNames: [String]) {
    self.bandNames = bandNames
    tests =
      (analysis.configuration.bootstrap > 0 ? [("by bootstrap", \.bootstrap)] : [])
      + (analysis.configuration.hasRedNoise ? [("in red noise", \.redNoise)] : [])
    guard let model = analysis.model, let families = analysis.families else {
      rows = []
      return
    }
    rows = model.modes.indices.map { index in
      let mode = model.modes[index]
      let family = families.families.firstIndex { family in
        family.head == index || family.members.contains { $0.mode == index }
      }
      return Row(
        mode: mode,
        familyPeriod: family.map { 1 / families.frequency(of: families.families[$0], in: model) },
        significance: analysis.significances[index], family: family.map { $0 + 1 },
        relation: Self.relation(of: index, in: families),
        alias: families.aliases[index].map { "f\($0.mode + 1) ± \($0.rhythm)" } ?? "",
        scale: analysis.noise,
        band: mode.components.indices.max {
          mode.components[$0].amplitude < mode.components[$1].amplitude
        }!)
    }
  }

  private static func relation(of mode: Int, in families: ModeFamilies) -> String {
    switch families.relations[mode] {
    case .head: return ""
    case .halves(let halves):
      let head = families.families.first { family in
        family.members.contains { $0.mode == mode }
      }!.head
      return halves % 2 == 0 ? "\(halves / 2) f\(head + 1)" : "\(halves)/2 f\(head + 1)"
    case .combination(let terms):
      return terms.enumerated().map { index, term in
        let size = abs(term.multiple)
        let sign = term.multiple < 0 ? "− " : index == 0 ? "" : "+ "
        return sign + (size == 1 ? "" : "\(size) ") + "f\(term.mode + 1)"
      }.joined(separator: " ")
    }
  }

  /// The number of columns that all objects have, those of single bands left out.
  var commonColumns: Int { 15 + tests.count }

  /// What periods.csv holds.
  var columns: [CSVColumn] {
    var columns = [
      CSVColumn("rank", rows.indices.map { $0 + 1 }),
      CSVColumn("frequency", rows.map(\.mode.frequency)),
      CSVColumn("frequency_error", rows.map(\.frequencyError)),
      CSVColumn("period", rows.map(\.mode.period)),
      CSVColumn("amplitude", rows.map(\.component.amplitude)),
      CSVColumn("amplitude_error", rows.map { $0.scale * $0.component.amplitudeError }),
      CSVColumn("phase", rows.map(\.component.phase)),
      CSVColumn("false_alarm_probability", rows.map(\.significance.falseAlarm)),
      CSVColumn("period_error", rows.map(\.periodError)),
      CSVColumn("phase_error", rows.map { $0.scale * $0.component.phaseError }),
      CSVColumn("signal_to_noise", rows.map(\.significance.signalToNoise)),
      CSVColumn("family", rows.map { $0.family.map(String.init) ?? "" }),
      CSVColumn("family_period", rows.map { $0.familyPeriod.map { "\($0)" } ?? "" }),
      CSVColumn("relation", rows.map { $0.relation.isEmpty ? "head" : $0.relation }),
      CSVColumn("possible_alias_of", rows.map(\.alias)),
    ]
    for test in tests {
      columns.append(
        CSVColumn(
          "false_alarm_" + test.title.split(separator: " ").dropFirst().joined(separator: "_"),
          rows.map { $0.significance[keyPath: test.value]! }))
    }
    guard bandNames.count > 1 else { return columns }
    for (band, name) in bandNames.enumerated() {
      let components = rows.map { $0.mode.components[band] }
      columns += [
        CSVColumn("amplitude_\(name)", components.map(\.amplitude)),
        CSVColumn(
          "amplitude_error_\(name)", zip(rows, components).map { $0.scale * $1.amplitudeError }),
        CSVColumn("phase_\(name)", components.map(\.phase)),
      ]
    }
    return columns
  }

  var headers: [String] {
    ["", "frequency", "period", "amplitude", "false alarm"] + tests.map(\.title) + ["S/N", "is"]
  }

  /// Further false-alarm probabilities, where they were asked for.
  private let tests: [(title: String, value: KeyPath<ModeSignificance, Double?>)]

  private static func text(probability: Double) -> String {
    probability < 1e-100 ? "< 1e-100" : String(format: "%.1e", probability)
  }

  /// Cells as people read them, with the error of the last digits in brackets.
  var cells: [[String]] {
    rows.enumerated().map { index, row in
      [
        "f\(index + 1)",
        UncertainNumber.text(row.mode.frequency, row.frequencyError),
        UncertainNumber.text(row.mode.period, row.periodError),
        UncertainNumber.text(
          row.component.amplitude, row.scale * row.component.amplitudeError),
        Self.text(probability: row.significance.falseAlarm),
      ] + tests.map { Self.text(probability: row.significance[keyPath: $0.value]!) } + [
        String(format: "%.1f", row.significance.signalToNoise),
        [row.relation, row.alias.isEmpty ? "" : "alias of \(row.alias)?"]
          .filter { !$0.isEmpty }.joined(separator: ", "),
      ]
    }
  }

  /// Columns under each other.
  var text: String {
    let lines = [headers] + cells
    let widths = headers.indices.map { column in
      lines.map { $0[column].count }.max()! + 2
    }
    return lines.map { cells in
      let line = zip(cells, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
        .joined()
      return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }
}

/// Numbers with errors, `0.641754(3)`.
enum UncertainNumber {
  /// The error has one digit, or two where it begins with 1.
  static func text(_ value: Double, _ error: Double) -> String {
    guard error > 0, error.isFinite, value.isFinite else { return String(format: "%.8g", value) }
    let exponent = Int(log10(error).rounded(.down))
    let digits = error / pow(10, Double(exponent)) < 1.95 ? 1 : 0
    let decimals = max(0, digits - exponent)
    guard decimals <= 15, exponent < 6 else {
      return String(format: "%.8g ± %.1g", value, error)
    }
    let shown = Int((error * pow(10, Double(decimals))).rounded())
    return String(format: "%.\(decimals)f(%d)", value, shown)
  }
}
