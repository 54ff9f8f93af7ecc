import Foundation
import Synchronization

/// Ctrl-C and SIGTERM as a request to stop: long work looks at `requested` between its steps, saves
/// its state and exits with 130.
enum Interruption {
  private static let flag = Atomic<Bool>(false)

  /// Whether a stop was asked for.
  static var requested: Bool { flag.load(ordering: .relaxed) }

  /// Installs the handlers. A second signal exits at once with 130.
  static func install() {
    // Touched here so that the handler never runs the lazy initialisation, which takes a lock.
    flag.store(false, ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in
        if Interruption.flag.exchange(true, ordering: .relaxed) { _exit(130) }
      }
    }
  }
}
