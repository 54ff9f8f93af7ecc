import CFFTW
import Foundation
import Numerics

/// Discrete Fourier transforms of real images, unnormalised: there and back multiplies by the number of
/// pixels.
///
/// Sendable because executing a plan changes nothing in it.
///
/// Complexity: O(n log n) for n pixels.
public final class RealFourierTransform: @unchecked Sendable {
  public let width: Int
  public let height: Int
  private let forwardPlan: fftw_plan
  private let backwardPlan: fftw_plan

  public init(width: Int, height: Int) {
    precondition(width > 0 && height > 0)
    self.width = width
    self.height = height
    let memory = FourierTransform.allocate((width / 2 + 1) * height)
    let image = FourierTransform.allocate((width * height + 1) / 2)
    defer {
      memory.deallocate()
      image.deallocate()
    }
    let spectrum = UnsafeMutableRawPointer(memory.baseAddress!).assumingMemoryBound(
      to: fftw_complex.self)
    let pixels = UnsafeMutableRawPointer(image.baseAddress!).assumingMemoryBound(to: Double.self)
    (forwardPlan, backwardPlan) = FourierTransform.planner.withLock {
      (
        fftw_plan_dft_r2c_2d(Int32(height), Int32(width), pixels, spectrum, FFTW_ESTIMATE)!,
        fftw_plan_dft_c2r_2d(Int32(height), Int32(width), spectrum, pixels, FFTW_ESTIMATE)!
      )
    }
  }

  deinit {
    FourierTransform.planner.withLock {
      fftw_destroy_plan(forwardPlan)
      fftw_destroy_plan(backwardPlan)
    }
  }

  /// Number of complex values of a spectrum, `[height, width / 2 + 1]`: the others are their conjugates.
  public var spectrumCount: Int { (width / 2 + 1) * height }

  /// From pixels `[height, width]` to their spectrum. The memory is aligned as `FourierTransform.allocate`
  /// gives it.
  public func forward(
    _ pixels: UnsafeMutablePointer<Double>, _ spectrum: UnsafeMutablePointer<Complex<Double>>
  ) {
    fftw_execute_dft_r2c(
      forwardPlan, pixels,
      UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftw_complex.self))
  }

  /// From a spectrum, which is overwritten, to pixels.
  public func backward(
    _ spectrum: UnsafeMutablePointer<Complex<Double>>, _ pixels: UnsafeMutablePointer<Double>
  ) {
    fftw_execute_dft_c2r(
      backwardPlan,
      UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftw_complex.self), pixels)
  }
}
