import Foundation
import NumericalMethods
import Numerics

/// Cosines and sines of one band as they are: whitened, the mean projected out, not standardised.
///
/// With groups of one column this is the plain LASSO of Kato & Uemura (2012), PASJ 64, 122, column 2k the
/// cosine at frequency k and column 2k + 1 the sine; it depends on where phases are 0. With groups of two it
/// is the group LASSO without orthonormal columns.
///
/// Complexity: O(frequencies · log) for all certificates.
public final class RawSinusoidDictionary: GroupDictionary {
  public let grid: FrequencyGrid
  /// y: whitened, the mean projected out.
  public let response: [Double]
  public let groupSize: Int
  public let blockLength: Int
  public let normBound: Double
  private let times: [Double]
  private let whitening: [Double]
  private let mean: OrthonormalColumns
  private let origin: Double
  private let transform: SinusoidTransform

  public var pointCount: Int { times.count }
  public var groupCount: Int { groupsPerFrequency * grid.count }
  public var neighborStride: Int { groupsPerFrequency }
  private var groupsPerFrequency: Int { 2 / groupSize }

  /// - Parameters:
  ///   - groupSize: 1 or 2.
  ///   - origin: the time at which phases are 0; the mean of the times if nil.
  public init(
    _ series: TimeSeries, grid: FrequencyGrid, groupSize: Int, origin: Double? = nil,
    threads: Int = 1
  ) {
    precondition((1...2).contains(groupSize) && (origin ?? 0).isFinite && threads > 0)
    self.grid = grid
    self.groupSize = groupSize
    times = series.times
    whitening = series.errors.map { 1 / $0 }
    mean = OrthonormalColumns(polynomial: 0, times: times, errors: series.errors)
    response = mean.projectingOut(from: zip(series.values, whitening).map { $0 * $1 })
    // Of cosine² + sine² of all points.
    normBound = dot(whitening, whitening).squareRoot()
    self.origin = origin ?? times.reduce(0) { $0 + $1 / Double(series.count) }
    let length = SinusoidTransform.blockLength(of: grid)
    blockLength = 2 / groupSize * length
    transform = SinusoidTransform(
      times: times, origin: self.origin, grid: grid, blockLength: length, threads: threads)
  }

  public func writeCertificates(
    of residual: [Double], blocks: [Int], to values: inout [Double]
  ) {
    let strengths = zip(mean.projectingOut(from: residual), whitening).map { $0 * $1 }
    let (length, count, size) = (transform.blockLength, grid.count, groupSize)
    values.withUnsafeMutableBufferPointer { values in
      // Each block has frequencies of its own.
      nonisolated(unsafe) let values = values
      transform.forEach(of: blocks, strengths: strengths) { block, spectrum in
        for k in block * length..<min((block + 1) * length, count) {
          let value = spectrum[k - block * length]
          if size == 1 {
            values[2 * k] = abs(value.real)
            values[2 * k + 1] = abs(value.imaginary)
          } else {
            values[k] = (value.real * value.real + value.imaginary * value.imaginary).squareRoot()
          }
        }
      }
    }
  }

  public func columns(of groups: [Int]) -> [Double] {
    groups.flatMap { group in
      if groupSize == 2 {
        return column(of: group, isSine: false) + column(of: group, isSine: true)
      }
      return column(of: group / 2, isSine: group % 2 == 1)
    }
  }

  private func column(of index: Int, isSine: Bool) -> [Double] {
    mean.projectingOut(
      from: times.indices.map { k in
        let turns = grid[index] * (times[k] - origin)
        let angle = 2 * .pi * (turns - turns.rounded())
        return whitening[k] * (isSine ? sin(angle) : cos(angle))
      })
  }
}
