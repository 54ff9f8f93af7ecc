import Foundation

/// What the brightness column of a light curve holds.
public enum PhotometricUnit: String, Sendable, CaseIterable {
  case magnitude
  case flux

  /// Magnitude of a source of flux 1, as in MulensModel.
  public static let zeroPoint = 22.0

  /// Surveys mark a missing magnitude by 99.999 and the like.
  static func marksMissing(_ magnitude: Double) -> Bool { (90..<100).contains(abs(magnitude)) }

  /// Flux of a magnitude with its error: 10^(0.4 (22 − m)), σ_F = F σ_m ln(10) / 2.5.
  public static func flux(magnitude: Double, error: Double) -> (flux: Double, error: Double) {
    let flux = pow(10, 0.4 * (zeroPoint - magnitude))
    return (flux, flux * error * (log(10) / 2.5))
  }
}

/// Range and typical errors of a column of brightness, from which its unit can be told.
struct BrightnessSummary: CustomStringConvertible {
  let minimum: Double
  let maximum: Double
  let smallestError: Double
  let largestError: Double
  let medianError: Double

  /// Of at least one measurement.
  init(_ points: [PhotometricPoint]) {
    let values = points.map(\.value)
    minimum = values.min()!
    maximum = values.max()!
    let sorted = points.map(\.error).sorted()
    smallestError = sorted[0]
    largestError = sorted[sorted.count - 1]
    medianError = sorted[sorted.count / 2]
  }

  /// Survey magnitudes lie between 5 and 25. The median allows for single bad measurements, whose
  /// errors reach several magnitudes in published data.
  var looksLikeMagnitudes: Bool { minimum >= 5 && maximum <= 25 && medianError < 0.5 }

  /// No apparent magnitude is negative or above 30, but differential and bright fluxes are.
  var looksLikeFluxes: Bool { minimum < 0 || maximum > 30 }

  /// Weaker than `!looksLikeFluxes`: instrumental magnitudes may be negative.
  var cannotBeMagnitudes: Bool { minimum < -30 || maximum > 30 || medianError > 2 }

  var description: String {
    String(
      format: "%.6g … %.6g with errors %.2g … %.2g", minimum, maximum, smallestError, largestError)
  }
}
