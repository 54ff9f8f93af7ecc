import Foundation

/// The highest frequency that times of measurement tell from lower ones, and the one up to which they ask to
/// be searched.
///
/// Times that are all multiples of one step p, after the first, repeat every spectrum at steps of 1/p: nothing
/// is to be found above 1/(2p), the pseudo-Nyquist frequency. It is the Nyquist frequency for evenly spaced
/// times, gaps or not, and lies far above it for uneven ones, where the digits of the times alone bound it.
///
/// Complexity: O(n log n).
///
/// Reference: Eyer & Bartholdi (1999), A&AS 135, 1, §3.
public struct SamplingLimit: Sendable {
  /// 1/(2p); nil if the times have no common step above their rounding.
  public let pseudoNyquist: Double?
  /// Half of one over the spacing of neighbours than which a tenth are closer, or five points to a period on
  /// average over the whole range, whichever is higher; never above `pseudoNyquist`.
  public let suggested: Double
  public let duration: Double

  /// - Parameter times: at least two different ones.
  public init(times: [Double]) {
    let sorted = Set(times).sorted()
    precondition(sorted.count > 1)
    duration = sorted.last! - sorted[0]
    let spacings = zip(sorted.dropFirst(), sorted).map { $0 - $1 }
    pseudoNyquist = Self.commonStep(sorted, spacings).map { 0.5 / $0 }
    let short = spacings.sorted()[spacings.count / 10]
    let typical = max(0.5 / short, 5 * Double(sorted.count) / (2 * duration))
    suggested = min(typical, pseudoNyquist ?? .infinity)
  }

  /// Says so in a line if a grid goes beyond what the times tell from lower frequencies.
  public func warning(for grid: FrequencyGrid) -> String? {
    guard let limit = pseudoNyquist, grid.last > limit * (1 + 1e-9) else { return nil }
    let step = 0.5 / limit
    return "frequencies reach \(grid.last), but all times are multiples of \(step) apart: above "
      + "\(limit) the spectrum repeats itself"
  }

  /// Euclid's greatest common divisor of the spacings, as exact as rounding of the times allows, then adjusted
  /// to the whole range and checked at every time.
  private static func commonStep(_ sorted: [Double], _ spacings: [Double]) -> Double? {
    let rounding = 4 * max(abs(sorted[0]), abs(sorted.last!)).ulp
    var step = spacings.min()!
    let least = max(100 * rounding, 1e-7 * step)
    for spacing in spacings {
      var (a, b) = (spacing, step)
      // A remainder of nearly a whole step is one below none.
      while b > least {
        let rest = abs(a - (a / b).rounded() * b)
        // As uncertain as the multiples make it.
        if rest <= 0.01 * b { break }
        (a, b) = (b, rest)
      }
      step = b
      if step <= least { return nil }
    }
    let duration = sorted.last! - sorted[0]
    step = duration / (duration / step).rounded()
    let isMultiple = sorted.allSatisfy { time in
      let count = (time - sorted[0]) / step
      return abs(count - count.rounded()) < 0.05
    }
    return isMultiple ? step : nil
  }
}
