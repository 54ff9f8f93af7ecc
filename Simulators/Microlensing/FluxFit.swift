import Foundation

/// Source and blend flux of one data set, by weighted linear least squares.
///
/// flux = sourceFlux · A + blendFlux. The sums are centred on the weighted means, so that neither a
/// large baseline nor a nearly constant magnification costs digits.
public struct SourceBlendFluxes: Sendable, Equatable {
  /// Unmagnified flux of the source, in the units of the data; 0 if the magnification is constant.
  public let sourceFlux: Double
  /// Flux that is not magnified.
  public let blendFlux: Double
  /// Σ ((flux − model)/error)².
  public let chi2: Double
  /// log det of the 2 × 2 normal matrix Σ w (A, 1)(A, 1)ᵀ; −∞ if the magnification is constant.
  public let logDeterminant: Double

  /// - Parameters: `magnifications`, `flux`, `fluxErrors`: `[epochs]`.
  /// - Throws: `lengthMismatch`, `invalidPhotometry` for a flux or magnification that is not finite or
  ///   an error that is not positive.
  /// - Complexity: O(epochs).
  public init(
    magnifications: [Double], flux: [Double], fluxErrors: [Double]
  ) throws(MicrolensingError) {
    let count = flux.count
    try Self.validate(magnifications, flux, fluxErrors)
    var (weightSum, meanA, meanFlux) = (0.0, 0.0, 0.0)
    for k in 0..<count {
      let weight = 1 / (fluxErrors[k] * fluxErrors[k])
      weightSum += weight
      meanA += weight * magnifications[k]
      meanFlux += weight * flux[k]
    }
    guard weightSum > 0 else {
      (sourceFlux, blendFlux, chi2, logDeterminant) = (0, 0, 0, -.infinity)
      return
    }
    meanA /= weightSum
    meanFlux /= weightSum
    var (varianceA, covariance, largest) = (0.0, 0.0, 0.0)
    for k in 0..<count {
      let weight = 1 / (fluxErrors[k] * fluxErrors[k])
      let a = magnifications[k] - meanA
      varianceA += weight * a * a
      covariance += weight * a * (flux[k] - meanFlux)
      largest = max(largest, abs(a))
    }
    // Differences at the level of rounding are no information on the source.
    let isDegenerate = largest <= 1e-14 * abs(meanA)
    let source = isDegenerate ? 0 : covariance / varianceA
    var sum = 0.0
    for k in 0..<count {
      let residual =
        ((flux[k] - meanFlux) - source * (magnifications[k] - meanA)) / fluxErrors[k]
      sum += residual * residual
    }
    sourceFlux = source
    blendFlux = meanFlux - source * meanA
    chi2 = sum
    logDeterminant = isDegenerate ? -.infinity : log(weightSum) + log(varianceA)
  }

  private static func validate(
    _ magnifications: [Double], _ flux: [Double], _ fluxErrors: [Double]
  ) throws(MicrolensingError) {
    for (name, column) in [("magnification", magnifications), ("flux error", fluxErrors)]
    where column.count != flux.count {
      throw .lengthMismatch(column: name, count: column.count, expected: flux.count)
    }
    for row in flux.indices {
      for (name, value) in [("magnification", magnifications[row]), ("flux", flux[row])]
      where !value.isFinite {
        throw .invalidPhotometry(column: name, row: row, value: value, requirement: "finite")
      }
      guard fluxErrors[row].isFinite, fluxErrors[row] > 0 else {
        throw .invalidPhotometry(
          column: "flux error", row: row, value: fluxErrors[row],
          requirement: "positive and finite")
      }
    }
  }
}
