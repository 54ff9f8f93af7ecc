import ArrayFiles
import Foundation
import Microlensing
import Observations
import Probability

/// One event: its photometry, where it was located, and the simulator and likelihood made for it.
public struct MicrolensingEvent: Sendable {
  public let files: [String]
  public let lightCurves: [LightCurve]
  public let location: PointLensFit
  public let simulator: EventSimulator
  public let likelihood: EventLikelihood
  /// What was noticed while reading.
  public let warnings: [String]
  /// Identifies epochs, errors and flux references: what a trained model is conditional on.
  public let fingerprint: String
  /// The light curves' places in the order the simulator takes them.
  private let modelOrder: [Int]

  /// - Throws: `FileError` for a file that is no light curve, `EventError` when nothing brightens.
  public init(
    files: [String], photometry: PhotometryModel = .init(), minimumAnomaly: Double = 100
  ) throws {
    precondition(!files.isEmpty)
    self.files = files
    lightCurves = try files.map { try LightCurve.read($0) }
    warnings = lightCurves.flatMap { curve in curve.warnings.map { "\(curve.name): \($0)" } }
    for curve in lightCurves { try Self.refuseMagnitudesAsFlux(curve) }
    // A model serves its event whatever the order in which the files are named.
    let names = files.map { ($0 as NSString).lastPathComponent }
    modelOrder = files.indices.sorted { (names[$0], $0) < (names[$1], $1) }
    let ordered = modelOrder.map { [lightCurves] in lightCurves[$0] }
    let location = try PointLensFit(ordered)
    self.location = location
    simulator = EventSimulator(
      ordered, references: location.references, location: location.solution,
      model: photometry, minimumAnomaly: minimumAnomaly)
    let place = modelOrder
    likelihood = EventLikelihood(
      lightCurves,
      references: files.indices.map { location.references[place.firstIndex(of: $0)!] },
      model: photometry)
    let checksums = lightCurves.map { curve in
      var checksum = Checksum()
      for values in [curve.times, curve.flux, curve.fluxError] {
        values.withUnsafeBytes { checksum.update($0) }
      }
      return String(format: "%08x", checksum.crc32)
    }
    fingerprint = "event-" + checksums.sorted().joined(separator: "-")
  }

  /// An event brightens: a "flux" that dips, in the range of magnitudes, is a column of magnitudes.
  private static func refuseMagnitudesAsFlux(_ curve: LightCurve) throws {
    guard curve.magnitudes == nil else { return }
    let sorted = curve.flux.sorted()
    let (lowest, median, highest) = (sorted.first!, sorted[sorted.count / 2], sorted.last!)
    guard lowest > 5, highest < 30, median - lowest > 1.5 * (highest - median) else { return }
    throw FileError(
      path: curve.path,
      problem: "its flux (\(lowest) … \(highest)) dips where an event brightens, in the range of "
        + "magnitudes; if it is magnitudes, name the column 'mag'")
  }

  /// True where the simulator draws such curves.
  ///
  /// - Parameter magnifications: at the epochs of each light curve.
  func admits(_ magnifications: [[Double]]) -> Bool {
    simulator.admits(modelOrder.map { magnifications[$0] })
  }

  /// What the first file's times lack to full JD; tables and files speak in this system.
  public var timeOffset: Double { lightCurves[0].timeOffset }

  public var pointCount: Int { lightCurves.reduce(0) { $0 + $1.times.count } }

  /// A prior around the located event, wide enough for what a point lens misjudges.
  public var defaultPrior: JointPrior {
    let (t0, tE) = (location.solution.t0, location.solution.tE)
    return JointPrior([
      .init(
        name: "t0",
        distribution: .uniform(
          low: t0 - 0.25 * tE, high: t0 + 0.25 * tE)),
      .init(name: "u0", distribution: .uniform(low: 0, high: 1)),
      .init(
        name: "tE",
        distribution: .logUniform(low: tE / 4, high: tE * 4)),
      .init(name: "rho", distribution: .logUniform(low: 1e-4, high: 1e-1)),
      .init(name: "s", distribution: .logUniform(low: 0.3, high: 3)),
      .init(name: "q", distribution: .logUniform(low: 1e-5, high: 1)),
      .init(name: "alpha", distribution: .periodic(low: 0, high: 360)),
    ])
  }
}
