import Foundation
import Observations
import Probability

/// Light curves of binary-lens events at the epochs and with the errors of one observed event.
///
/// The signal is the magnification averaged in bins of neighbouring epochs `[bins]`. An observation
/// draws fluxes, error scales, noise and outliers from a `PhotometryModel`, and describes the curve by
/// its best point lens: the fit's parameters and fluxes, the residuals from it, where a binary shows,
/// and the curve itself; all through asinh, linear in the noise and logarithmic in what is bright.
public struct EventSimulator: Simulator {
  public static let parameterNames = ["t0", "u0", "tE", "rho", "s", "q", "alpha"]
  /// Relative accuracy of training magnifications, well below the photometric errors.
  public static let tolerance = 1e-3

  public var parameterNames: [String] { Self.parameterNames }
  public var signalCount: Int { bins.bins.count }
  public var observationCount: Int { 2 * bins.bins.count + 4 + references.count }

  private let lightCurves: [LightCurve]
  private let references: [FluxReference]
  private let location: PointLensSolution
  private let model: PhotometryModel
  private let minimumAnomaly: Double
  private let bins: EpochBins
  private let nodeTimes: [Double]
  private let solver: PointLensSolver
  /// The bin of each epoch of all data sets, one after another.
  private let binOfEpoch: [Int]
  /// √(epochs) of each bin.
  private let rootEpochs: [Double]

  /// - Parameters:
  ///   - references: one per light curve.
  ///   - location: the point lens that fits the event itself.
  ///   - minimumAnomaly: events whose noise-free curve, as bright as the event's, differs from every
  ///     point lens by less than this in χ² are not drawn: they are no binary to any observer.
  public init(
    _ lightCurves: [LightCurve], references: [FluxReference], location: PointLensSolution,
    model: PhotometryModel, minimumAnomaly: Double
  ) {
    precondition(!lightCurves.isEmpty && references.count == lightCurves.count)
    self.lightCurves = lightCurves
    self.references = references
    self.location = location
    self.model = model
    self.minimumAnomaly = minimumAnomaly
    let bins = EpochBins(lightCurves, peak: location.t0)
    self.bins = bins
    binOfEpoch = bins.bins.enumerated().flatMap { index, bin in bin.epochs.map { _ in index } }
    rootEpochs = bins.bins.map { Double($0.epochs.count).squareRoot() }
    nodeTimes = bins.nodes.map(\.time)
    solver = PointLensSolver(
      times: bins.perDataSet(bins.means(ofNodes: nodeTimes)),
      errors: bins.perDataSet(bins.bins.map(\.error)))
  }

  public func signal(
    of theta: [Double], into signal: UnsafeMutableBufferPointer<Float>,
    using stream: inout RandomStream
  ) throws(SimulationFailure) {
    let parameters: BinaryLensParameters
    do {
      parameters = try BinaryLensParameters(eventTheta: theta)
    } catch { throw SimulationFailure("\(error)") }
    let means = bins.means(
      ofNodes: parameters.magnifications(times: nodeTimes, tolerance: Self.tolerance))
    guard isAnomalous(means) else {
      throw SimulationFailure(
        "like a point lens (Δχ² below \(minimumAnomaly) at the event's brightness)")
    }
    for (index, mean) in means.enumerated() { signal[index] = Float(mean) }
  }

  /// True where the simulator draws such a curve: one that departs from every point lens.
  ///
  /// - Parameter magnifications: at the epochs of each light curve.
  public func admits(_ magnifications: [[Double]]) -> Bool {
    isAnomalous(binned(magnifications))
  }

  /// The exact mean of magnifications in each bin, which `signal` computes from fewer epochs.
  ///
  /// - Parameter magnifications: at the epochs of each light curve, in the order given at creation.
  public func binned(_ magnifications: [[Double]]) -> [Double] {
    bins.means(ofEpochs: magnifications)
  }

  /// Error of the mean magnification in each bin, at the event's own brightness.
  public var binErrors: [Double] {
    bins.bins.map { $0.error / references[$0.dataSet].sourceFlux }
  }

  private func isAnomalous(_ means: [Double]) -> Bool {
    let flux = zip(means, bins.bins).map { mean, bin in
      references[bin.dataSet].baseline + references[bin.dataSet].sourceFlux * (mean - 1)
    }
    return fit(bins.perDataSet(flux)).chi2 >= minimumAnomaly
  }

  public func observe(
    _ signal: UnsafeBufferPointer<Float>, into observation: UnsafeMutableBufferPointer<Float>,
    using stream: inout RandomStream
  ) {
    let common = model.sourceFluxSpread * stream.normal()
    let fluxes = references.map { reference in
      let (own, offset) = stream.normalPair()
      return (
        source: reference.sourceFlux * exp(common + model.calibrationSpread * own),
        baseline: reference.baseline + reference.baselineError * offset,
        errorScale: exp(model.errorScaleSpread * stream.normal())
      )
    }
    var values = [Double](repeating: 0, count: bins.bins.count)
    var spare: Double?
    for (index, bin) in bins.bins.enumerated() {
      let flux = fluxes[bin.dataSet]
      let noise: Double
      if let kept = spare {
        (noise, spare) = (kept, nil)
      } else {
        (noise, spare) = stream.normalPair()
      }
      values[index] =
        flux.baseline + flux.source * (Double(signal[index]) - 1)
        + flux.errorScale * bin.error * noise
    }
    // An outlier moves its bin's mean by its own error over the number of points.
    let outliers = stream.poisson(mean: model.outlierFraction * Double(binOfEpoch.count))
    for _ in 0..<outliers {
      let bin = binOfEpoch[Int(stream.uniform() * Double(binOfEpoch.count))]
      let size = model.outlierScale * fluxes[bins.bins[bin].dataSet].errorScale
      values[bin] += size * bins.bins[bin].error / rootEpochs[bin] * stream.normal()
    }
    describe(values, into: observation)
  }

  /// The event's own data as an observation `[observationCount]`.
  public var observedData: [Float] {
    let flux = bins.means(ofEpochs: lightCurves.map(\.flux))
    return [Float](unsafeUninitializedCapacity: observationCount) { buffer, count in
      count = observationCount
      describe(flux, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
    }
  }

  /// x / (1 + x²)^¼: x near zero, √|x| far from it; much cheaper than a logarithm.
  private static func compressed(_ x: Double) -> Float {
    Float(x / (1 + x * x).squareRoot().squareRoot())
  }

  private func fit(_ flux: [[Double]]) -> PointLensSolution {
    solver.solve(flux, t0: location.t0, u0: location.u0, tE: location.tE)
  }

  /// Features of binned fluxes: point lens, its residuals, and the curve.
  private func describe(_ values: [Double], into features: UnsafeMutableBufferPointer<Float>) {
    let flux = bins.perDataSet(values)
    let fit = fit(flux)
    let residuals = solver.residuals(flux, of: fit)
    var next = 0
    for set in residuals {
      for residual in set {
        features[next] = Self.compressed(residual)
        next += 1
      }
    }
    for (value, bin) in zip(values, bins.bins) {
      features[next] = Self.compressed((value - references[bin.dataSet].baseline) / bin.error)
      next += 1
    }
    let dof = Double(values.count)
    for value in [
      (fit.t0 - location.t0) / location.tE * 10, log(fit.tE / location.tE),
      log(fit.u0 / location.u0), log(max(fit.chi2, 1) / dof),
    ] {
      features[next] = Float(value)
      next += 1
    }
    for (line, reference) in zip(fit.lines, references) {
      features[next] = Self.compressed(line.sourceFlux / reference.sourceFlux)
      next += 1
    }
  }
}

extension BinaryLensParameters {
  /// From theta `[7]` in the order of `EventSimulator.parameterNames`, alpha in degrees.
  ///
  /// - Throws: `MicrolensingError` for a value outside its range.
  public init(eventTheta theta: [Double]) throws(MicrolensingError) {
    precondition(theta.count == EventSimulator.parameterNames.count)
    try self.init(
      t0: theta[0], u0: theta[1], tE: theta[2], rho: theta[3], s: theta[4], q: theta[5],
      alpha: theta[6] * .pi / 180)
  }

  /// The magnifications at the epochs of each light curve, computed as one piece of work.
  public func magnifications(of lightCurves: [LightCurve], tolerance: Double) -> [[Double]] {
    let all = magnifications(times: lightCurves.flatMap(\.times), tolerance: tolerance)
    var start = 0
    return lightCurves.map { curve in
      defer { start += curve.times.count }
      return Array(all[start..<start + curve.times.count])
    }
  }
}
