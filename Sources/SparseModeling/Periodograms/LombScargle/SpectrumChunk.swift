/// The values of several spectra at frequencies that follow each other, in vectors of eight that are
/// `phases` apart.
struct SpectrumChunk {
  typealias Lanes = SIMD8<Double>

  /// Index of its first frequency.
  let first: Int
  let phases: Int
  /// The last ones may lie beyond the grid.
  let gridCount: Int
  private let values: UnsafeRawPointer

  /// - Parameter values: `[term][real, imaginary][phase][chunk]`.
  init(first: Int, layout: FrequencyBlocks, values: UnsafePointer<Double>) {
    (self.first, phases, gridCount) = (first, layout.phases, layout.grid.count)
    self.values = UnsafeRawPointer(values)
  }

  /// Frequencies that lie within the grid.
  var indices: Range<Int> {
    first..<min(first + phases * FrequencyBlocks.chunk, gridCount)
  }

  @inline(__always) var vectors: Range<Int> { 0..<phases * FrequencyBlocks.chunk / 8 }

  @inline(__always) func real(_ term: Int, _ vector: Int) -> Lanes { load(2 * term, vector) }
  @inline(__always) func imaginary(_ term: Int, _ vector: Int) -> Lanes {
    load(2 * term + 1, vector)
  }

  @inline(__always) private func load(_ part: Int, _ vector: Int) -> Lanes {
    values.loadUnaligned(
      fromByteOffset: 64 * (part * vectors.count + vector), as: Lanes.self)
  }

  /// Writes what belongs to `vector` to its places of the grid.
  @inline(__always)
  func write(_ value: Lanes, _ vector: Int, to grid: UnsafeMutablePointer<Double>) {
    let index = firstIndex(vector)
    if index + 7 * phases < gridCount {
      let target = grid + index
      for lane in 0..<8 { target[lane * phases] = value[lane] }
    } else {
      for lane in 0..<8 where index + lane * phases < gridCount {
        grid[index + lane * phases] = value[lane]
      }
    }
  }

  /// What was written there.
  @inline(__always)
  func read(_ vector: Int, from grid: UnsafeMutablePointer<Double>) -> Lanes {
    let index = firstIndex(vector)
    var value = Lanes.zero
    if index + 7 * phases < gridCount {
      let source = grid + index
      for lane in 0..<8 { value[lane] = source[lane * phases] }
    } else {
      for lane in 0..<8 where index + lane * phases < gridCount {
        value[lane] = grid[index + lane * phases]
      }
    }
    return value
  }

  /// The pair's products at `vector`, from the term of the window and those of other columns.
  @inline(__always)
  func geometry(
    _ vector: Int, total: Double, window: Int, others: Range<Int>
  ) -> PairGeometry {
    var pair = PairGeometry(
      total: total, windowReal: real(window, vector), windowImaginary: imaginary(window, vector))
    for other in others { pair.project(real(other, vector), imaginary(other, vector)) }
    return pair
  }

  /// Of the first of eight frequencies, `phases` apart.
  @inline(__always) func firstIndex(_ vector: Int) -> Int {
    let rows = FrequencyBlocks.chunk / 8
    return first + 8 * (vector % rows) * phases + vector / rows
  }
}
