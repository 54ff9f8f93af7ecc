import ArgumentParser
import ArrayFiles
import BinaryPulsar
import Foundation
import NumericalMethods
import Surrogates

struct DegradationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "degradation",
    abstract: "How much searches for pulsars lose to their orbits.",
    discussion: """
      PULSARS has the columns T_s (length of the observation, s), m1_Msun and m2_Msun (pulsar and companion), \
      Ps_s (spin period, s), Pb_d (orbital period, days), e, omega_deg, inc_deg, f0_deg (true anomaly where \
      the observation begins), and perhaps m (harmonic, 1 when left out). Further columns are kept.

      OUT has the same rows with the factors of Bagchi, Lorimer & Wolfe (2013): gamma1, gamma2 and gamma3 of \
      searches in velocity, acceleration and jerk; those named line take them from the orbit at one time, \
      which is the published definition, those named free are the largest of all. gamma0 is of no search. \
      With --surrogate, OUT has the factors that the model of an experiment such as \
      Experiments/pulsars/degradation.yaml knows, each with its error bar in a column of that name and _error.

      A bad row ends the command with its line and column; with --keep-going it gets nan. Where there is \
      something to be said of rows, that they are bad or outside of what the model has learnt from, a column \
      flag says it.

      Example: sibyl degradation pulsars.csv --factors gamma1_line,gamma2_line -o factors.csv
      """)

  @Argument(help: "The pulsars, a CSV file with a line of column names.")
  var pulsars: String

  @Option(help: "Factors to compute, separated by commas.")
  var factors = "gamma1_line,gamma2_line,gamma3_line"

  @Option(help: "The folder of a trained surrogate to ask instead.")
  var surrogate: String?

  @Flag(help: "Compute the other rows when some are bad.")
  var keepGoing = false

  @Option(name: .shortAndLong, help: "The CSV file to write.")
  var output: String

  @Flag(help: "Replace the output file if it exists.")
  var force = false

  @OptionGroup var common: CommonOptions

  func validate() throws { _ = try chosenFactors }

  private var chosenFactors: [DegradationFactor] {
    get throws {
      try factors.split(separator: ",").map { name in
        let name = name.trimmingCharacters(in: .whitespaces)
        if let factor = DegradationFactor(rawValue: name) { return factor }
        let valid = DegradationFactor.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--factors names '\(name)' (valid: \(valid))")
      }
    }
  }

  func run() throws {
    let output = try OutputFile(output, force: force)
    let table = try PulsarTable(path: pulsars, keepingBadRows: keepGoing)
    try common.withMonitor { monitor in
      let columns =
        try surrogate.map { try table.predicted(by: $0, monitor) }
        ?? table.computed(chosenFactors, monitor)
      try table.table.write(appending: columns, to: output.path) {
        if monitor.isInterrupted { throw Interrupted() }
      }
      if !table.problems.isEmpty {
        monitor.note(
          "\(table.problems.count) of \(table.table.rowCount) rows are bad; column flag of "
            + "\(output.path) says why")
      }
    }
  }
}
