import NumericalMethods

/// `count` elements that `fill` writes, all of them that are ever read, in large pages where they are many.
func largeArray<Element: BitwiseCopyable>(
  _ count: Int, fill: (UnsafeMutablePointer<Element>) -> Void
) -> [Element] {
  [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
    adviseLargePages(buffer.baseAddress!, byteCount: count * MemoryLayout<Element>.stride)
    fill(buffer.baseAddress!)
    initialized = count
  }
}
