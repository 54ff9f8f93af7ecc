import ArgumentParser
import ArrayFiles
import Foundation
import MicrolensingEvents
import NumericalMethods

struct MagnificationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "magnification",
    abstract: "Magnifications by binary lenses for a table of cases.",
    discussion: """
      CASES has the columns s (separation) and q (mass ratio) of the lens, and x and y of the source, in \
      Einstein radii from the centre of mass, the lighter mass at positive x. Optional are rho, the \
      source's radius (0, a point, when left out), and its limb darkening: u1 (linear), c and d \
      (square root) or a and b (quadratic). Further columns are kept.

      OUT has the same rows with magnification and error, an estimate of the absolute error. A bad \
      row ends the command with its line and column; with --keep-going it gets nan, and the reason \
      in a further column, flag.

      Example: sibyl magnification cases.csv --tolerance 1e-5 -o magnifications.csv
      """)

  @Argument(help: "The cases, a CSV file with a line of column names.")
  var cases: String

  @OptionGroup var magnification: MagnificationOptions

  @Flag(help: "Compute the other rows when some are bad.")
  var keepGoing = false

  @Option(name: .shortAndLong, help: "The CSV file to write.")
  var output: String

  @Flag(help: "Replace the output file if it exists.")
  var force = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    let output = try OutputFile(output, force: force)
    var cases = try MagnificationCases(path: cases, keepingBadRows: keepGoing)
    try common.withMonitor { monitor in
      let values = try cases.magnifications(tolerance: magnification.tolerance, monitor: monitor)
      let columns = try cases.columns(of: values, keepingBadRows: keepGoing)
      try cases.table.write(appending: columns, to: output.path) {
        if monitor.isInterrupted { throw Interrupted() }
      }
      let bad = cases.problems.count
      if bad > 0 {
        monitor.note(
          "\(bad) of \(values.count) rows are bad; column flag of \(output.path) says why")
      }
    }
  }
}
