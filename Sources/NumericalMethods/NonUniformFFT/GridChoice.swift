/// Which kernel and which grid serve best.
enum GridChoice {
  /// The cheapest kernel and grid that meet the tolerance.
  static func best(
    modes: [Int], points: Int, tolerance: Double
  ) -> (kernel: SpreadingKernel, shape: GridShape) {
    // Errors of the dimensions add up in squares.
    let perDimension = tolerance / Double(modes.count).squareRoot()
    let choices = SpreadingKernel.widths.compactMap {
      width -> (cost: Double, SpreadingKernel, GridShape)? in
      guard
        let upsampling = SpreadingKernel.upsampling(width: width, tolerance: perDimension)
      else { return nil }
      let lengths = modes.map { count in
        FourierTransform.fastLength(
          atLeast: max(GridShape.bin, Int((upsampling * Double(count)).rounded(.up))))
      }
      let shape = GridShape(
        columns: lengths[0], rows: lengths.count == 1 ? 1 : lengths[1], width: width)
      // The grid is finer than it must be: the least of its upsamplings shapes the kernel.
      let actual = zip(lengths, modes).map { Double($0) / Double($1) }.min()!
      return (
        cost(points: points, shape: shape), SpreadingKernel(width: width, upsampling: actual), shape
      )
    }
    let best = choices.min { $0.cost < $1.cost }!
    return (best.1, best.2)
  }

  /// Nanoseconds, measured for random points and widths from 2 to 15 on an AVX-512 core; only ratios
  /// matter.
  private static func cost(points: Int, shape: GridShape) -> Double {
    let vectors = (shape.width + 2 * GridShape.vector - 2) / GridShape.vector
    let perPoint = 14 + shape.height * vectors + (shape.width > 8 ? 6 : 0)
    return Double(points * perPoint + 8 * shape.count)
  }

  /// Spreading with vectors just wide enough for the kernel.
  static func spreading(_ kernel: SpreadingKernel, shape: GridShape) -> Spreading {
    typealias Two = GridRowPair<SIMD8<Double>, SIMD8<Double>>
    typealias Three = GridRowPair<Two, SIMD8<Double>>
    typealias Four = GridRowPair<Two, Two>
    typealias Five = GridRowPair<Four, SIMD8<Double>>
    switch kernel.width {
    case ...5: return Spreading(VectorSpreading<SIMD8<Double>, Two>(kernel, shape: shape))
    case ...8: return Spreading(VectorSpreading<SIMD8<Double>, Three>(kernel, shape: shape))
    case 9: return Spreading(VectorSpreading<SIMD16<Double>, Three>(kernel, shape: shape))
    case ...13: return Spreading(VectorSpreading<SIMD16<Double>, Four>(kernel, shape: shape))
    default: return Spreading(VectorSpreading<SIMD16<Double>, Five>(kernel, shape: shape))
    }
  }
}
