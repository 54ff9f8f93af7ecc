import Foundation
import Numerics

/// The fine grid and its transform to and from the modes, of which there are fewer than grid points: only
/// the columns of modes are transformed, and each mode is divided by the kernel's transform on the way.
///
/// Sendable because the caller sees to it that no two threads touch the same part.
///
/// Complexity: O(n log n) for n grid points.
final class FineGrid: @unchecked Sendable {
  let shape: GridShape
  let memory: UnsafeMutablePointer<Complex<Double>>
  private let modes: (columns: Int, rows: Int)
  /// Reciprocals of the kernel's transform, by mode.
  private let columnFactors: [Double]
  private let rowFactors: [Double]
  /// Planned when first needed.
  private var rowTransforms: [FourierTransform.Sign: FourierTransform] = [:]
  private var columnTransforms: [FourierTransform.Sign: FourierTransform] = [:]

  /// Columns that are gathered side by side to be transformed.
  private static let block = 8

  init(_ kernel: SpreadingKernel, shape: GridShape, modes: (columns: Int, rows: Int)) {
    self.shape = shape
    self.modes = modes
    memory = FourierTransform.allocate(shape.count).baseAddress!
    func factors(_ count: Int, _ length: Int) -> [Double] {
      let factors = kernel.transform(count: count / 2 + 1, gridLength: length).map { 1 / $0 }
      return (0..<count).map { factors[abs($0 - count / 2)] }
    }
    columnFactors = factors(modes.columns, shape.columns)
    rowFactors = shape.rows == 1 ? [1] : factors(modes.rows, shape.rows)
  }

  deinit { memory.deallocate() }

  private func rowTransform(_ sign: FourierTransform.Sign) -> FourierTransform {
    if let known = rowTransforms[sign] { return known }
    let transform = FourierTransform(
      length: shape.columns, count: 1, stride: shape.stride, sign: sign)
    rowTransforms[sign] = transform
    return transform
  }

  private func columnTransform(_ sign: FourierTransform.Sign) -> FourierTransform {
    if let known = columnTransforms[sign] { return known }
    let transform = FourierTransform(
      length: shape.rows, count: Self.block, stride: Self.scratchStride(shape), sign: sign)
    columnTransforms[sign] = transform
    return transform
  }

  private static func scratchStride(_ shape: GridShape) -> Int { (shape.rows + 7) / 8 * 8 + 4 }

  func clear(threads: Int) {
    inRanges(shape.allRows, threads: threads) { rows in
      (memory + rows.lowerBound * shape.stride).update(
        repeating: .zero, count: rows.count * shape.stride)
    }
  }

  /// From what was spread to the modes `[rows, columns]`, from the most negative on.
  func transformToModes(
    _ output: UnsafeMutablePointer<Complex<Double>>, sign: FourierTransform.Sign, threads: Int
  ) {
    let rowTransform = rowTransform(sign)
    inRanges(shape.rows, threads: threads) { rows in
      for row in rows {
        fold(row)
        rowTransform.execute(memory + row * shape.stride)
      }
    }
    if shape.rows == 1 {
      for mode in 0..<modes.columns {
        output[mode] = memory[column(mode)].multiplied(by: columnFactors[mode])
      }
      return
    }
    nonisolated(unsafe) let output = output
    let columnTransform = columnTransform(sign)
    inBlocksOfColumns(threads: threads) { block, scratch, stride in
      for row in Swift.stride(from: 0, to: shape.rows, by: TransposedTile.side) {
        for i in Swift.stride(from: 0, to: block.count, by: TransposedTile.side) {
          TransposedTile.copy(
            memory + row * shape.stride + column(block.lowerBound) + i, shape.stride,
            to: scratch + i * stride + row, stride)
        }
      }
      columnTransform.execute(scratch)
      for (mode, i) in zip(block, 0...) {
        scaleRows(scratch + i * stride, by: columnFactors[mode])
      }
      for rows in rowSegments {
        TransposedTile.copy(
          scratch + self.row(rows.lowerBound), stride, rows: block.count, columns: rows.count,
          to: output + rows.lowerBound * modes.columns + block.lowerBound, modes.columns)
      }
    }
  }

  /// From modes `[rows, columns]` to values that can be interpolated.
  func transformFromModes(
    _ input: UnsafePointer<Complex<Double>>, sign: FourierTransform.Sign, threads: Int
  ) {
    if shape.rows == 1 {
      for mode in 0..<modes.columns {
        memory[column(mode)] = input[mode].multiplied(by: columnFactors[mode])
      }
    } else {
      nonisolated(unsafe) let input = input
      let columnTransform = columnTransform(sign)
      inBlocksOfColumns(threads: threads) { block, scratch, stride in
        scratch.update(repeating: .zero, count: Self.block * stride)
        for rows in rowSegments {
          TransposedTile.copy(
            input + rows.lowerBound * modes.columns + block.lowerBound, modes.columns,
            rows: rows.count, columns: block.count, to: scratch + self.row(rows.lowerBound), stride)
        }
        for (mode, i) in zip(block, 0...) {
          scaleRows(scratch + i * stride, by: columnFactors[mode])
        }
        columnTransform.execute(scratch)
        for row in Swift.stride(from: 0, to: shape.rows, by: TransposedTile.side) {
          for i in Swift.stride(from: 0, to: block.count, by: TransposedTile.side) {
            TransposedTile.copy(
              scratch + i * stride + row, stride,
              to: memory + row * shape.stride + column(block.lowerBound) + i, shape.stride)
          }
        }
      }
    }
    let rowTransform = rowTransform(sign)
    let firstEmpty = (modes.columns + 1) / 2
    let emptyCount = shape.columns - modes.columns
    inRanges(shape.rows, threads: threads) { rows in
      for row in rows {
        let start = memory + row * shape.stride
        (start + firstEmpty).update(repeating: .zero, count: emptyCount)
        rowTransform.execute(start)
        (start + shape.columns).update(from: start, count: shape.stride - shape.columns)
        if row < shape.height - 1 {
          (start + shape.rows * shape.stride).update(from: start, count: shape.stride)
        }
      }
    }
  }

  /// Adds what was spread across the edges to where the period begins anew.
  private func fold(_ row: Int) {
    let start = memory + row * shape.stride
    if row < shape.height - 1 {
      let beyond = start + shape.rows * shape.stride
      for column in 0..<shape.stride { start[column] += beyond[column] }
    }
    for column in 0..<shape.stride - shape.columns {
      start[column] += start[shape.columns + column]
    }
  }

  /// Where mode number `mode`, counted from the most negative, is on the grid.
  @inline(__always) private func column(_ mode: Int) -> Int {
    let frequency = mode - modes.columns / 2
    return frequency < 0 ? frequency + shape.columns : frequency
  }

  @inline(__always) private func row(_ mode: Int) -> Int {
    let frequency = mode - modes.rows / 2
    return frequency < 0 ? frequency + shape.rows : frequency
  }

  /// Modes along y of negative frequency, and the others: each lie side by side on the grid.
  private var rowSegments: [Range<Int>] { Self.segments(modes.rows) }

  private static func segments(_ count: Int) -> [Range<Int>] {
    [0..<count / 2, count / 2..<count].filter { !$0.isEmpty }
  }

  /// Multiplies a column of the grid by the factors of the modes along y and `factor`.
  private func scaleRows(_ column: UnsafeMutablePointer<Complex<Double>>, by factor: Double) {
    for rows in rowSegments {
      let start = column + row(rows.lowerBound)
      for (i, mode) in rows.enumerated() {
        start[i] = start[i].multiplied(by: factor * rowFactors[mode])
      }
    }
  }

  /// Blocks of columns of modes that lie side by side on the grid, with memory for the grid's columns,
  /// `stride` apart. Where a block has fewer than it may, the next columns of the grid are moved with it:
  /// they hold no modes, or lie beyond the edge.
  private func inBlocksOfColumns(
    threads: Int,
    _ body:
      @Sendable (
        _ columns: Range<Int>, _ scratch: UnsafeMutablePointer<Complex<Double>>, _ stride: Int
      ) -> Void
  ) {
    let stride = Self.scratchStride(shape)
    let blocks = Self.segments(modes.columns).flatMap { segment in
      Swift.stride(from: segment.lowerBound, to: segment.upperBound, by: Self.block).map {
        $0..<min($0 + Self.block, segment.upperBound)
      }
    }
    inRanges(blocks.count, threads: threads) { range in
      let scratch = FourierTransform.allocate(Self.block * stride)
      defer { scratch.deallocate() }
      scratch.initialize(repeating: .zero)
      for block in blocks[range] { body(block, scratch.baseAddress!, stride) }
    }
  }

  /// Parts of `0..<count`, a few for each thread.
  private func inRanges(_ count: Int, threads: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let parts = min(count, threads == 1 ? 1 : 8 * threads)
    parallelFor(parts, threads: threads) { part in
      body(part * count / parts..<(part + 1) * count / parts)
    }
  }
}

extension Complex<Double> {
  @inline(__always) fileprivate func multiplied(by factor: Double) -> Complex {
    Complex(real * factor, imaginary * factor)
  }
}
