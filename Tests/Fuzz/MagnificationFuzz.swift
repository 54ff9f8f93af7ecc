import ArgumentParser
import Foundation
import Microlensing
import MicrolensingReference

@main
struct MagnificationFuzz: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks magnifications by binary lenses against symmetries, limits and themselves.",
    discussion: """
      Every draw: finite and at least one, within its error of the same at another tolerance and of
      limits, point sources by all paths; one in four: alone as among others, symmetries, the mean of
      point sources. A failure is a value off by more than the tolerances asked for and ten times the
      errors stated; what is only beyond the errors stated is counted, and may be one in a hundred.
      Example: MagnificationFuzz --count 1000000 --seed 7
      """,
    subcommands: [Run.self, CheckOne.self, Table.self], defaultSubcommand: Run.self)

  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Random cases (the default); exit status 1 if a check fails.")
    @Option(help: "Number of cases.") var count = 100_000
    @Option(help: "Equal seeds give equal cases.") var seed: UInt64 = 1
    @Option(help: "Threads.") var threads = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "One case in so many goes to the slow independent integrator.")
    var referenceEvery = 2000
    @Option(help: "Cases to print of each kind of failure.") var failures = 10
    @Option(help: "Sources in one kind of place only.") var place: Place?

    func validate() throws {
      if count < 1 || threads < 1 || referenceEvery < 1 || failures < 1 {
        throw ValidationError("counts are 1 or more")
      }
    }

    func run() throws {
      let fuzz = FuzzRun(
        seed: seed, count: count, threads: threads, referenceInterval: referenceEvery,
        kept: failures, place: place)
      let progress = FuzzProgress(total: count)
      let tally = fuzz.run { progress.report($0, $1) }
      progress.end()
      print(FuzzReport(tally: tally).text)
      if tally.failures > 0 || tally.underestimatedShare > 0.01 { throw ExitCode(1) }
    }
  }

  struct CheckOne: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "One case, with the independent integrator's value.")
    @Option var s: Double
    @Option var q: Double
    @Option var x: Double
    @Option var y: Double
    @Option var rho: Double
    @Option var tolerance = 1e-3
    @Option(help: "uniform, linear:U, square-root:C,D or quadratic:A,B.") var law = "uniform"

    func run() throws {
      guard let law = LimbDarkening(argument: law) else {
        throw ValidationError("--law \(law): uniform, linear:U, square-root:C,D or quadratic:A,B")
      }
      let source = FuzzCase(s: s, q: q, x: x, y: y, rho: rho, law: law, tolerance: tolerance)
      var tally = Tally(kept: 10)
      let checks = try LensChecks(s: s, q: q)
      for symmetry in [Check.mirror, .exchange] {
        checks.check(
          [source], second: 0.1 * tolerance, symmetry: symmetry, isThorough: true,
          reference: symmetry == .mirror ? 0 : nil, tally: &tally)
      }
      let value = checks.lens.magnification(
        x: x, y: y, rho: rho, limbDarkening: law, tolerance: tolerance)
      print("library      \(value.value) ± \(value.error)")
      if rho > 0 {
        let expected = ReferenceMagnification.magnification(
          s: s, q: q, x: x, y: y, rho: rho, brightness: law.reference)
        print("independent  \(expected.value) ± \(expected.error)")
      }
      print(FuzzReport(tally: tally).text)
      if tally.failures > 0 { throw ExitCode(1) }
    }
  }

  struct Table: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Random finite sources as CSV, magnified by the independent integrator alone.")
    @Option(help: "Number of rows.") var count = 400
    @Option(help: "Equal seeds give equal rows.") var seed: UInt64 = 1
    @Option(help: "Threads.") var threads = ProcessInfo.processInfo.activeProcessorCount

    func run() throws { print(ReferenceRows(seed: seed, count: count, threads: threads).csv) }
  }
}

extension Place: ExpressibleByArgument {}
