import Foundation
import NumericalMethods

/// How a grid of frequencies is cut into blocks that are transformed one by one, in cache.
///
/// Data over a time T fix a spectrum by its values at steps of 1/T, and a periodogram asks for several to
/// that step. Each block transforms to coarse frequencies, `phases` steps of the grid apart, and the
/// frequencies between are interpolated. Index of the grid = block · `blockLength` + j · `phases` + phase.
struct FrequencyBlocks: Sendable {
  let grid: FrequencyGrid
  /// Frequencies of the grid to a coarse one; 1 if the grid is too coarse itself to be interpolated.
  let phases: Int
  /// Coarse frequencies to a block.
  let coarseCount: Int
  let count: Int
  let transformLength: Int

  /// Coarse frequencies that are interpolated at a time, which then lie next to the processor.
  static let chunk = 64
  static let choices = [1, 2, 4, 8]
  /// Of times by coarse frequencies, the least from which interpolation is worth its cost.
  static let leastOversampling = 1.2
  /// Room for coarse frequencies on both sides that only interpolation needs.
  static let margin = 32
  /// The transform's own grid is finer than its modes.
  static let upsampling = 1.5

  /// - Parameters:
  ///   - duration: from the first to the last time.
  ///   - multiple: the highest multiple of the frequencies that is transformed.
  init(grid: FrequencyGrid, duration: Double, points: Int, multiple: Int) {
    self.grid = grid
    let oversampling = 1 / max(grid.step * duration * Double(multiple), 1e-300)
    let phases = Self.choices.last { Double($0) * Self.leastOversampling <= oversampling } ?? 1
    self.phases = phases
    let coarse = (grid.count + phases - 1) / phases
    func blocks(_ length: Int) -> Int {
      let each = Self.coarseCount(length)
      return (coarse + each - 1) / each
    }
    // Nanoseconds, measured on an AVX-512 core: spreading, and a transform in its caches.
    func cost(_ length: Int) -> Double {
      let each = max(1.4, min(6.2, 2 * log2(Double(length)) - 20.5))
      return Double(blocks(length)) * (6.6 * Double(points) + each * Double(length))
    }
    let length = (8...18).map { 1 << $0 }.min { cost($0) < cost($1) }!
    transformLength = length
    coarseCount = Self.coarseCount(length)
    count = blocks(length)
  }

  private static func coarseCount(_ length: Int) -> Int {
    (modeCount(length) - margin) / chunk * chunk
  }

  private static func modeCount(_ length: Int) -> Int {
    Int(Double(length) / upsampling) / 16 * 16
  }

  /// Coarse frequencies that a transform gives.
  var modeCount: Int { Self.modeCount(transformLength) }
  var blockLength: Int { coarseCount * phases }
  var coarseStep: Double { grid.step * Double(phases) }

  /// Indices of the grid in a block.
  func indices(of block: Int) -> Range<Int> {
    block * blockLength..<min((block + 1) * blockLength, grid.count)
  }
}
