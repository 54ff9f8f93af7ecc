import Foundation
import NumericalMethods
import Numerics

/// Σⱼ sⱼ exp(2πi f (tⱼ − origin)) of real strengths at the frequencies of a grid, block by block.
///
/// Blocks differ by a phase of each point only, so that one plan serves them all.
final class SinusoidTransform: @unchecked Sendable {
  let grid: FrequencyGrid
  let blockLength: Int
  let threads: Int
  private let offsets: [Double]
  /// One for each thread, which alone uses it: this is why the class may be shared.
  private let plans: [NonUniformFFT]

  /// Below what certificates of a gap of 1e-10 need.
  private static let tolerance = 1e-12

  init(
    times: [Double], origin: Double, grid: FrequencyGrid, blockLength: Int, threads: Int
  ) {
    self.grid = grid
    self.blockLength = blockLength
    self.threads = threads
    offsets = times.map { $0 - origin }
    let radians = offsets.map { 2 * .pi * grid.step * $0 }
    plans = (0..<threads).map { _ in
      let plan = NonUniformFFT(modes: [blockLength], tolerance: Self.tolerance)
      plan.setPoints(x: radians)
      return plan
    }
  }

  /// Long enough that points cost little beside the transforms of a block, short enough for the cache.
  static func blockLength(of grid: FrequencyGrid) -> Int {
    var length = 1024
    while length < 8192, length * 8 < grid.count { length *= 2 }
    return length
  }

  /// Calls `body` with a block and its values, for each of `blocks`, on several threads.
  func forEach(
    of blocks: [Int], strengths: [Double],
    _ body: @Sendable (_ block: Int, _ values: UnsafePointer<Complex<Double>>) -> Void
  ) {
    let share = (blocks.count + threads - 1) / threads
    parallelFor(threads, threads: threads) { thread in
      let part = blocks.dropFirst(thread * share).prefix(share)
      var shifted = [Complex<Double>](repeating: .zero, count: offsets.count)
      var values = [Complex<Double>](repeating: .zero, count: blockLength)
      for block in part {
        let center = grid[block * blockLength + blockLength / 2]
        for k in offsets.indices {
          let turns = center * offsets[k]
          let angle = 2 * .pi * (turns - turns.rounded())
          shifted[k] = Complex(strengths[k] * cos(angle), strengths[k] * sin(angle))
        }
        values.withUnsafeMutableBufferPointer { values in
          plans[thread].type1(shifted, into: values.baseAddress!, sign: .plus)
          body(block, UnsafePointer(values.baseAddress!))
        }
      }
    }
  }
}
