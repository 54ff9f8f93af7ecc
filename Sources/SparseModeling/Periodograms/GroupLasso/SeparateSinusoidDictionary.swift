import Foundation
import NumericalMethods
import Numerics

/// Cosines and sines at the frequencies of a grid, each column its own group: the plain LASSO of Kato &
/// Uemura (2012), PASJ 64, 122.
///
/// Column 2k is cos(2πf_k t) divided by the errors, column 2k + 1 the sine. They are not standardised, and
/// only y loses its weighted mean, as in the paper; so solutions depend on where time is 0.
///
/// Complexity: O(frequencies · log) for all certificates.
public final class SeparateSinusoidDictionary: GroupDictionary {
  public let grid: FrequencyGrid
  /// y, whitened, the mean projected out.
  public let response: [Double]
  public let groupSize = 1
  public let neighborStride = 2
  public let blockLength: Int
  public let normBound: Double
  private let times: [Double]
  private let whitening: [Double]
  private let origin: Double
  private let transform: SinusoidTransform

  public var pointCount: Int { times.count }
  public var groupCount: Int { 2 * grid.count }

  /// - Parameter origin: the time at which phases are 0.
  public init(
    _ series: TimeSeries, grid: FrequencyGrid, origin: Double = 0, threads: Int = 1
  ) {
    precondition(origin.isFinite && threads > 0)
    self.grid = grid
    self.origin = origin
    times = series.times
    whitening = series.errors.map { 1 / $0 }
    response = OrthonormalColumns(polynomial: 0, times: times, errors: series.errors)
      .projectingOut(from: zip(series.values, whitening).map { $0 * $1 })
    normBound = dot(whitening, whitening).squareRoot()
    let length = SinusoidTransform.blockLength(of: grid)
    blockLength = 2 * length
    transform = SinusoidTransform(
      times: times, origin: origin, grid: grid, blockLength: length, threads: threads)
  }

  public func writeCertificates(
    of residual: [Double], blocks: [Int], to values: inout [Double]
  ) {
    let strengths = zip(residual, whitening).map { $0 * $1 }
    let (length, count) = (transform.blockLength, grid.count)
    values.withUnsafeMutableBufferPointer { values in
      // Each block has frequencies of its own.
      nonisolated(unsafe) let values = values
      transform.forEach(of: blocks, strengths: strengths) { block, spectrum in
        for k in block * length..<min((block + 1) * length, count) {
          values[2 * k] = abs(spectrum[k - block * length].real)
          values[2 * k + 1] = abs(spectrum[k - block * length].imaginary)
        }
      }
    }
  }

  public func columns(of groups: [Int]) -> [Double] {
    groups.flatMap { group in
      let frequency = grid[group / 2]
      return times.indices.map { k in
        let turns = frequency * (times[k] - origin)
        let angle = 2 * .pi * (turns - turns.rounded())
        return whitening[k] * (group % 2 == 0 ? cos(angle) : sin(angle))
      }
    }
  }
}
