import CVector
import Foundation

/// What a network that predicts numbers is trained to make small.
public enum RegressionLoss: String, Codable, Sendable, CaseIterable {
  /// |y − μ|
  case absolute
  /// (y − μ)² / 2
  case square
  /// −ln of a normal law of mean μ and a variance that depends on the input.
  case gaussian
  /// −ln of a Laplace law of centre μ and a scale that depends on the input.
  case laplace

  /// Whether the network gives a spread beside each output.
  public var hasSpread: Bool { self == .gaussian || self == .laplace }

  /// What a network must have for so many numbers: the centres, then what the spreads are made of.
  public func rowCount(outputs: Int) -> Int { hasSpread ? 2 * outputs : outputs }

  // Below the rounding of Float in a network, of outputs of variance 1.
  private static let leastVariance: Float = 1e-8
  private static let leastScale: Float = 1e-4

  /// The mean loss over outputs of each case, from rows `[rowCount, batch]` and targets `[outputs, batch]`.
  ///
  /// - Parameters:
  ///   - gradient: receives `scale` times the gradient of the sum over cases, each output's spread^`beta`
  ///     times as large: the variance of `gaussian`, the scale of `laplace`. At 0 it is the loss's own; at
  ///     1 the centres learn as those of `square` and `absolute` do, and no case is given up as noise.
  ///
  /// Reference: Seitzer, Tavakoli, Antic & Martius (2022), ICLR, arXiv:2203.09168, equation 5.
  public func evaluate(
    _ rows: Matrix, target: Matrix, beta: Float = 0, gradient: Matrix? = nil, scale: Float = 1,
    _ pass: Pass
  ) -> [Double] {
    precondition(rows.rows == rowCount(outputs: target.rows) && rows.columns == target.columns)
    let losses = pass.matrix(rows: 1, columns: target.columns)
    losses.fill(0)
    switch self {
    case .absolute:
      forEach(rows, target, losses, gradient, scale) { difference, _ in
        (f32x16_abs(difference), Self.sign(difference), .zero)
      }
    case .square:
      forEach(rows, target, losses, gradient, scale) { difference, _ in
        (0.5 * difference * difference, difference, .zero)
      }
    case .gaussian:
      let constant = 0.5 * Float(log(2 * Double.pi))
      forEach(rows, target, losses, gradient, scale) { difference, raw in
        let variance = VectorMath.softplus(raw) + Self.leastVariance
        let logarithm = VectorMath.log(variance)
        let ratio = difference / variance
        let weight = VectorMath.exp(beta * logarithm)
        return (
          0.5 * (difference * ratio + logarithm) + constant, weight * ratio,
          0.5 * weight * (1 / variance - ratio * ratio) * VectorMath.sigmoid(raw)
        )
      }
    case .laplace:
      forEach(rows, target, losses, gradient, scale) { difference, raw in
        let size = VectorMath.softplus(raw) + Self.leastScale
        let logarithm = VectorMath.log(size)
        let ratio = f32x16_abs(difference) / size
        let weight = VectorMath.exp(beta * logarithm)
        return (
          ratio + VectorMath.log(size + size), weight * Self.sign(difference) / size,
          weight * (1 - ratio) / size * VectorMath.sigmoid(raw)
        )
      }
    }
    return (0..<target.columns).map { Double(losses[0, $0]) / Double(target.rows) }
  }

  /// Variances `[outputs, batch]` of rows with a spread.
  public func variances(_ rows: Matrix, _ pass: Pass) -> Matrix {
    precondition(hasSpread)
    let outputs = rows.rows / 2
    let result = pass.matrix(rows: outputs, columns: rows.columns)
    let raw = rows.rows(outputs..<rows.rows)
    for index in vectorOffsets(result.storedCount) {
      let softplus = VectorMath.softplus((raw.elements + index).vector)
      let size = softplus + Self.leastScale
      (result.elements + index).storeVector(
        self == .gaussian ? softplus + Self.leastVariance : 2 * size * size)
    }
    return result
  }

  @inline(__always)
  private static func sign(_ x: SIMD16<Float>) -> SIMD16<Float> {
    SIMD16<Float>.zero.replacing(with: 1, where: x .> 0).replacing(with: -1, where: x .< 0)
  }

  /// - Parameter terms: loss, its derivative by the centre and by the row of the spread, of μ − y and that row.
  @inline(__always)
  private func forEach(
    _ rows: Matrix, _ target: Matrix, _ losses: Matrix, _ gradient: Matrix?, _ scale: Float,
    _ terms: (SIMD16<Float>, SIMD16<Float>) -> (SIMD16<Float>, SIMD16<Float>, SIMD16<Float>)
  ) {
    let outputs = target.rows
    let scale = scale / Float(outputs)
    for output in 0..<outputs {
      let (centre, y) = (rows.row(output), target.row(output))
      let raw = hasSpread ? rows.row(outputs + output) : centre
      for index in vectorOffsets(target.stride) {
        let (loss, centreSlope, rawSlope) = terms(
          (centre + index).vector - (y + index).vector, (raw + index).vector)
        let sum = losses.elements + index
        sum.storeVector(sum.vector + loss)
        guard let gradient else { continue }
        (gradient.row(output) + index).storeVector(centreSlope * scale)
        if hasSpread { (gradient.row(outputs + output) + index).storeVector(rawSlope * scale) }
      }
    }
    guard let gradient else { return }
    // Cases in the padding have no loss.
    for row in 0..<gradient.rows {
      for column in gradient.columns..<gradient.stride { gradient.row(row)[column] = 0 }
    }
  }
}
