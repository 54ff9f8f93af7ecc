import Foundation
import NumericalMethods
import Numerics
import Observations

/// Gains and image in turn: the gains with which an image comes closest to the visibilities, then an image of
/// the visibilities without them; first phases alone, then amplitudes with their prior.
///
/// Gains are fitted to the data as measured each time, so that the prior holds for what they amount to. As long
/// as amplitudes are not corrected, images are made of the kinds of data that the first one was made of: of
/// amplitudes taken as they are it would become an image of their errors.
///
/// References: Cornwell & Wilkinson (1981), MNRAS 196, 1067; Pearson & Readhead (1984), ARA&A 22, 97.
public struct SelfCalibration: Sendable {
  public struct Settings: Codable, Sendable {
    public var phaseRounds = 1
    public var amplitudeRounds = 2
    /// Of which images are made in rounds of amplitudes.
    public var data: [DataKind] = [.visibilities]

    public init() {}
  }

  public enum Gains: String, Codable, Sendable {
    case phases
    case amplitudes
  }

  public struct Round: Codable, Sendable {
    public let gains: Gains
    /// Σ |v − g₁g₂* m|²/sigma² of the image before with the new gains, and of the new image.
    public let chiSquaredBefore: Double
    public let chiSquared: Double
    /// Σ (ln|g|)²/s² of the gains.
    public let priorChiSquared: Double
    /// Real numbers in the data.
    public let count: Int
    /// Complex gains.
    public let gainCount: Int
  }

  /// Of the corrected visibilities.
  public let imaging: ClosureImaging
  /// With which the image was made.
  public let gains: GainTable
  /// Without the gains.
  public let corrected: VisibilitySet
  public let rounds: [Round]

  /// - Parameters:
  ///   - set: what `first` is an image of.
  ///   - first: its penalties, width of the prior and flux remain.
  ///   - imaging: what `first` was made with; weights and width are those that it chose.
  /// - Throws: as `ClosureImaging`.
  public init(
    _ set: VisibilitySet, from first: ClosureImaging, pixelWeights: [Double]? = nil,
    imaging: ClosureImaging.Settings, _ settings: Settings, monitor: WorkMonitor
  ) throws {
    let kinds =
      [Gains](repeating: .phases, count: settings.phaseRounds)
      + [Gains](repeating: .amplitudes, count: settings.amplitudeRounds)
    precondition(!kinds.isEmpty, "no round")
    var imaging = imaging
    imaging.weights = first.weights.mapValues { $0 }
    imaging.priorWidth = first.priorWidth
    let scatter = set.stations.map { imaging.gainScatterOf[$0.name] ?? imaging.gainScatter }
    let map = VisibilityOperator(
      first.image, at: set.visibilities.map { SIMD2($0.u, $0.v) }, threads: monitor.threads)
    var image = first.image
    var last: (imaging: ClosureImaging, gains: GainTable, corrected: VisibilitySet)?
    rounds = try kinds.enumerated().map { number, kind in
      let model = map.visibilities(of: image.pixels)
      let gains = try GainTable(
        set, model: model, amplitudeScatter: kind == .phases ? nil : scatter,
        threads: monitor.threads)
      let corrected = gains.apply(to: set)
      if corrected.visibilities.isEmpty { throw ImagingError.noVisibilities }
      if kind == .amplitudes { imaging.data = settings.data }
      let result = try ClosureImaging(
        corrected, like: first.image, pixelWeights: pixelWeights, flux: first.flux,
        start: image.pixels, imaging, monitor: monitor)
      let before = Self.chiSquared(corrected, image)
      image = result.image
      last = (result, gains, corrected)
      try monitor.advance(
        WorkProgress(
          label: "self-calibration", completed: number + 1, total: kinds.count,
          detail: kind.rawValue))
      return Round(
        gains: kind, chiSquaredBefore: before, chiSquared: Self.chiSquared(corrected, image),
        priorChiSquared: gains.rows.reduce(0) { sum, row in
          let deviation = log(row.amplitude) / scatter[row.station]
          return sum + deviation * deviation
        }, count: 2 * corrected.visibilities.count, gainCount: gains.rows.count)
    }
    (self.imaging, self.gains, corrected) = last!
  }

  /// Of calibrated visibilities; gains leave it as it is, since they divide values and sigmas alike.
  private static func chiSquared(_ set: VisibilitySet, _ image: SkyImage) -> Double {
    let map = VisibilityOperator(image, at: set.visibilities.map { SIMD2($0.u, $0.v) })
    var slopes = [Complex<Double>](repeating: .zero, count: set.visibilities.count)
    return VisibilityChiSquared(set.visibilities).value(
      of: map.visibilities(of: image.pixels), addingGradientTo: &slopes)
  }
}
