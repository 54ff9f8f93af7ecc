import NumericalMethods

/// Sinusoids at the frequencies of a grid, one group each: in every band the whitened cosine and sine, what
/// the band's baseline explains projected out, made orthonormal.
///
/// The square of a group's certificate is the drop of χ² in the floating-mean Lomb–Scargle periodogram, so
/// that certificates of all groups cost one transform a band: O(frequencies). Where a band's data do not
/// tell sine, cosine and baseline apart, its columns are 0: `singular`. Points are those of the bands, one
/// after the other.
public final class SinusoidDictionary: GroupDictionary {
  public let grid: FrequencyGrid
  /// y: whitened, baseline projected out.
  public let response: [Double]
  public let pointCount: Int
  public let neighborStride = 1
  public let blockLength: Int
  public let normBound = 1.0
  let bands: [SinusoidBand]
  private let pairs: SinusoidPairs

  public var groupCount: Int { grid.count }
  /// Two columns for each band.
  public var groupSize: Int { 2 * bands.count }
  /// Indices of the grid without columns in some band.
  public var singular: [Int] { pairs.singular }

  /// - Parameters:
  ///   - series: one for each band.
  ///   - degree: of each band's baseline, a polynomial.
  public init(_ series: [TimeSeries], degree: Int = 0, grid: FrequencyGrid, threads: Int = 1) {
    precondition(!series.isEmpty && threads > 0)
    self.grid = grid
    var start = 0
    bands = series.map { series in
      defer { start += series.count }
      return SinusoidBand(series, degree: degree, start: start)
    }
    pointCount = start
    response = bands.flatMap(\.response)
    pairs = SinusoidPairs(
      bands: series.map { ($0.times, $0.errors) }, bases: bands.map(\.baseline), grid: grid,
      threads: threads)
    blockLength = pairs.indices(ofBlock: 0).count
  }

  public func writeCertificates(
    of residual: [Double], blocks: [Int], to values: inout [Double]
  ) {
    // The transform is of what is beside the baseline, which rounding brings back.
    let parts = bands.map { $0.baseline.projectingOut(from: Array(residual[$0.points])) }
    pairs.update(&values, with: parts, blocks: blocks)
    values.withUnsafeMutableBufferPointer { values in
      for block in blocks {
        for group in groups(ofBlock: block) { values[group] = max(0, values[group]).squareRoot() }
      }
    }
  }

  public func columns(of groups: [Int]) -> [Double] {
    var columns = [Double](repeating: 0, count: groups.count * groupSize * pointCount)
    for (k, group) in groups.enumerated() {
      for (b, pair) in pairs.columns(at: group).enumerated() {
        for (j, column) in pair.enumerated() {
          let first = ((k * bands.count + b) * 2 + j) * pointCount + bands[b].points.lowerBound
          for (point, value) in column.enumerated() { columns[first + point] = value }
        }
      }
    }
    return columns
  }

  /// What a solution says of the data.
  public func model(of solution: GroupLassoSolution) -> GroupLassoModel {
    let frequencies = solution.groups.map { grid[$0] }
    var (cosines, sines) = (bands.map { _ in [Double]() }, bands.map { _ in [Double]() })
    for (k, group) in solution.groups.enumerated() {
      for (b, pair) in pairs.columns(at: group).enumerated() {
        let start = k * groupSize + 2 * b
        let (cosine, sine) = bands[b].amplitudes(
          of: solution.coefficients[start..<start + 2], pair: pair, frequency: grid[group])
        cosines[b].append(cosine)
        sines[b].append(sine)
      }
    }
    return GroupLassoModel(
      frequencies: frequencies,
      bands: bands.indices.map { b in
        GroupLassoModel.Band(
          bands[b], frequencies: frequencies, cosines: cosines[b], sines: sines[b])
      })
  }
}
