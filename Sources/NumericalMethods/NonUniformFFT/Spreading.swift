import CVector
import Numerics

/// Spreads points to the grid and interpolates from it.
///
/// Closures, because they are compiled for the types of `VectorSpreading` that they come from; methods of
/// a protocol would not be.
struct Spreading: Sendable {
  /// Adds the points `range` of the sorted ones, each with its strength, to the grid.
  let spread:
    @Sendable (
      _ range: Range<Int>, _ points: SortedPoints, _ strengths: UnsafePointer<Complex<Double>>,
      _ grid: UnsafeMutablePointer<Complex<Double>>
    ) -> Void

  /// Writes the grid's values at the points `range` of the sorted ones.
  let interpolate:
    @Sendable (
      _ range: Range<Int>, _ points: SortedPoints, _ grid: UnsafePointer<Complex<Double>>,
      _ values: UnsafeMutablePointer<Complex<Double>>
    ) -> Void

  @inline(__always) init<Lanes, Row>(_ method: VectorSpreading<Lanes, Row>) {
    spread = { method.spread($0, of: $1, $2, to: $3) }
    interpolate = { method.interpolate($0, of: $1, from: $2, into: $3) }
  }
}

/// Spreading in vectors: `Row` holds a kernel that begins anywhere in its first vector, `Lanes` its values.
///
/// All memory is read and written in whole vectors from their boundaries on, because a processor that
/// reads across what it has just written has to wait.
struct VectorSpreading<Lanes: KernelLanes, Row: GridRow>: Sendable {
  private let shape: GridShape
  private let polynomials: KernelPolynomials<Lanes>
  /// For each place of the kernel's first grid point in a vector, where its values go: `[4, vectors]`.
  private let lanes: [SIMD8<Int>]

  init(_ kernel: SpreadingKernel, shape: GridShape) {
    precondition(kernel.width + GridShape.vector - 1 <= GridShape.vector * Row.vectorCount)
    self.shape = shape
    polynomials = KernelPolynomials(kernel)
    lanes = (0..<GridShape.vector).flatMap { offset in
      (0..<Row.vectorCount).map { vector in
        var lanes = SIMD8<Int>()
        for lane in 0..<8 {
          let value = GridShape.vector * vector + lane / 2 - offset
          // The last of sixteen values is always zero.
          lanes[lane] = (0..<kernel.width).contains(value) ? value : 15
        }
        return lanes
      }
    }
  }

  func spread(
    _ range: Range<Int>, of points: SortedPoints, _ strengths: UnsafePointer<Complex<Double>>,
    to grid: UnsafeMutablePointer<Complex<Double>>
  ) {
    withTables(points) { tables in
      let last = points.starts.count - 1
      for point in range {
        prefetch(strengths + Int(tables.indices[min(point + 16, last)]))
        let (row, base) = tables.footprint(point)
        let scaled = row.scaled(by: SIMD8(repeating: strengths[Int(tables.indices[point])]))
        var memory = UnsafeMutableRawPointer(grid + base).assumingMemoryBound(
          to: SIMD8<Double>.self)
        for k in 0..<tables.height {
          scaled.add(times: tables.y[k], to: memory)
          memory += tables.stride
        }
      }
    }
  }

  func interpolate(
    _ range: Range<Int>, of points: SortedPoints, from grid: UnsafePointer<Complex<Double>>,
    into values: UnsafeMutablePointer<Complex<Double>>
  ) {
    withTables(points) { tables in
      for point in range {
        let (row, base) = tables.footprint(point)
        var memory = UnsafeRawPointer(grid + base).assumingMemoryBound(to: SIMD8<Double>.self)
        var sum = Row.zero
        for k in 0..<tables.height {
          sum.accumulate(times: tables.y[k], memory)
          memory += tables.stride
        }
        let parts = sum.dot(row)
        let halves = parts.lowHalf + parts.highHalf
        let value = halves.lowHalf + halves.highHalf
        values[Int(tables.indices[point])] = Complex(value.x, value.y)
      }
    }
  }

  /// What the loops over points read, as plain memory.
  private struct Tables {
    let starts: UnsafePointer<SIMD2<Double>>
    let indices: UnsafePointer<UInt32>
    let coefficients: UnsafeBufferPointer<Lanes>
    let lanes: UnsafePointer<SIMD8<Int>>
    /// The kernel's values along y of the latest point.
    let y: UnsafeMutablePointer<Double>
    let height: Int
    /// From row to row, in vectors.
    let stride: Int

    /// A point's kernel along x, and where its first vector is in the grid, in complex numbers.
    @inline(__always) func footprint(_ point: Int) -> (row: Row, base: Int) {
      let start = starts[point]
      let (column, row) = (start.x.rounded(.up), start.y.rounded(.up))
      let (x, y) = KernelPolynomials.values(
        coefficients, SIMD2(column - start.x, row - start.y))
      if height > 1 {
        UnsafeMutableRawPointer(self.y).assumingMemoryBound(to: Lanes.self).pointee = y
      }
      let (first, offset) = (Int(column), Int(column) & (GridShape.vector - 1))
      return (
        Row(x.low, x.high, lanes: lanes + offset * Row.vectorCount),
        Int(row) &* stride &* GridShape.vector &+ first &- offset
      )
    }
  }

  @inline(__always) private func withTables(_ points: SortedPoints, _ body: (Tables) -> Void) {
    let y = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 64)
      .bindMemory(to: Double.self, capacity: 16)
    defer { y.deallocate() }
    // In one dimension the kernel along y is a single one.
    y.initialize(repeating: 1, count: 16)
    points.starts.withUnsafeBufferPointer { starts in
      points.indices.withUnsafeBufferPointer { indices in
        polynomials.coefficients.withUnsafeBufferPointer { coefficients in
          lanes.withUnsafeBufferPointer { lanes in
            guard let first = starts.baseAddress else { return }
            body(
              Tables(
                starts: first, indices: indices.baseAddress!, coefficients: coefficients,
                lanes: lanes.baseAddress!, y: y, height: shape.height,
                stride: shape.stride / GridShape.vector))
          }
        }
      }
    }
  }
}

/// Vectors that hold the values of a kernel.
protocol KernelLanes: SIMD, Sendable where Scalar == Double {
  var low: SIMD8<Double> { get }
  var high: SIMD8<Double> { get }
}

extension SIMD8<Double>: KernelLanes {
  @inline(__always) var low: SIMD8<Double> { self }
  @inline(__always) var high: SIMD8<Double> { .zero }
}

extension SIMD16<Double>: KernelLanes {
  @inline(__always) var low: SIMD8<Double> { lowHalf }
  @inline(__always) var high: SIMD8<Double> { highHalf }
}

extension SIMD8<Double> {
  /// The complex number four times.
  @inline(__always) fileprivate init(repeating value: Complex<Double>) {
    let pair = SIMD2(value.real, value.imaginary)
    let pairs = SIMD4(lowHalf: pair, highHalf: pair)
    self.init(lowHalf: pairs, highHalf: pairs)
  }
}
