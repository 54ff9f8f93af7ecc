import Foundation
import NumericalMethods
import Synchronization

/// Shows work in progress on standard error: one updating line on a terminal, log lines elsewhere.
///
/// A change of label begins a new line; `finish` must come between two works of one label, because
/// a report that falls behind the previous one is taken for a late one. Any thread may call it;
/// calls that come faster than the display's rate cost a lock and a look at the clock.
final class ProgressDisplay: Sendable {
  private struct State {
    var progress: WorkProgress?
    /// When and where the work under the present label began.
    var start = ContinuousClock.now
    var startCompleted = 0
    var lastShown = ContinuousClock.now
    var isShown = true
    var isLineOpen = false
  }

  private let isQuiet: Bool
  private let isTerminal: Bool
  private let state = Mutex(State())

  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
    isTerminal = isatty(STDERR_FILENO) == 1
  }

  /// Takes note of `progress`, and shows it when it is the first or last of its label or the
  /// previous showing is long enough ago: 0.1 s on a terminal, 10 s in a log.
  func update(_ progress: WorkProgress) {
    guard !isQuiet else { return }
    state.withLock { state in
      let now = ContinuousClock.now
      let isFirst = state.progress?.label != progress.label
      if !isFirst, let previous = state.progress {
        // Reports of parallel workers may overtake each other, and the last may come twice.
        guard progress.completed >= previous.completed, !previous.isComplete else { return }
      }
      if isFirst {
        if !state.isShown { show(&state, now: now) }
        endLine(&state)
        (state.start, state.startCompleted) = (now, progress.completed)
      }
      state.progress = progress
      state.isShown = false
      let interval = isTerminal ? Duration.milliseconds(100) : .seconds(10)
      guard isFirst || progress.isComplete || now - state.lastShown >= interval else { return }
      show(&state, now: now)
      if progress.isComplete { endLine(&state) }
    }
  }

  /// Shows how far the work came, and ends the line so that what is written next starts on its own.
  func finish() {
    state.withLock { state in
      if !state.isShown { show(&state, now: .now) }
      endLine(&state)
      state.progress = nil
    }
  }

  private func show(_ state: inout State, now: ContinuousClock.Instant) {
    guard let progress = state.progress else { return }
    let text = ProgressText(
      progress: progress, seconds: (now - state.start) / .seconds(1),
      steps: progress.completed - state.startCompleted)
    if isTerminal {
      // Return to the first column, and clear what a longer line left behind. The last column
      // stays free because some terminals wrap when it is written.
      write("\r\(text.line(width: Self.terminalWidth - 1))\u{1B}[K")
      state.isLineOpen = true
    } else {
      write(text.logLine + "\n")
    }
    state.lastShown = now
    state.isShown = true
  }

  private func endLine(_ state: inout State) {
    if state.isLineOpen { write("\n") }
    state.isLineOpen = false
  }

  private func write(_ text: String) {
    // A closed standard error must not stop the work.
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// Columns of the terminal, 80 where it does not say.
  private static var terminalWidth: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}

extension WorkProgress {
  /// Whether nothing is left to do; never so while the total is unknown.
  fileprivate var isComplete: Bool { total > 0 && completed >= total }
}
