import Foundation
import NumericalMethods
import Numerics

/// Sums Σⱼ sⱼ exp(2πi h f tⱼ) over points for all frequencies f of a grid, block by block: times from the
/// middle of their range on, several strengths s and multiples h at once.
///
/// A block's own frequency is multiplied into the strengths, so that where its points lie on the
/// transform's grid, and how they are spread to it, is the same for all blocks.
///
/// Complexity: O(points + n log n) a block of n coarse frequencies and a transform; memory O(points + n).
///
/// Reference: Dutt & Rokhlin (1993), SIAM J. Sci. Comput. 14, 1368; Fessler & Sutton (2003), IEEE Trans.
/// Signal Process. 51, 560.
final class BlockSpectra: Sendable {
  let layout: FrequencyBlocks
  let times: OrderedTimes
  private let multiples: [Int]
  private let weights: [SpreadingWeights]
  private let transform: FourierTransform
  /// What the transforms of the modes from −n/2 on are multiplied by, for what spreading takes away.
  private let rollOff: [Double]

  /// A sum to be computed.
  struct Term: Sendable {
    fileprivate let multiple: Int
    fileprivate let strengths: [SIMD8<Double>]
  }

  init(_ times: OrderedTimes, layout: FrequencyBlocks, multiples: [Int]) {
    self.layout = layout
    self.times = times
    self.multiples = multiples
    weights = multiples.map { SpreadingWeights(times, layout: layout, multiple: $0) }
    (transform, rollOff) = TransformPlans.shared.plan(for: layout)
  }

  /// - Parameter strengths: in the caller's order of the times.
  func term(_ strengths: [Double], multiple: Int) -> Term {
    let index = multiples.firstIndex(of: multiple)!
    let arranged = times.arranged(strengths)
    let compensation = weights[index].compensation
    return Term(
      multiple: index, strengths: arranged.indices.map { arranged[$0] * compensation[$0] })
  }

  /// Number of doubles of one term for one chunk.
  private var planeCount: Int { 2 * layout.phases * FrequencyBlocks.chunk }

  /// Calls `body` for every chunk of `blocks`, from several threads.
  func run(
    _ terms: [Term], blocks: [Int], threads: Int,
    _ body: @Sendable (SpectrumChunk) -> Void
  ) {
    let workers = min(threads, max(1, blocks.count))
    parallelFor(workers, threads: threads) { worker in
      let scratch = Scratch(self, terms: terms.count)
      for index in stride(from: worker, to: blocks.count, by: workers) {
        spectra(of: terms, block: blocks[index], scratch)
        interpolate(terms, block: blocks[index], scratch, body)
      }
    }
  }

  /// The coarse frequencies of a block.
  private func spectra(of terms: [Term], block: Int, _ scratch: Scratch) {
    let modes = layout.modeCount
    let center = block * layout.coarseCount - FrequencyBlocks.margin / 2 + modes / 2
    let frequency = layout.grid.first + layout.coarseStep * Double(center)
    for row in times.high.indices {
      scratch.turns[row] = UnitCircle.turns(frequency, times.high[row], times.low[row])
    }
    for (index, multiple) in multiples.enumerated() {
      let chosen = terms.indices.filter { terms[$0].multiple == index }
      guard !chosen.isEmpty else { continue }
      for row in times.high.indices {
        let turns = UnitCircle.fraction(Double(multiple) * scratch.turns[row])
        let (cosine, sine) = UnitCircle.cosineAndSine(turns)
        var pairs = SIMD16<Double>()
        pairs.evenHalf = cosine
        pairs.oddHalf = sine
        scratch.circle[2 * row] = pairs.lowHalf
        scratch.circle[2 * row + 1] = pairs.highHalf
      }
      for term in chosen {
        spread(terms[term].strengths, weights[index], scratch)
        transform.execute(scratch.grid.baseAddress!)
        separate(scratch, to: scratch.coarse + 2 * modes * term)
      }
    }
  }

  private func spread(
    _ strengths: [SIMD8<Double>], _ points: SpreadingWeights, _ scratch: Scratch
  ) {
    let length = layout.transformLength
    let grid = UnsafeMutableRawPointer(scratch.grid.baseAddress!)
    memset(grid, 0, scratch.grid.count * 16)
    let circle = UnsafeRawPointer(scratch.circle)
    strengths.withUnsafeBufferPointer { strengths in
      points.cells.withUnsafeBufferPointer { cells in
        points.weights.withUnsafeBufferPointer { weights in
          let strengths = UnsafeRawPointer(strengths.baseAddress!).assumingMemoryBound(
            to: Double.self)
          for k in 0..<cells.count {
            let pair = circle.load(fromByteOffset: 16 * k, as: SIMD2<Double>.self) * strengths[k]
            let four = SIMD4(lowHalf: pair, highHalf: pair)
            let value = SIMD8(lowHalf: four, highHalf: four)
            let row = grid + 16 * Int(cells[k])
            let (low, high) = (weights[2 * k], weights[2 * k + 1])
            Self.add(Self.doubled(low.lowHalf), value, row)
            Self.add(Self.doubled(low.highHalf), value, row + 64)
            Self.add(Self.doubled(high.lowHalf), value, row + 128)
            Self.add(Self.doubled(high.highHalf), value, row + 192)
          }
        }
      }
    }
    for k in 0..<SpreadingWeights.width { scratch.grid[k] += scratch.grid[length + k] }
  }

  /// Each twice, for the real and the imaginary part.
  @inline(__always) private static func doubled(_ w: SIMD4<Double>) -> SIMD8<Double> {
    SIMD8(w[0], w[0], w[1], w[1], w[2], w[2], w[3], w[3])
  }

  @inline(__always)
  private static func add(
    _ weights: SIMD8<Double>, _ value: SIMD8<Double>, _ memory: UnsafeMutableRawPointer
  ) {
    let sum = memory.loadUnaligned(as: SIMD8<Double>.self).addingProduct(weights, value)
    memory.storeBytes(of: sum, as: SIMD8<Double>.self)
  }

  /// Real and imaginary parts apart, from the mode −n/2 on.
  private func separate(_ scratch: Scratch, to coarse: UnsafeMutablePointer<Double>) {
    let (modes, length) = (layout.modeCount, layout.transformLength)
    let grid = UnsafeRawPointer(scratch.grid.baseAddress!)
    rollOff.withUnsafeBufferPointer { rollOff in
      let factors = UnsafeRawPointer(rollOff.baseAddress!)
      let target = UnsafeMutableRawPointer(coarse)
      var k = 0
      while k < modes {
        let source = k < modes / 2 ? length - modes / 2 + k : k - modes / 2
        let pairs = grid.loadUnaligned(fromByteOffset: 16 * source, as: SIMD16<Double>.self)
        let factor = factors.loadUnaligned(fromByteOffset: 8 * k, as: SIMD8<Double>.self)
        target.storeBytes(
          of: pairs.evenHalf * factor, toByteOffset: 8 * k, as: SIMD8<Double>.self)
        target.storeBytes(
          of: pairs.oddHalf * factor, toByteOffset: 8 * (modes + k), as: SIMD8<Double>.self)
        k += 8
      }
    }
  }

  private func interpolate(
    _ terms: [Term], block: Int, _ scratch: Scratch,
    _ body: (SpectrumChunk) -> Void
  ) {
    let (modes, chunk) = (layout.modeCount, FrequencyBlocks.chunk)
    for start in stride(from: 0, to: layout.coarseCount, by: chunk) {
      let first = (block * layout.coarseCount + start) * layout.phases
      if first >= layout.grid.count { break }
      for (index, term) in terms.enumerated() {
        let filter = weights[term.multiple].filter
        let real = scratch.coarse + 2 * modes * index + FrequencyBlocks.margin / 2 - filter.lead
        filter.apply(
          real + start, real + modes + start, to: scratch.planes + planeCount * index)
      }
      body(SpectrumChunk(first: first, layout: layout, values: scratch.planes))
    }
  }

  /// What a thread works on, in one piece of memory.
  private final class Scratch {
    let turns: UnsafeMutablePointer<SIMD8<Double>>
    let circle: UnsafeMutablePointer<SIMD8<Double>>
    let grid: UnsafeMutableBufferPointer<Complex<Double>>
    let coarse: UnsafeMutablePointer<Double>
    let planes: UnsafeMutablePointer<Double>
    private let memory: UnsafeMutableBufferPointer<Complex<Double>>

    init(_ spectra: BlockSpectra, terms: Int) {
      let layout = spectra.layout
      // In complex numbers, in whole cache lines each.
      let rows = 4 * spectra.times.high.count
      let length = layout.transformLength + SpreadingWeights.width
      let coarseCount = layout.modeCount * terms
      let planeCount = spectra.planeCount / 2 * terms
      memory = FourierTransform.allocate(length + 3 * rows + coarseCount + planeCount)
      let start = memory.baseAddress!
      grid = UnsafeMutableBufferPointer(start: start, count: length)
      func part(_ offset: Int) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(start + length + offset)
      }
      turns = part(0).assumingMemoryBound(to: SIMD8<Double>.self)
      circle = part(rows).assumingMemoryBound(to: SIMD8<Double>.self)
      coarse = part(3 * rows).assumingMemoryBound(to: Double.self)
      planes = part(3 * rows + coarseCount).assumingMemoryBound(to: Double.self)
    }

    deinit { memory.deallocate() }
  }
}
