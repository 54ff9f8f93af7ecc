import Foundation

/// A smoothed density of weighted points on a regular grid.
///
/// The points are split into the connected islands of a coarse estimate, and each island is smoothed
/// with a Gaussian kernel of its own covariance: neither a narrow degeneracy nor a second mode far
/// away blurs the contours. The bandwidth is the normal-reference rule, Σ n^(−1/3).
/// Reference: Scott (1992), Multivariate Density Estimation, eq. 6.42.
public struct DensityGrid: Sendable {
  /// Cells per side.
  public let size: Int
  public let lowX: Double
  public let lowY: Double
  public let cellX: Double
  public let cellY: Double
  /// Mass of each cell as a fraction of all, `[size * size]`, x fastest.
  public let mass: [Double]

  /// - Parameters:
  ///   - x: `[n]`, - y: `[n]`, - weights: `[n]` or nil; points outside the ranges are counted in the
  ///     total mass only.
  /// - Complexity: O(*n* + cells · kernel cells).
  public init(
    x: [Double], y: [Double], weights: [Double]? = nil, xRange: ClosedRange<Double>,
    yRange: ClosedRange<Double>, size: Int = 144
  ) {
    precondition(x.count == y.count && size > 4)
    precondition(xRange.lowerBound < xRange.upperBound && yRange.lowerBound < yRange.upperBound)
    self.size = size
    (lowX, lowY) = (xRange.lowerBound, yRange.lowerBound)
    cellX = (xRange.upperBound - xRange.lowerBound) / Double(size)
    cellY = (yRange.upperBound - yRange.lowerBound) / Double(size)

    let points = Self.gridPoints(
      x: x, y: y, weights: weights, origin: (lowX, lowY), cell: (cellX, cellY), size: size)
    let islands = Self.islands(of: points, size: size)
    var sum = [Double](repeating: 0, count: size * size)
    for island in 0...(islands.max() ?? 0) {
      let members = points.indices.filter { islands[Self.cell(of: points[$0], size)] == island }
      if members.isEmpty { continue }
      let kernel = Kernel(points: members.map { points[$0] })
      var histogram = [Double](repeating: 0, count: size * size)
      for member in members { Self.deposit(points[member], in: &histogram, size: size) }
      kernel.smooth(histogram, size: size, into: &sum)
    }
    let total = weights.map { $0.reduce(0, +) } ?? Double(x.count)
    mass = sum.map { $0 / total }
  }

  /// The cell mass that bounds the smallest region holding `fraction` of all mass.
  /// - Complexity: O(cells log cells).
  public func level(enclosing fraction: Double) -> Double {
    precondition(fraction > 0 && fraction < 1)
    var enclosed = 0.0
    var previous = (mass: 0.0, value: 0.0)
    for value in mass.sorted(by: >) {
      if value <= 0 { break }
      enclosed += value
      if enclosed >= fraction {
        if previous.value == 0 { return value }
        let part = (fraction - previous.mass) / (enclosed - previous.mass)
        return previous.value + part * (value - previous.value)
      }
      previous = (enclosed, value)
    }
    // The frame holds less than the fraction: everything that has mass is inside.
    return max(previous.value, .leastNormalMagnitude)
  }

  /// Mass of the cell that a point lies in, zero outside the grid.
  func value(x: Double, y: Double) -> Double {
    let column = ((x - lowX) / cellX).rounded(.down)
    let row = ((y - lowY) / cellY).rounded(.down)
    guard column >= 0, row >= 0, column < Double(size), row < Double(size) else { return 0 }
    return mass[Int(row) * size + Int(column)]
  }

  // MARK: Points in units of cells

  struct Point {
    let x: Double
    let y: Double
    let weight: Double
  }

  private static func gridPoints(
    x: [Double], y: [Double], weights: [Double]?, origin: (Double, Double),
    cell: (Double, Double), size: Int
  ) -> [Point] {
    let limit = Double(size)
    return x.indices.compactMap { index in
      let column = (x[index] - origin.0) / cell.0
      let row = (y[index] - origin.1) / cell.1
      let weight = weights?[index] ?? 1
      guard column >= 0, row >= 0, column < limit, row < limit, weight > 0 else { return nil }
      return Point(x: column, y: row, weight: weight)
    }
  }

  private static func cell(of point: Point, _ size: Int) -> Int {
    Int(point.y) * size + Int(point.x)
  }

  /// Shares a point among the four nearest cell centres, so that no half cell of shift remains.
  private static func deposit(_ point: Point, in histogram: inout [Double], size: Int) {
    let (u, v) = (point.x - 0.5, point.y - 0.5)
    let (column, row) = (Int(u.rounded(.down)), Int(v.rounded(.down)))
    let (fx, fy) = (u - Double(column), v - Double(row))
    for (dx, dy, share) in [
      (0, 0, (1 - fx) * (1 - fy)), (1, 0, fx * (1 - fy)), (0, 1, (1 - fx) * fy), (1, 1, fx * fy),
    ] {
      let i = min(max(column + dx, 0), size - 1)
      let j = min(max(row + dy, 0), size - 1)
      histogram[j * size + i] += share * point.weight
    }
  }

  /// Number of the island each cell belongs to; 0 gathers what is in none.
  private static func islands(of points: [Point], size: Int) -> [Int] {
    var coarse = [Double](repeating: 0, count: size * size)
    for point in points { deposit(point, in: &coarse, size: size) }
    var smooth = [Double](repeating: 0, count: size * size)
    // Wide enough to join neighbouring points of a sparse sample: 1/48 of the side at 10,000 points.
    let width = Double(size) / 48 * pow(10_000 / Double(max(points.count, 100)), 1.0 / 6)
    Kernel(xx: width * width, xy: 0, yy: width * width).smooth(coarse, size: size, into: &smooth)

    let sorted = smooth.sorted(by: >)
    let total = sorted.reduce(0, +)
    var enclosed = 0.0
    let threshold = sorted.first { value in
      enclosed += value
      return enclosed >= 0.97 * total
    }
    var island = [Int](repeating: 0, count: size * size)
    var count = 0
    for start in smooth.indices where island[start] == 0 && smooth[start] > (threshold ?? 0) {
      count += 1
      island[start] = count
      var queue = [start]
      var held = 0.0
      var visited = 0
      while visited < queue.count {
        let cell = queue[visited]
        visited += 1
        held += smooth[cell]
        let (column, row) = (cell % size, cell / size)
        for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
          let (i, j) = (column + dx, row + dy)
          guard (0..<size).contains(i), (0..<size).contains(j) else { continue }
          let neighbour = j * size + i
          if island[neighbour] == 0, smooth[neighbour] > (threshold ?? 0) {
            island[neighbour] = count
            queue.append(neighbour)
          }
        }
      }
      if held < 0.02 * total {
        for cell in queue { island[cell] = -1 }
      }
    }
    return island.map { max($0, 0) }
  }
}

/// A Gaussian kernel with a full covariance in units of cells.
private struct Kernel {
  let xx: Double
  let xy: Double
  let yy: Double

  init(xx: Double, xy: Double, yy: Double) {
    (self.xx, self.xy, self.yy) = (xx, xy, yy)
  }

  init(points: [DensityGrid.Point]) {
    var (total, squares, meanX, meanY) = (0.0, 0.0, 0.0, 0.0)
    for point in points {
      total += point.weight
      squares += point.weight * point.weight
      meanX += point.weight * point.x
      meanY += point.weight * point.y
    }
    (meanX, meanY) = (meanX / total, meanY / total)
    var (xx, xy, yy) = (0.0, 0.0, 0.0)
    for point in points {
      let (dx, dy) = (point.x - meanX, point.y - meanY)
      xx += point.weight * dx * dx / total
      xy += point.weight * dx * dy / total
      yy += point.weight * dy * dy / total
    }
    let effective = total * total / squares
    let factor = pow(effective, -1.0 / 3)
    // At least half a cell, lest the grid show.
    let floor = 0.25
    self.init(xx: xx * factor + floor, xy: xy * factor, yy: yy * factor + floor)
  }

  func smooth(_ histogram: [Double], size: Int, into sum: inout [Double]) {
    let determinant = xx * yy - xy * xy
    let reachX = min(size - 1, Int((3.5 * xx.squareRoot()).rounded(.up)))
    let reachY = min(size - 1, Int((3.5 * yy.squareRoot()).rounded(.up)))
    let columns = 2 * reachX + 1
    var kernel = [Double](repeating: 0, count: columns * (2 * reachY + 1))
    for dy in -reachY...reachY {
      for dx in -reachX...reachX {
        let (u, v) = (Double(dx), Double(dy))
        let distance = (yy * u * u - 2 * xy * u * v + xx * v * v) / determinant
        kernel[(dy + reachY) * columns + dx + reachX] = exp(-distance / 2)
      }
    }
    let norm = kernel.reduce(0, +)
    for row in 0..<size {
      for column in 0..<size {
        let weight = histogram[row * size + column] / norm
        if weight == 0 { continue }
        for target in max(0, row - reachY)...min(size - 1, row + reachY) {
          let from = max(0, column - reachX)
          let to = min(size - 1, column + reachX)
          let shift = (target - row + reachY) * columns + reachX - column
          let start = target * size
          for i in from...to { sum[start + i] += weight * kernel[shift + i] }
        }
      }
    }
  }
}
