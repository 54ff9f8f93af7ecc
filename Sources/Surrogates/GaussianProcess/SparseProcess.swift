import Foundation
import NumericalMethods

/// One output's posterior by inducing points: predictions from what `InducingBound` has found.
///
/// Reference: Titsias (2009), AISTATS 5, 567, equation 6.
struct SparseProcess: Sendable {
  private static let blockSize = 128

  let kernel: StationaryKernel
  /// Logarithms of length scales and of the noise's part, `[features + 1]`.
  let parameters: [Double]
  /// `[points, features]`
  let points: [Double]
  let variance: Double
  /// B⁻¹ A y / λ.
  let weights: [Double]
  /// B, its lower triangle.
  let information: [Double]
  private let scaled: ScaledPoints
  private let factor: CholeskyFactor
  private let informationFactor: CholeskyFactor

  /// Nil where a matrix is singular to rounding.
  init?(
    _ kernel: StationaryKernel, parameters: [Double], points: [Double], variance: Double,
    weights: [Double], information: [Double]
  ) {
    (self.kernel, self.parameters, self.points) = (kernel, parameters, points)
    (self.variance, self.weights, self.information) = (variance, weights, information)
    scaled = ScaledPoints(points, lengthScales: parameters.dropLast().map { exp($0) })
    guard let factor = InducingBound.factor(scaled, kernel, threads: 1),
      let informationFactor = CholeskyFactor(information, count: weights.count)
    else { return nil }
    (self.factor, self.informationFactor) = (factor, informationFactor)
  }

  func predict(_ x: [Double], threads: Int) -> Prediction {
    let rows = ScaledPoints(x, lengthScales: parameters.dropLast().map { exp($0) })
    let (size, noise) = (weights.count, exp(parameters.last!))
    return Prediction(blocks: rows.count, of: Self.blockSize, threads: threads) { block in
      rows.withCorrelations(of: block, with: scaled, kernel) { values in
        factor.solve(values, count: block.count, transposed: false)
        var answers = (0..<block.count).map { place -> (mean: Double, variance: Double) in
          let row = values + place * size
          let mean = weights.withUnsafeBufferPointer { dot(row, $0.baseAddress!, size) }
          return (mean, 1 - dot(row, row, size))
        }
        informationFactor.solve(values, count: block.count, transposed: false)
        for place in answers.indices {
          let row = values + place * size
          let total = max(answers[place].variance, 0) + dot(row, row, size) + noise
          answers[place].variance = total * variance
        }
        return answers
      }
    }
  }
}
