import Foundation
import Numerics

/// Sums over points anywhere of complex exponentials, in one or two dimensions, at the price of a fast
/// Fourier transform, in double precision:
///
/// - type 1, from points to modes: f[k] = Σⱼ c[j] exp(±i k·x[j]);
/// - type 2, from modes to points: c[j] = Σₖ f[k] exp(±i k·x[j]),
///
/// for the integer frequencies −⌊N/2⌋ ≤ k < ⌈N/2⌉ along each dimension. Type 1 with one sign is the adjoint
/// of type 2 with the other.
///
/// Points are spread to a finer grid with a kernel, or interpolated from it. Of all kernels and grids that
/// meet the tolerance the cheapest for the number of points is taken.
///
/// Make a plan, set its points, then execute any number of transforms. One thread at a time uses a plan;
/// results do not depend on the number of threads that it uses itself.
///
/// Complexity: O(M |log ε|² + N log N) for M points and N modes in all, in two dimensions.
///
/// Reference: Barnett, Magland & af Klinteberg (2019), SIAM J. Sci. Comput. 41, C479,
/// arXiv:1808.06736.
public final class NonUniformFFT {
  /// Modes along x, and y in two dimensions.
  public let modes: [Int]
  /// Relative root-mean-square error that is asked for.
  public let tolerance: Double
  public let threads: Int
  public private(set) var pointCount = 0
  private var grid: FineGrid?
  private var spreading: Spreading?
  private var points: SortedPoints?

  public static let tolerances = 1e-13...0.1

  /// A plan for `modes` frequencies: [along x] or [along x, along y].
  public init(modes: [Int], tolerance: Double, threads: Int = 1) {
    precondition((1...2).contains(modes.count) && modes.allSatisfy { $0 > 0 })
    precondition(Self.tolerances.contains(tolerance) && threads > 0)
    self.modes = modes
    self.tolerance = tolerance
    self.threads = threads
  }

  /// Number of modes in all.
  public var modeCount: Int { modes.reduce(1, *) }

  /// Sets the points, radians, finite; they may lie in any period. `y` is empty in one dimension.
  ///
  /// Complexity: O(M), and the planning of transforms where the grid changes.
  public func setPoints(x: [Double], y: [Double] = []) {
    precondition(y.count == (modes.count == 1 ? 0 : x.count))
    precondition(x.allSatisfy(\.isFinite) && y.allSatisfy(\.isFinite))
    pointCount = x.count
    let (kernel, shape) = GridChoice.best(modes: modes, points: x.count, tolerance: tolerance)
    if grid?.shape != shape {
      // What is not needed any more goes before new memory comes.
      grid = nil
      grid = FineGrid(kernel, shape: shape, modes: (modes[0], modes.count == 1 ? 1 : modes[1]))
      spreading = GridChoice.spreading(kernel, shape: shape)
    }
    points = x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in SortedPoints(x: x, y: y, shape: shape, threads: threads) }
    }
  }

  /// From strengths at the points, `[transforms, M]`, to modes, `[transforms, Ny, Nx]`.
  public func type1(
    _ strengths: [Complex<Double>], sign: FourierTransform.Sign
  ) -> [Complex<Double>] {
    guard pointCount > 0 else {
      preconditionFailure("points must be set before a transform")
    }
    let count = strengths.count / pointCount
    precondition(strengths.count == count * pointCount)
    return [Complex<Double>](count: count * modeCount) { modes in
      strengths.withUnsafeBufferPointer { strengths in
        for k in 0..<count {
          type1(
            strengths.baseAddress! + k * pointCount, into: modes.baseAddress! + k * modeCount,
            sign: sign)
        }
      }
    }
  }

  /// From modes, `[transforms, Ny, Nx]`, to values at the points, `[transforms, M]`.
  public func type2(
    _ modes: [Complex<Double>], sign: FourierTransform.Sign
  ) -> [Complex<Double>] {
    let count = modes.count / modeCount
    precondition(modes.count == count * modeCount)
    return [Complex<Double>](count: count * pointCount) { values in
      modes.withUnsafeBufferPointer { modes in
        for k in 0..<count {
          type2(
            modes.baseAddress! + k * modeCount, into: values.baseAddress! + k * pointCount,
            sign: sign)
        }
      }
    }
  }

  /// One transform of type 1 in the caller's memory.
  public func type1(
    _ strengths: UnsafePointer<Complex<Double>>, into modes: UnsafeMutablePointer<Complex<Double>>,
    sign: FourierTransform.Sign
  ) {
    let (grid, spreading, points) = (grid!, spreading!, points!)
    grid.clear(threads: threads)
    nonisolated(unsafe) let strengths = strengths
    // Neighbouring strips share grid points: first those of even number, then the others.
    for first in 0...1 {
      inStrips(of: points, from: first, by: 2) { range in
        spreading.spread(range, points, strengths, grid.memory)
      }
    }
    grid.transformToModes(modes, sign: sign, threads: threads)
  }

  /// One transform of type 2 in the caller's memory.
  public func type2(
    _ modes: UnsafePointer<Complex<Double>>, into values: UnsafeMutablePointer<Complex<Double>>,
    sign: FourierTransform.Sign
  ) {
    let (grid, spreading, points) = (grid!, spreading!, points!)
    grid.transformFromModes(modes, sign: sign, threads: threads)
    nonisolated(unsafe) let values = values
    inStrips(of: points, from: 0, by: 1) { range in
      spreading.interpolate(range, points, grid.memory, values)
    }
  }

  private func inStrips(
    of points: SortedPoints, from first: Int, by step: Int, _ body: @Sendable (Range<Int>) -> Void
  ) {
    let count = (points.strips.count - 1 - first + step - 1) / step
    parallelFor(max(0, count), threads: threads) { k in
      let strip = first + k * step
      body(points.strips[strip]..<points.strips[strip + 1])
    }
  }
}
