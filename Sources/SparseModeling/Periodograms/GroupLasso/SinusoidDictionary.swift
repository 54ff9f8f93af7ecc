import Foundation
import NumericalMethods

/// Sinusoids at the frequencies of a grid, one group each: in every band the whitened cosine and sine, what
/// the band's baseline explains projected out, made orthonormal.
///
/// The square of a group's certificate is the drop of χ² in the floating-mean Lomb–Scargle periodogram, so
/// that certificates of all groups cost one transform. At frequencies where the data do not tell sine,
/// cosine and baseline apart the group is empty, its columns 0: `singular`.
///
/// Complexity: O(frequencies · log) for the certificates; three numbers for a frequency and band are kept.
public final class SinusoidDictionary: GroupDictionary {
  public let grid: FrequencyGrid
  /// y of the bands one after the other: whitened, baseline projected out.
  public let response: [Double]
  public let pointCount: Int
  public let neighborStride = 1
  public let blockLength: Int
  public let normBound = 1.0
  /// Indices of the grid with an empty group.
  public let singular: [Int]
  let bands: [SinusoidBand]

  public var groupCount: Int { grid.count }
  /// Two columns for each band.
  public var groupSize: Int { 2 * bands.count }

  /// - Parameters:
  ///   - series: one for each band.
  ///   - degree: of each band's baseline, a polynomial.
  public init(_ series: [TimeSeries], degree: Int = 0, grid: FrequencyGrid, threads: Int = 1) {
    precondition(!series.isEmpty && threads > 0)
    self.grid = grid
    let length = SinusoidTransform.blockLength(of: grid)
    blockLength = length
    var start = 0
    bands = series.map { series in
      defer { start += series.count }
      return SinusoidBand(
        series, degree: degree, grid: grid, blockLength: length, start: start, threads: threads)
    }
    pointCount = start
    response = bands.flatMap(\.response)
    let bands = bands
    singular = (0..<grid.count).filter { group in bands.allSatisfy { $0.isSingular(group) } }
  }

  public func writeCertificates(
    of residual: [Double], blocks: [Int], to values: inout [Double]
  ) {
    values.withUnsafeMutableBufferPointer { values in
      for block in blocks {
        for group in groups(ofBlock: block) { values[group] = 0 }
      }
      for band in bands {
        band.addDrops(of: residual, blocks: blocks, to: values)
      }
      for block in blocks {
        for group in groups(ofBlock: block) { values[group] = values[group].squareRoot() }
      }
    }
  }

  public func columns(of groups: [Int]) -> [Double] {
    var columns = [Double](repeating: 0, count: groups.count * groupSize * pointCount)
    for (k, group) in groups.enumerated() {
      for (b, band) in bands.enumerated() {
        for (j, column) in band.pair(at: group).columns.enumerated() {
          let first = ((k * bands.count + b) * 2 + j) * pointCount + band.start
          for (point, value) in column.enumerated() { columns[first + point] = value }
        }
      }
    }
    return columns
  }
}
