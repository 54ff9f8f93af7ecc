import ArgumentParser
import Foundation
import NumericalMethods

/// What every command takes.
struct CommonOptions: ParsableArguments {
  @Option(help: "Threads to use; results do not depend on it.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "Say nothing but errors.")
  var quiet = false

  func validate() throws {
    guard threads >= 1 else {
      throw ValidationError("--threads is \(threads); it must be at least 1")
    }
  }

  /// Runs work that reports progress, notes and interruptions to the terminal.
  func withMonitor<Result>(_ body: (WorkMonitor) throws -> Result) throws -> Result {
    let display = ProgressDisplay(isQuiet: quiet)
    defer { display.finish() }
    let isQuiet = quiet
    return try body(
      WorkMonitor(
        threads: threads, report: { display.update($0) },
        message: { text in
          display.finish()
          if !isQuiet { FileHandle.standardError.write(Data("\(text)\n".utf8)) }
        },
        interrupted: { Interruption.requested }))
  }
}
