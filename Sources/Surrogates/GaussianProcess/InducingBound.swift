import Foundation
import NumericalMethods

/// A lower bound of ln p(y) under a Gaussian process that is known through its values at few inducing points, as a
/// function of the logarithms of length scales and noise, as `MarginalLikelihood` has them, and of the points.
///
/// The process's variance is again the one that makes the bound greatest. Rows are summed in a fixed number of
/// parts, each in order, so that the number of threads changes no bit.
///
/// Complexity: O(rows · points² + points³) a value; the gradient as much again, and O(rows · points · features).
///
/// Reference: Titsias (2009), AISTATS 5, 567, equation 9.
public struct InducingBound: Sendable {
  /// Added to the correlations of the points, of which some may be nearly the same.
  private static let jitter = 1e-8
  private static let blockSize = 256

  let kernel: StationaryKernel
  let features: Int
  /// `[rows, features]`
  let x: [Double]
  let y: [Double]
  private let squareOfY: Double

  /// - Parameters:
  ///   - x: `[rows, features]`.
  ///   - y: `[rows]`.
  public init(_ kernel: StationaryKernel, x: [Double], y: [Double]) {
    precondition(!y.isEmpty && !x.isEmpty && x.count % y.count == 0)
    features = x.count / y.count
    (self.kernel, self.x, self.y) = (kernel, x, y)
    squareOfY = dot(y, y)
  }

  var count: Int { y.count }
  /// As many as threads can use, and no more than there are blocks.
  private var partCount: Int { min(16, (count + Self.blockSize - 1) / Self.blockSize) }

  /// What follows from parameters and points: with A = L⁻¹ K_uf, B = I + A Aᵀ/λ.
  struct Solution: Sendable {
    let points: ScaledPoints
    /// L, of the correlations of the points.
    let factor: CholeskyFactor
    /// B, its lower triangle.
    let information: [Double]
    let informationFactor: CholeskyFactor
    /// A y.
    let projection: [Double]
    /// B⁻¹ A y / λ.
    let weights: [Double]
    let noise: Double
    let variance: Double
    let value: Double
  }

  /// The factor of the correlations of points; nil where that is singular.
  static func factor(
    _ points: ScaledPoints, _ kernel: StationaryKernel, threads: Int
  ) -> CholeskyFactor? {
    let count = points.count
    // Rows overlap by what fills the last vector.
    var matrix = [Double](repeating: 0, count: count * count + 7)
    matrix.withUnsafeMutableBufferPointer { matrix in
      for i in 0..<count {
        let row = matrix.baseAddress! + i * count
        points.correlations(of: i, with: points, limit: count, kernel, into: row)
      }
    }
    matrix.removeLast(7)
    for i in 0..<count { matrix[i * (count + 1)] = 1 + jitter }
    return CholeskyFactor(matrix, count: count, threads: threads)
  }

  /// Nil where a matrix is singular to rounding.
  ///
  /// - Parameter inducing: `[points, features]`.
  func solution(at parameters: [Double], _ inducing: [Double], threads: Int) -> Solution? {
    let (scales, noise) = scalesAndNoise(parameters)
    let points = ScaledPoints(inducing, lengthScales: scales)
    let size = points.count
    guard let factor = Self.factor(points, kernel, threads: threads) else { return nil }
    let rows = ScaledPoints(x, lengthScales: scales)

    let parts = parallelMap(partCount, threads: threads) { part in
      var square = [Double](repeating: 0, count: size * size)
      var projection = [Double](repeating: 0, count: size)
      forEachBlock(part, rows, points) { block, correlations in
        factor.solve(correlations, count: block.count, transposed: false)
        square.withUnsafeMutableBufferPointer {
          DenseMatrix.addSquare(
            of: correlations, to: $0.baseAddress!, m: block.count, n: size)
        }
        for (place, row) in block.enumerated() {
          let values = correlations + place * size
          for index in 0..<size { projection[index] += y[row] * values[index] }
        }
      }
      return (square: square, projection: projection)
    }
    var (information, projection) = parts[0]
    for part in parts.dropFirst() {
      for index in information.indices { information[index] += part.square[index] }
      for index in projection.indices { projection[index] += part.projection[index] }
    }
    var explained = 0.0
    for index in 0..<size { explained += information[index * (size + 1)] }
    for index in information.indices { information[index] /= noise }
    for index in 0..<size { information[index * (size + 1)] += 1 }
    guard let informationFactor = CholeskyFactor(information, count: size, threads: threads)
    else { return nil }
    let weights = informationFactor.solve(projection).map { $0 / noise }

    let total = Double(count)
    let variance = (squareOfY - dot(projection, weights)) / (noise * total)
    guard variance > 0, variance.isFinite else { return nil }
    let value =
      -0.5
      * (total * (log(2 * .pi * variance * noise) + 1) + informationFactor.logDeterminant
        + (total - explained) / noise)
    return Solution(
      points: points, factor: factor, information: information,
      informationFactor: informationFactor, projection: projection, weights: weights,
      noise: noise, variance: variance, value: value)
  }

  private func scalesAndNoise(_ parameters: [Double]) -> (scales: [Double], noise: Double) {
    precondition(parameters.count == features + 1)
    return (parameters.dropLast().map { exp($0) }, exp(parameters[features]))
  }

  /// Correlations of rows of one part with the points, `[block, points]`, one block after the other.
  private func forEachBlock(
    _ part: Int, _ rows: ScaledPoints, _ points: ScaledPoints,
    _ body: (_ block: Range<Int>, _ correlations: UnsafeMutablePointer<Double>) -> Void
  ) {
    let whole = part * count / partCount..<(part + 1) * count / partCount
    var correlations = [Double](repeating: 0, count: Self.blockSize * points.count + 7)
    correlations.withUnsafeMutableBufferPointer { buffer in
      let correlations = buffer.baseAddress!
      for start in stride(from: whole.lowerBound, to: whole.upperBound, by: Self.blockSize) {
        let block = start..<min(start + Self.blockSize, whole.upperBound)
        for (place, row) in block.enumerated() {
          rows.correlations(
            of: row, with: points, limit: points.count, kernel,
            into: correlations + place * points.count)
        }
        body(block, correlations)
      }
    }
  }

  /// The bound and its gradient by the parameters, and by the points, `[points, features]`; −∞ where a matrix is
  /// singular.
  public func value(
    at parameters: [Double], _ inducing: [Double], threads: Int = 1
  ) -> (value: Double, gradient: [Double], pointGradient: [Double]) {
    let empty = [Double](repeating: 0, count: inducing.count)
    guard let solution = solution(at: parameters, inducing, threads: threads) else {
      return (-.infinity, [Double](repeating: 0, count: parameters.count), empty)
    }
    let (scales, noise) = scalesAndNoise(parameters)
    let (points, size, weights) = (solution.points, solution.points.count, solution.weights)
    let total = Double(count)

    // With q = B⁻¹Ay/λ, the derivative by A is G A + g yᵀ, G = (I − B⁻¹ − qqᵀ/σ²)/λ, g = q/(σ²λ); by ln λ and, as
    // L⁻ᵀ H L⁻¹, by K_uu it is simple too, because A Aᵀ = λ(B − I) and A y = λ B q.
    let inverse = solution.informationFactor.inverse(threads: threads)
    var (inner, own) = (inverse, inverse)
    var (trace, explained) = (0.0, 0.0)
    for i in 0..<size {
      trace += 1 - inverse[i * (size + 1)]
      explained += solution.information[i * (size + 1)] - 1
      for j in 0...i {
        let (place, one) = (i * size + j, i == j ? 1.0 : 0)
        let square = weights[i] * weights[j] / solution.variance
        inner[place] = (one - inverse[place] - square) / noise
        inner[j * size + i] = inner[place]
        own[place] = one - 0.5 * (solution.information[place] + inverse[place] + square)
        own[j * size + i] = own[place]
      }
    }
    let byNoise =
      0.5 * (trace - dot(weights, weights) / solution.variance + total / noise - explained)
    let slope = weights.map { $0 / (solution.variance * noise) }
    // By K_uf: P K_uf + p yᵀ, P = L⁻ᵀ G L⁻¹, p = L⁻ᵀ g.
    let outer = sandwich(inner, solution.factor, threads: threads)
    let right = solution.factor.solveBackward(slope)

    let rows = ScaledPoints(x, lengthScales: scales)
    let parts = parallelMap(partCount, threads: threads) { part in
      var sums = Sums(points)
      var products = [Double](repeating: 0, count: Self.blockSize * size + 8)
      forEachBlock(part, rows, points) { block, correlations in
        products.withUnsafeMutableBufferPointer { products in
          let products = products.baseAddress!
          for (place, row) in block.enumerated() {
            for index in 0..<size { products[place * size + index] = y[row] * right[index] }
          }
          outer.withUnsafeBufferPointer {
            DenseMatrix.addProductTransposed(
              correlations, $0.baseAddress!, to: products, m: block.count, n: size, k: size)
          }
          for (place, row) in block.enumerated() {
            sums.add(products + place * size, of: row, rows, points, kernel)
          }
        }
      }
      return sums
    }
    var sums = parts.dropFirst().reduce(into: parts[0]) { $0.add($1) }

    let outerOwn = sandwich(own, solution.factor, threads: threads)
    var ownSums = Sums(points)
    outerOwn.withUnsafeBufferPointer {
      for i in 0..<size {
        ownSums.add($0.baseAddress! + i * size, of: i, points, points, kernel)
      }
    }
    // Each point stands in a row and a column.
    for index in ownSums.shifts.indices { ownSums.shifts[index] *= 2 }
    sums.add(ownSums)

    let pointGradient = (0..<inducing.count).map {
      sums.shifts[$0 % features * points.stride + $0 / features] / scales[$0 % features]
    }
    return (solution.value, sums.scales + [byNoise], pointGradient)
  }

  /// L⁻ᵀ M L⁻¹ of a symmetric matrix.
  private func sandwich(_ matrix: [Double], _ factor: CholeskyFactor, threads: Int) -> [Double] {
    let size = factor.count
    // Rows of M L⁻¹ solve Lᵀ x = row.
    let half = factor.solveBackward(matrix, threads: threads)
    var transposed = [Double](repeating: 0, count: size * size)
    for i in 0..<size {
      for j in 0..<size { transposed[j * size + i] = half[i * size + j] }
    }
    return factor.solveBackward(transposed, threads: threads)
  }

  /// Derivatives by logarithms of length scales and, in units of these, by points.
  private struct Sums: Sendable {
    var scales: [Double]
    /// `[features, stride of the points]`
    var shifts: [Double]
    private var row: [Double]

    init(_ points: ScaledPoints) {
      scales = [Double](repeating: 0, count: points.features)
      shifts = [Double](repeating: 0, count: points.features * points.stride)
      row = [Double](repeating: 0, count: points.stride)
    }

    /// - Parameter weights: derivatives by the correlations of one of `rows` with the points.
    mutating func add(
      _ weights: UnsafePointer<Double>, of index: Int, _ rows: ScaledPoints,
      _ points: ScaledPoints, _ kernel: StationaryKernel
    ) {
      row.withUnsafeMutableBufferPointer { row in
        row.baseAddress!.update(from: weights, count: points.count)
        scales.withUnsafeMutableBufferPointer { scales in
          shifts.withUnsafeMutableBufferPointer { shifts in
            rows.addSlopes(
              of: index, with: points, limit: points.count, kernel, weights: row.baseAddress!,
              scales: scales.baseAddress!, shifts: shifts.baseAddress!)
          }
        }
      }
    }

    mutating func add(_ other: Sums) {
      for index in scales.indices { scales[index] += other.scales[index] }
      for index in shifts.indices { shifts[index] += other.shifts[index] }
    }
  }
}
