import Foundation
import NumericalMethods
import Numerics
import Observations
import Probability

/// A positive image from closure quantities, amplitudes and visibilities in any mixture, with weights of
/// penalties that are given or that left-out data choose.
///
/// The problem has many minima. The search goes down from several starts, and for each through a schedule:
/// under strong penalties first, blurred between one round and the next, so that details found too early are found again.
///
/// References: Chael et al. (2018), ApJ 857, 23 (closure-only imaging); Event Horizon Telescope Collaboration
/// (2019), ApJL 875, L4, §6 (rounds of blurring).
public struct ClosureImaging: Sendable {
  public struct Settings: Codable, Sendable {
    public var data: [DataKind] = [.closurePhases, .amplitudes]
    /// Standard deviation of ln|g|, for the stations not named in `gainScatterOf`.
    public var gainScatter = 0.3
    /// By station.
    public var gainScatterOf: [String: Double] = [:]
    /// Of penalties by name, per jansky; nil: chosen by data left out.
    public var weights: [String: Double?] = ["entropy": nil]
    /// Full width at half maximum of the Gaussian that entropy prefers, radians; nil: chosen likewise.
    public var priorWidth: Double?
    public var starts = 3
    /// Of each round but the last, which may take six times as many.
    public var iterations = 150
    public var folds = 5
    public var seed: UInt64 = 1

    public init() {}
  }

  /// Factors of the penalties, round by round.
  static let schedule = [10.0, 3, 1]

  /// What one start led to.
  public struct Attempt: Sendable {
    public let objective: Double
    /// Normalised cross-correlation with the image.
    public let correlation: Double
  }

  /// χ² of one kind of data.
  public struct Misfit: Codable, Sendable {
    public let data: DataKind
    public let chiSquared: Double
    public let count: Int
  }

  /// Jy per pixel.
  public let image: SkyImage
  public let objective: Double
  public let misfits: [Misfit]
  public let weights: [String: Double]
  public let priorWidth: Double
  public let flux: CompactFlux
  /// Best first.
  public let attempts: [Attempt]
  public let selection: HeldOutSelection?

  /// - Parameters:
  ///   - set: averaged, without baselines that resolve nothing in the field.
  ///   - image: pixels and their places.
  ///   - pixelWeights: of l1, infinite where nothing shines; the image is blurred a little over their edge.
  ///   - start: an image to begin with instead of several starts.
  /// - Throws: `ImagingError`, `DerivedDataError` for data that cannot be used or do not close; `Interrupted`.
  public init(
    _ set: VisibilitySet, like image: SkyImage, pixelWeights: [Double]? = nil,
    flux: CompactFlux, start: [Double]? = nil, _ settings: Settings, monitor: WorkMonitor
  ) throws {
    precondition(!settings.data.isEmpty && settings.starts > 0)
    try ImagingError.check(set.visibilities)
    let search = try ImageSearch(
      set, like: image, pixelWeights: pixelWeights, flux: flux, settings: settings)
    let selection =
      settings.priorWidth == nil || settings.weights.values.contains(nil)
      ? try HeldOutSelection(search, settings, monitor: monitor) : nil
    let choice =
      selection?.choice ?? .init(settings.weights.compactMapValues { $0 }, settings.priorWidth!)
    let starts = start == nil ? settings.starts : 1
    let found = parallelMap(starts, threads: monitor.threads) { number in
      Result {
        if monitor.isInterrupted { throw Interrupted() }
        let result = try search.image(choice, start: start ?? search.start(number, choice))
        try monitor.advance(
          WorkProgress(label: "imaging", completed: number + 1, total: starts, detail: "starts"))
        return result
      }
    }
    let sorted = try found.map { try $0.get() }.sorted { $0.objective < $1.objective }
    var result = image
    result.pixels = search.sky(sorted[0].pixels)
    result.unit = .janskyPerPixel
    (self.image, objective) = (result, sorted[0].objective)
    attempts = sorted.map { attempt in
      Attempt(
        objective: attempt.objective,
        correlation: SkyImage.correlation(search.sky(attempt.pixels), result.pixels))
    }
    misfits = try zip(
      settings.data, zip(search.terms, search.problem(choice).chiSquared(sorted[0].pixels))
    )
    .map { Misfit(data: $0, chiSquared: $1.1, count: $1.0.count) }
    (weights, priorWidth) = (choice.weights, choice.priorWidth)
    self.flux = flux
    self.selection = selection
  }
}

extension SkyImage {
  /// Of two images of the same pixels, about their means.
  fileprivate static func correlation(_ a: [Double], _ b: [Double]) -> Double {
    let count = Double(a.count)
    let (meanA, meanB) = (a.reduce(0, +) / count, b.reduce(0, +) / count)
    let (x, y) = (a.map { $0 - meanA }, b.map { $0 - meanB })
    return dot(x, y) / max(dot(x, x) * dot(y, y), .leastNormalMagnitude).squareRoot()
  }
}

extension CompactFlux {
  /// What visibilities say of the flux of a source that is small against a field.
  ///
  /// It is not less than what they see beyond `shortest` wavelengths, nor more than what is seen below, where
  /// there may be flux from outside the field. Between the two any logarithm is as good as another.
  ///
  /// - Returns: nil if no visibility is above three sigma.
  public init?(_ visibilities: [Visibility], shortest: Double) {
    let bright = visibilities.filter { $0.value.length > 3 * $0.sigma }
    let isShort = { (row: Visibility) in hypot(row.u, row.v) < shortest }
    let long = bright.filter { !isShort($0) }.map(\.value.length)
    let short = bright.filter(isShort).map(\.value.length).sorted()
    guard let least = long.max() else { return nil }
    let most = max(least, short.isEmpty ? 1.5 * least : short[short.count / 2])
    let value = (least * most).squareRoot()
    // The standard deviation of a uniform logarithm, and a few hundredths for calibration.
    let scatter = hypot(log(most / least) / 12.0.squareRoot(), 0.05)
    self.init(value: value, sigma: scatter * value)
  }
}
