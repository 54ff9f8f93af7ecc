import Foundation

/// A kernel's values at the grid points next to a point, as polynomials in where between two grid points
/// it lies: lane i is the i-th grid point.
///
/// Complexity of a value: one multiplication and addition of vectors a degree.
struct KernelPolynomials<Lanes: SIMD & Sendable>: Sendable where Lanes.Scalar == Double {
  /// From the highest power down.
  let coefficients: [Lanes]

  /// Polynomials of the least degree that stay within a tenth of the kernel's smallest value.
  init(_ kernel: SpreadingKernel) {
    precondition(kernel.width <= Lanes.scalarCount)
    let target = 0.1 * kernel.value(at: Double(kernel.width) / 2)
    let pieces = (kernel.width + 1...kernel.width + 8).lazy.map { degree in
      (0..<kernel.width).map { Self.piece($0, of: kernel, degree: degree) }
    }
    let found = pieces.first { $0.allSatisfy { $0.error <= target } } ?? pieces.last!
    coefficients = (0..<found[0].powers.count).reversed().map { power in
      var lanes = Lanes()
      for (i, piece) in found.enumerated() { lanes[i] = piece.powers[power] }
      return lanes
    }
  }

  /// φ at the i-th grid point in terms of z in [-1, 1]: interpolated at Chebyshev's nodes.
  private static func piece(
    _ i: Int, of kernel: SpreadingKernel, degree: Int
  ) -> (powers: [Double], error: Double) {
    func value(_ z: Double) -> Double {
      kernel.value(at: Double(i) + (z + 1) / 2 - Double(kernel.width) / 2)
    }
    let powers = chebyshevPowers(degree: degree, of: value)
    let error = stride(from: -0.975, through: 0.975, by: 0.15).map { z in
      abs(powers.reversed().reduce(0) { $0 * z + $1 } - value(z))
    }.max()!
    return (powers, error)
  }

  /// Values for a point in two dimensions: `distance`, in [0, 1) each, is from where its kernel begins
  /// to the first grid point.
  @inline(__always) static func values(
    _ coefficients: UnsafeBufferPointer<Lanes>, _ distance: SIMD2<Double>
  ) -> (x: Lanes, y: Lanes) {
    let (zx, zy) = (
      Lanes(repeating: 2 * distance.x - 1), Lanes(repeating: 2 * distance.y - 1)
    )
    var (x, y) = (coefficients[0], coefficients[0])
    for power in 1..<coefficients.count {
      x = coefficients[power].addingProduct(x, zx)
      y = coefficients[power].addingProduct(y, zy)
    }
    return (x, y)
  }
}
