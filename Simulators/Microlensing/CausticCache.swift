import Synchronization

/// The caustics of a lens, traced when they are first asked for.
///
/// Point sources need none, and tracing costs as much as hundreds of them.
final class CausticCache: Sendable {
  private let lens: LensEquation
  private let stored = Mutex<CausticNetwork?>(nil)

  init(lens: LensEquation) { self.lens = lens }

  var network: CausticNetwork {
    stored.withLock { network in
      if let network { return network }
      let traced = CausticNetwork(lens: lens)
      network = traced
      return traced
    }
  }
}
