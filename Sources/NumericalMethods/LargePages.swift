#if canImport(Glibc)
  import Glibc
#endif

/// Asks the system for large pages under the whole ones within freshly allocated memory: the first touch
/// of a page costs more than a microsecond, and a large one is five hundred small ones.
///
/// Memory below 4 MB, and systems without the choice, are left as they are.
public func adviseLargePages(_ start: UnsafeMutableRawPointer, byteCount: Int) {
  #if os(Linux)
    let page = 2 << 20
    guard byteCount >= 2 * page else { return }
    let first = (Int(bitPattern: start) + page - 1) / page * page
    let whole = (Int(bitPattern: start) + byteCount - first) / page * page
    madvise(UnsafeMutableRawPointer(bitPattern: first), whole, MADV_HUGEPAGE)
  #endif
}

extension Array {
  /// `count` elements that `fill` initialises, all of them, in large pages where they are many.
  init(count: Int, fill: (UnsafeMutableBufferPointer<Element>) throws -> Void) rethrows {
    try self.init(unsafeUninitializedCapacity: count) { buffer, initialized in
      if let start = buffer.baseAddress {
        adviseLargePages(start, byteCount: count * MemoryLayout<Element>.stride)
      }
      try fill(buffer)
      initialized = count
    }
  }
}
