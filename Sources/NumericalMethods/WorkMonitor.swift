/// How far a long computation has come.
public struct WorkProgress: Sendable {
  public var label: String
  public var completed: Int
  public var total: Int
  public var detail: String?

  public init(label: String, completed: Int, total: Int, detail: String? = nil) {
    self.label = label
    self.completed = completed
    self.total = total
    self.detail = detail
  }
}

/// What a long computation reports to, and asks whether to go on.
public struct WorkMonitor: Sendable {
  /// Threads the computation may use; results never depend on it.
  public var threads: Int
  private let report: @Sendable (WorkProgress) -> Void
  private let message: @Sendable (String) -> Void
  private let interrupted: @Sendable () -> Bool

  public init(
    threads: Int = 1, report: @escaping @Sendable (WorkProgress) -> Void = { _ in },
    message: @escaping @Sendable (String) -> Void = { _ in },
    interrupted: @escaping @Sendable () -> Bool = { false }
  ) {
    precondition(threads > 0)
    self.threads = threads
    self.report = report
    self.message = message
    self.interrupted = interrupted
  }

  public var isInterrupted: Bool { interrupted() }

  /// - Throws: `Interrupted` when the user asked to stop.
  public func checkInterruption() throws {
    if interrupted() { throw Interrupted() }
  }

  /// Tells the user something worth a line of its own.
  public func note(_ text: String) { message(text) }

  /// Reports progress.
  ///
  /// - Throws: `Interrupted` when the user asked to stop; what is finished is on disk by then.
  public func advance(_ progress: WorkProgress) throws {
    report(progress)
    try checkInterruption()
  }
}

/// The user asked to stop.
public struct Interrupted: Error, Sendable {
  public init() {}
}
