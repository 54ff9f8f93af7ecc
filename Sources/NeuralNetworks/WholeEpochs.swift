/// Training in epochs that are on disk before anything else can happen.
public enum WholeEpochs {
  /// Advances a training to its end, saving whole epochs: every few seconds, at the end, and when an epoch
  /// throws, so that an interrupted training goes on from the last one.
  ///
  /// - Throws: what `advance` and `save` throw.
  public static func run<State>(
    _ state: inout State, isFinished: (State) -> Bool, isNew: (State) -> Bool,
    advance: (inout State) throws -> Void, save: (State) throws -> Void
  ) throws {
    var saved = ContinuousClock.now
    while !isFinished(state) {
      var next = state
      do {
        try advance(&next)
      } catch {
        if !isNew(state) { try save(state) }
        throw error
      }
      state = next
      // Waiting for the disk would take as long as a short epoch.
      if isFinished(state) || saved.duration(to: .now) > .seconds(2) {
        try save(state)
        saved = .now
      }
    }
  }
}
