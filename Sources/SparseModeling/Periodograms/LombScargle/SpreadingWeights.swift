import Foundation
import NumericalMethods

/// Where the points lie on the grid of each block's transform, and how they are spread to it: the same for
/// all blocks, for one multiple of the frequencies.
final class SpreadingWeights: Sendable {
  /// The first cell of each point, in [0, `transformLength`).
  let cells: [Int32]
  /// Two vectors a point.
  let weights: [SIMD8<Double>]
  /// What strengths are multiplied by before, for what interpolation takes away.
  let compensation: [SIMD8<Double>]
  let filter: PhaseFilter

  static let width = 16
  /// Images of the signal between coarse frequencies, relative to it.
  static let tolerance = 1e-11
  static let kernel = KaiserBesselKernel(
    width: width, oversampling: FrequencyBlocks.upsampling)
  /// The kernel at its sixteen cells, in terms of z in [−1, 1], from the highest power down.
  private static let polynomials = fit()

  init(_ times: OrderedTimes, layout: FrequencyBlocks, multiple: Int) {
    let length = Double(layout.transformLength)
    var compensation = [SIMD8<Double>](repeating: SIMD8(repeating: 1), count: times.high.count)
    var kernel: KaiserBesselKernel?
    if layout.phases > 1 {
      let band = layout.coarseStep * times.duration * Double(multiple)
      // A band of no width needs no more than a narrow one does.
      let interpolation = KaiserBesselKernel(
        tolerance: Self.tolerance, oversampling: min(1 / max(band, 1e-3), 1e3))
      let step = layout.coarseStep * Double(multiple)
      for row in compensation.indices {
        for lane in 0..<8 {
          compensation[row][lane] = 1 / interpolation.transform(at: step * times.high[row][lane])
        }
      }
      kernel = interpolation
    }
    filter = PhaseFilter(kernel, phases: layout.phases)
    self.compensation = compensation
    var cells = [Int32]()
    cells.reserveCapacity(times.order.count)
    let whole = Int32(layout.transformLength)
    weights = largeArray(2 * times.order.count) { weights in
      for row in times.high.indices {
        let turns = UnitCircle.fraction(
          Double(multiple)
            * UnitCircle.turns(layout.coarseStep, times.high[row], times.low[row]))
        let places = turns * length
        for lane in 0..<8 {
          let floor = places[lane].rounded(.down)
          let cell = Int32(floor) - Int32(Self.width / 2 - 1)
          cells.append(cell < 0 ? cell + whole : cell)
          let value = Self.values(at: 2 * (places[lane] - floor) - 1)
          weights[2 * (8 * row + lane)] = value.lowHalf
          weights[2 * (8 * row + lane) + 1] = value.highHalf
        }
      }
    }
    self.cells = cells
  }

  /// The kernel at its sixteen cells.
  @inline(__always) private static func values(at z: Double) -> SIMD16<Double> {
    polynomials.withUnsafeBufferPointer { polynomials in
      let z = SIMD16<Double>(repeating: z)
      var value = polynomials[0]
      for k in 1..<polynomials.count { value = polynomials[k].addingProduct(value, z) }
      return value
    }
  }

  /// Interpolates between Chebyshev's nodes until it stays within rounding of the kernel.
  private static func fit() -> [SIMD16<Double>] {
    let pieces = (0..<width).map { cell in
      { (z: Double) in kernel.value(at: Double(cell - width / 2 + 1) - (z + 1) / 2) }
    }
    let degree = (width..<2 * width).first { degree in
      pieces.allSatisfy { piece in
        let powers = chebyshevPowers(degree: degree, of: piece)
        return stride(from: -0.975, through: 0.975, by: 0.15).allSatisfy { z in
          abs(powers.reversed().reduce(0) { $0 * z + $1 } - piece(z)) < 1e-14
        }
      }
    }
    let powers = pieces.map { chebyshevPowers(degree: degree ?? 2 * width, of: $0) }
    return powers[0].indices.reversed().map { power in
      var lanes = SIMD16<Double>.zero
      for cell in 0..<width { lanes[cell] = powers[cell][power] }
      return lanes
    }
  }
}
