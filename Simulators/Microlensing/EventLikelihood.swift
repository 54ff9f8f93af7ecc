import Foundation
import Observations

/// The likelihood of an event's photometry under `PhotometryModel`, all points at their own epochs,
/// with fluxes and error scales marginalised.
///
/// Per data set the mixture of good points and outliers is maximised over source flux, baseline and
/// error scale by expectation maximisation, and integrated around the maximum by Laplace's method.
///
/// References: Dempster, Laird & Rubin (1977), J. R. Stat. Soc. B 39, 1; Hogg, Bovy & Lang (2010),
/// arXiv:1008.4686, eq. 17.
public struct EventLikelihood: Sendable {
  /// The photometric solution of one data set.
  public struct Solution: Sendable {
    public let sourceFlux: Double
    /// Flux of the data set at magnification 1.
    public let baseline: Double
    public let errorScale: Double
    let logLikelihood: Double

    public var blendFlux: Double { baseline - sourceFlux }
  }

  private static let iterations = 8

  private let lightCurves: [LightCurve]
  private let references: [FluxReference]
  private let model: PhotometryModel

  public init(
    _ lightCurves: [LightCurve], references: [FluxReference], model: PhotometryModel
  ) {
    precondition(!lightCurves.isEmpty && references.count == lightCurves.count)
    self.lightCurves = lightCurves
    self.references = references
    self.model = model
  }

  /// ln p(data | magnifications) and each data set's solution; −∞ where no positive source flux explains a set.
  ///
  /// - Parameter magnifications: at the epochs of each light curve.
  /// - Complexity: O(epochs).
  public func evaluate(
    _ magnifications: [[Double]]
  ) -> (logLikelihood: Double, solutions: [Solution]) {
    precondition(magnifications.count == lightCurves.count)
    let solutions = lightCurves.indices.map { solve($0, magnifications[$0]) }
    let logLikelihood =
      solutions.reduce(0) { $0 + $1.logLikelihood } + logPriorOfSourceFluxes(solutions)
    return (logLikelihood.isNaN ? -.infinity : logLikelihood, solutions)
  }

  private func solve(_ index: Int, _ magnifications: [Double]) -> Solution {
    let curve = lightCurves[index]
    let reference = references[index]
    let count = curve.times.count
    let wide = 1 + model.outlierScale * model.outlierScale
    let outlierRatio =
      model.outlierFraction / (1 - model.outlierFraction) / wide.squareRoot()
    // Per point, the expected inverse variance in units of the error bar's.
    var precision = [Double](repeating: 1, count: count)
    var scale2 = 1.0
    var source = 0.0
    var baseline = 0.0
    var logDeterminant = 0.0
    let priorPrecision = 1 / (model.errorScaleSpread * model.errorScaleSpread)
    for _ in 0..<Self.iterations {
      // Weighted straight line in A − 1, centred for accuracy.
      var (sum, sumX, sumY) = (0.0, 0.0, 0.0)
      for i in 0..<count {
        let w = precision[i] / (curve.fluxError[i] * curve.fluxError[i])
        sum += w
        sumX += w * (magnifications[i] - 1)
        sumY += w * curve.flux[i]
      }
      let (meanX, meanY) = (sumX / sum, sumY / sum)
      var (xx, xy) = (0.0, 0.0)
      for i in 0..<count {
        let w = precision[i] / (curve.fluxError[i] * curve.fluxError[i])
        let x = magnifications[i] - 1 - meanX
        xx += w * x * x
        xy += w * x * (curve.flux[i] - meanY)
      }
      source = xx > 0 ? xy / xx : 0
      baseline = meanY - source * meanX
      logDeterminant = log(sum / scale2) + log(max(xx, .leastNormalMagnitude) / scale2)
      var quadratic = 0.0
      for i in 0..<count {
        let r = residual(curve, magnifications, i, source, baseline)
        quadratic += precision[i] * r * r
      }
      // The maximum in ln k of −n ln k − Q/(2k²) − (ln k)²/(2s²), by one Newton step from moments.
      let moment = 0.5 * log(max(quadratic / Double(count), 1e-6))
      let logScale =
        moment - moment * priorPrecision / (2 * Double(count) + priorPrecision)
      scale2 = exp(2 * logScale)
      for i in 0..<count {
        let r = residual(curve, magnifications, i, source, baseline)
        let odds = outlierRatio * exp(min(0.5 * r * r * (1 - 1 / wide) / scale2, 500))
        precision[i] = (1 + odds / wide) / (1 + odds)
      }
    }
    var logLikelihood = 0.0
    for i in 0..<count {
      let r2 = pow(residual(curve, magnifications, i, source, baseline), 2) / scale2
      let exponent = 0.5 * r2 * (1 - 1 / wide)
      // Beyond e⁵⁰⁰ the good term has vanished beside the outlier's.
      logLikelihood +=
        exponent < 500
        ? -0.5 * r2 + log1p(outlierRatio * exp(exponent))
        : -0.5 * r2 / wide + log(outlierRatio)
    }
    logLikelihood -= 0.5 * Double(count) * log(scale2)
    logLikelihood -= 0.5 * logDeterminant
    logLikelihood -= 0.5 * log(2 * Double(count) + priorPrecision)
    logLikelihood -= 0.5 * pow(0.5 * log(scale2), 2) * priorPrecision
    logLikelihood -= 0.5 * pow((baseline - reference.baseline) / reference.baselineError, 2)
    return Solution(
      sourceFlux: source, baseline: baseline, errorScale: scale2.squareRoot(),
      logLikelihood: logLikelihood)
  }

  /// Residual in units of the error bar.
  private func residual(
    _ curve: LightCurve, _ magnifications: [Double], _ i: Int, _ source: Double, _ baseline: Double
  ) -> Double {
    (curve.flux[i] - baseline - source * (magnifications[i] - 1)) / curve.fluxError[i]
  }

  /// ln of the correlated log-normal density of the source fluxes.
  private func logPriorOfSourceFluxes(_ solutions: [Solution]) -> Double {
    guard solutions.allSatisfy({ $0.sourceFlux > 0 }) else { return -.infinity }
    let deviations = zip(solutions, references).map { log($0.sourceFlux / $1.sourceFlux) }
    let own = model.calibrationSpread * model.calibrationSpread
    let common = model.sourceFluxSpread * model.sourceFluxSpread
    let n = Double(deviations.count)
    let sum = deviations.reduce(0, +)
    let squares = deviations.reduce(0) { $0 + $1 * $1 }
    // The inverse of own·I + common·11ᵀ, by Sherman & Morrison.
    let quadratic = (squares - sum * sum * common / (own + n * common)) / own
    return -0.5 * quadratic - solutions.reduce(0) { $0 + log($1.sourceFlux) }
  }
}
