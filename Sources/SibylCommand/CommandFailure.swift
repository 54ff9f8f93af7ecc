import ArgumentParser
import Foundation
import NumericalMethods

/// How errors leave the program: one line on standard error, 1 for failures, 64 for wrong usage, 130
/// for an interruption.
enum CommandFailure {
  static func exit(with error: any Error) -> Never {
    switch error {
    case is Interrupted:
      write(
        "interrupted; no file is left half-written; sibyl train goes on when called again, sibyl run and "
          + "catalogues of sibyl periodogram with --resume")
      Foundation.exit(130)
    case let error as CocoaError:
      write(error.localizedDescription)
      Foundation.exit(1)
    case is CleanExit, is ValidationError, is ExitCode:
      SibylCommand.exit(withError: error)
    default:
      // ArgumentParser wraps its own errors; anything of ours comes through as it is.
      if SibylCommand.exitCode(for: error) == .validationFailure
        || SibylCommand.exitCode(for: error) == .success
      {
        SibylCommand.exit(withError: error)
      }
      write("\(error)")
      Foundation.exit(1)
    }
  }

  private static func write(_ text: String) {
    FileHandle.standardError.write(Data("sibyl: \(text)\n".utf8))
  }
}
