import CVector

/// Points in the order of the bins of grid points that their kernels begin in, so that those close to each
/// other follow each other.
///
/// Complexity: O(M), by counting. The order within a bin is that of the points.
struct SortedPoints: Sendable {
  /// Where kernels begin, in steps of the grid: the first grid point is the next at or above.
  let starts: [SIMD2<Double>]
  /// Where in the caller's order a point stands.
  let indices: [UInt32]
  /// Points of a strip: `starts[strips[k]..<strips[k + 1]]`. Kernels of points in every other strip share
  /// no grid points.
  let strips: [Int]

  /// Points at `x` and `y`, radians, any period; `y` is empty in one dimension.
  init(
    x: UnsafeBufferPointer<Double>, y: UnsafeBufferPointer<Double>, shape: GridShape, threads: Int
  ) {
    precondition(x.count < Int(UInt32.max))
    let bins = Bins(shape)
    let count = x.count
    // Each part of the points has places of its own in every bin, in the order of the parts: so the
    // order of the points does not depend on the number of parts.
    let parts = (0..<threads).map { $0 * count / threads..<($0 + 1) * count / threads }
    nonisolated(unsafe) let (x, y) = (x, y)
    let counted = parallelMap(parts.count, threads: threads) { part in
      bins.count(parts[part], x: x, y: y)
    }
    var places = counted.map(\.counts)
    var next = 0
    var strips = [Int]()
    for bin in 0..<bins.count {
      if bin % bins.perStrip == 0 { strips.append(next) }
      for part in parts.indices {
        (places[part][bin], next) = (next, next + places[part][bin])
      }
    }
    self.strips = strips + [count]

    var starts = [SIMD2<Double>]()
    indices = [UInt32](count: count) { indices in
      starts = [SIMD2<Double>](count: count) { starts in
        nonisolated(unsafe) let (starts, indices) = (starts, indices)
        let places = places
        parallelFor(parts.count, threads: threads) { part in
          bins.place(
            parts[part], counted[part].numbers, places[part], x: x, y: y, starts: starts,
            indices: indices)
        }
      }
    }
    self.starts = starts
  }
}

/// Squares of grid points, row by row.
private struct Bins {
  let count: Int
  /// Bins that make up a strip: a row of them, or, in one dimension, 256.
  let perStrip: Int
  private let columns: SIMD8<Int64>
  private let width: SIMD8<Double>
  private let height: SIMD8<Double>
  private let half: SIMD8<Double>
  private static let shift = SIMD8<Int64>(repeating: Int64(GridShape.bin.trailingZeroBitCount))

  init(_ shape: GridShape) {
    let columns = (shape.columns - 1) / GridShape.bin + 1
    count = columns * ((shape.rows - 1) / GridShape.bin + 1)
    perStrip = shape.rows == 1 ? 256 : columns
    self.columns = SIMD8(repeating: Int64(columns))
    width = SIMD8(repeating: Double(shape.columns))
    height = SIMD8(repeating: Double(shape.rows))
    half = SIMD8(repeating: Double(shape.width) / 2)
  }

  /// The bin of each of the points `range`, and how many are in each bin.
  func count(
    _ range: Range<Int>, x: UnsafeBufferPointer<Double>, y: UnsafeBufferPointer<Double>
  ) -> (numbers: [UInt32], counts: [Int]) {
    var counts = [Int](repeating: 0, count: count)
    let numbers = [UInt32](count: range.count) { numbers in
      counts.withUnsafeMutableBufferPointer { counts in
        for first in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
          let found = self.numbers(starts(first, x: x, y: y))
          for lane in 0..<min(8, range.upperBound - first) {
            let bin = Int(truncatingIfNeeded: found[lane])
            numbers[first - range.lowerBound + lane] = UInt32(truncatingIfNeeded: bin)
            counts[bin] &+= 1
          }
        }
      }
    }
    return (numbers, counts)
  }

  /// Puts each of the points `range` to the next place of its bin.
  func place(
    _ range: Range<Int>, _ numbers: [UInt32], _ places: [Int], x: UnsafeBufferPointer<Double>,
    y: UnsafeBufferPointer<Double>, starts: UnsafeMutableBufferPointer<SIMD2<Double>>,
    indices: UnsafeMutableBufferPointer<UInt32>
  ) {
    var places = places
    places.withUnsafeMutableBufferPointer { places in
      numbers.withUnsafeBufferPointer { numbers in
        for first in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
          let found = self.starts(first, x: x, y: y)
          for lane in 0..<min(8, range.upperBound - first) {
            let bin = Int(truncatingIfNeeded: numbers[first - range.lowerBound + lane])
            let place = places[bin]
            places[bin] = place &+ 1
            starts[place] = SIMD2(found.x[lane], found.y[lane])
            indices[place] = UInt32(truncatingIfNeeded: first &+ lane)
          }
        }
      }
    }
  }

  /// Where the kernels of eight points from `first` on begin; of the last ones perhaps fewer.
  @inline(__always) func starts(
    _ first: Int, x: UnsafeBufferPointer<Double>, y: UnsafeBufferPointer<Double>
  ) -> (x: SIMD8<Double>, y: SIMD8<Double>) {
    (
      start(Self.load(x, first), width),
      y.isEmpty ? .zero : start(Self.load(y, first), height)
    )
  }

  @inline(__always) func numbers(
    _ starts: (x: SIMD8<Double>, y: SIMD8<Double>)
  ) -> SIMD8<Int64> {
    let column = f64x8_integer(f64x8_ceil(starts.x)) &>> Self.shift
    let row = f64x8_integer(f64x8_ceil(starts.y)) &>> Self.shift
    return row &* columns &+ column
  }

  /// In (-1, n − 1].
  @inline(__always) private func start(
    _ angle: SIMD8<Double>, _ n: SIMD8<Double>
  ) -> SIMD8<Double> {
    let turns = angle * (1 / (2 * Double.pi))
    let start = (turns - f64x8_floor(turns)) * n - half
    return start.replacing(with: start + n, where: start .<= -1)
  }

  @inline(__always) private static func load(
    _ values: UnsafeBufferPointer<Double>, _ first: Int
  ) -> SIMD8<Double> {
    if first + 8 <= values.count {
      return UnsafeRawPointer(values.baseAddress! + first).loadUnaligned(as: SIMD8<Double>.self)
    }
    var lanes = SIMD8<Double>.zero
    for k in first..<values.count { lanes[k - first] = values[k] }
    return lanes
  }
}
