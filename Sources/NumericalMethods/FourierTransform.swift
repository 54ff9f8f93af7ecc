import CFFTW
import Foundation
import Numerics

/// Discrete Fourier transforms of many rows in place, unnormalised: X[k] = Σⱼ x[j] exp(±2πi jk / n).
///
/// The plan is FFTW's estimate: measuring takes seconds and makes results differ from run to run.
///
/// Sendable because executing a plan changes nothing in it.
///
/// Complexity: O(n log n) a row. Reference: Frigo & Johnson (2005), Proc. IEEE 93, 216.
public final class FourierTransform: @unchecked Sendable {
  /// The sign in the exponent.
  public enum Sign: Int32, Sendable, CaseIterable {
    case minus = -1
    case plus = 1
  }

  public let length: Int
  public let count: Int
  private let plan: fftw_plan

  /// FFTW plans and destroys one at a time.
  static let planner = NSLock()
  /// Of the rows in memory, in complex numbers: what the plan's vector instructions rely on.
  public static let alignment = 4

  /// - Parameters:
  ///   - length: of a row.
  ///   - count: number of rows transformed by one call.
  ///   - stride: from row to row, in complex numbers, a multiple of `alignment`.
  public init(length: Int, count: Int, stride: Int, sign: Sign) {
    precondition(length > 0 && count > 0 && stride >= length && stride % Self.alignment == 0)
    self.length = length
    self.count = count
    // An estimate looks at the alignment of the memory alone.
    let row = FourierTransform.allocate(stride * count)
    defer { row.deallocate() }
    var lengths = [Int32(length)]
    let memory = UnsafeMutableRawPointer(row.baseAddress!).assumingMemoryBound(
      to: fftw_complex.self)
    plan = Self.planner.withLock {
      fftw_plan_many_dft(
        1, &lengths, Int32(count), memory, nil, 1, Int32(stride), memory, nil, 1, Int32(stride),
        sign.rawValue, FFTW_ESTIMATE)
    }
  }

  deinit { Self.planner.withLock { fftw_destroy_plan(plan) } }

  /// Transforms the rows that begin at `rows`, which is aligned as memory of `allocate` is.
  public func execute(_ rows: UnsafeMutablePointer<Complex<Double>>) {
    let memory = UnsafeMutableRawPointer(rows).assumingMemoryBound(to: fftw_complex.self)
    fftw_execute_dft(plan, memory, memory)
  }

  /// Uninitialised memory for rows, from the start of a cache line.
  public static func allocate(_ count: Int) -> UnsafeMutableBufferPointer<Complex<Double>> {
    let bytes = UnsafeMutableRawBufferPointer.allocate(
      byteCount: count * MemoryLayout<Complex<Double>>.stride, alignment: 64)
    adviseLargePages(bytes.baseAddress!, byteCount: bytes.count)
    return bytes.bindMemory(to: Complex<Double>.self)
  }

  /// The least length of at least `least` that is transformed fast: 2ᵃ times 1, 3, 5, 9 or 15.
  public static func fastLength(atLeast least: Int) -> Int {
    [1, 3, 5, 9, 15].map { odd in
      var length = odd
      while length < least { length *= 2 }
      return length
    }.min()!
  }
}
