import Synchronization

/// The memory that passes of the past leave to those to come.
///
/// A sampler makes a pass for each block of samples; the system would clear its pages each time.
enum ScratchMemory {
  /// Sendable because it belongs to one pass, or to the list of those that none has.
  struct Chunk: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer
  }

  private static let smallest = 1 << 20
  private static let free = Mutex<[Chunk]>([])

  /// A chunk of at least `count` bytes, uninitialised.
  static func take(_ count: Int) -> Chunk {
    let found = free.withLock { free in
      free.lastIndex { $0.bytes.count >= count }.map { free.remove(at: $0) }
    }
    return found ?? Chunk(bytes: .allocate(byteCount: max(count, smallest), alignment: 64))
  }

  static func giveBack(_ chunks: [Chunk]) { free.withLock { $0 += chunks } }
}
