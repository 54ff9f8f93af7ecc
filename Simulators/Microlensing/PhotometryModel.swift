import Foundation

/// How an event's fluxes and errors vary around what its data suggest: the nuisances that training
/// curves are drawn with and that the likelihood marginalises over.
///
/// The flux of data set d is B_d + f_d (A − 1), baseline and source flux. All source fluxes share one
/// factor (blending is the same star), and each has a small one of its own (cross-calibration).
public struct PhotometryModel: Codable, Sendable, Equatable {
  /// Standard deviation of ln of the common source-flux factor.
  public var sourceFluxSpread = 0.7
  /// Standard deviation of ln of each data set's own source-flux factor.
  public var calibrationSpread = 0.1
  /// Standard deviation of ln of the factor on each data set's errors; its median is 1.
  public var errorScaleSpread = 0.25
  /// Part of the points that are outliers.
  public var outlierFraction = 0.005
  /// Size of an outlier's additional error, in units of the point's own.
  public var outlierScale = 10.0

  public init() {}
}

/// Source flux, baseline flux and its uncertainty that a data set suggests, in its own units.
public struct FluxReference: Codable, Sendable, Equatable {
  public let sourceFlux: Double
  public let baseline: Double
  public let baselineError: Double

  public init(sourceFlux: Double, baseline: Double, baselineError: Double) {
    precondition(sourceFlux > 0 && baselineError > 0)
    self.sourceFlux = sourceFlux
    self.baseline = baseline
    self.baselineError = baselineError
  }
}
