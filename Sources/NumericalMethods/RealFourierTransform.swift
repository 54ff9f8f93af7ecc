import CFFTW
import Foundation
import Numerics

/// Discrete Fourier transforms of real images of which only the first rows are not zero, or wanted,
/// unnormalised: there and back multiplies by the number of pixels.
///
/// Sendable because executing a plan changes nothing in it.
///
/// Complexity: O(n log n) for n pixels; rows that are left out cost nothing.
public final class RealFourierTransform: @unchecked Sendable {
  public let width: Int
  public let height: Int
  /// Number of rows that count.
  public let rows: Int
  private let rowsForward: fftw_plan
  private let rowsBackward: fftw_plan
  private let columnsForward: fftw_plan
  private let columnsBackward: fftw_plan

  public init(width: Int, height: Int, rows: Int) {
    precondition(width > 0 && rows > 0 && height >= rows)
    (self.width, self.height, self.rows) = (width, height, rows)
    let modes = width / 2 + 1
    let memory = FourierTransform.allocate(modes * height)
    let image = FourierTransform.allocate((width * height + 1) / 2)
    defer {
      memory.deallocate()
      image.deallocate()
    }
    let spectrum = Self.foreign(memory.baseAddress!)
    let pixels = UnsafeMutableRawPointer(image.baseAddress!).assumingMemoryBound(to: Double.self)
    var (rowLength, columnLength) = ([Int32(width)], [Int32(height)])
    func columns(_ sign: Int32) -> fftw_plan {
      fftw_plan_many_dft(
        1, &columnLength, Int32(modes), spectrum, nil, Int32(modes), 1, spectrum, nil, Int32(modes),
        1, sign, FFTW_ESTIMATE)
    }
    (rowsForward, rowsBackward, columnsForward, columnsBackward) = FourierTransform.planner.withLock
    {
      (
        fftw_plan_many_dft_r2c(
          1, &rowLength, Int32(rows), pixels, nil, 1, Int32(width), spectrum, nil, 1, Int32(modes),
          FFTW_ESTIMATE),
        fftw_plan_many_dft_c2r(
          1, &rowLength, Int32(rows), spectrum, nil, 1, Int32(modes), pixels, nil, 1, Int32(width),
          FFTW_ESTIMATE),
        columns(FFTW_FORWARD), columns(FFTW_BACKWARD)
      )
    }
  }

  deinit {
    FourierTransform.planner.withLock {
      for plan in [rowsForward, rowsBackward, columnsForward, columnsBackward] {
        fftw_destroy_plan(plan)
      }
    }
  }

  /// Number of complex values of a spectrum, `[height, width / 2 + 1]`: the others are their conjugates.
  public var spectrumCount: Int { (width / 2 + 1) * height }

  /// From pixels `[rows, width]` to the spectrum. The memory is aligned as `FourierTransform.allocate`
  /// gives it.
  public func forward(
    _ pixels: UnsafeMutablePointer<Double>, _ spectrum: UnsafeMutablePointer<Complex<Double>>
  ) {
    fftw_execute_dft_r2c(rowsForward, pixels, Self.foreign(spectrum))
    let filled = rows * (width / 2 + 1)
    (spectrum + filled).update(repeating: .zero, count: spectrumCount - filled)
    fftw_execute_dft(columnsForward, Self.foreign(spectrum), Self.foreign(spectrum))
  }

  /// From a spectrum, which is overwritten, to pixels `[rows, width]`.
  public func backward(
    _ spectrum: UnsafeMutablePointer<Complex<Double>>, _ pixels: UnsafeMutablePointer<Double>
  ) {
    fftw_execute_dft(columnsBackward, Self.foreign(spectrum), Self.foreign(spectrum))
    fftw_execute_dft_c2r(rowsBackward, Self.foreign(spectrum), pixels)
  }

  private static func foreign(
    _ values: UnsafeMutablePointer<Complex<Double>>
  ) -> UnsafeMutablePointer<fftw_complex> {
    UnsafeMutableRawPointer(values).assumingMemoryBound(to: fftw_complex.self)
  }
}
