import Numerics

extension VisibilitySet {
  /// Compares phases of neighbouring visibilities with what a sky within a field of view allows.
  ///
  /// Only visibilities of one channel are compared. The flux is taken to be that of the strongest
  /// visibility: where short baselines are missing, less is allowed than the sky may do.
  ///
  /// - Parameter fieldOfView: width of the image, radians.
  /// - Returns: nil where it cannot be told: without stations, without usable sigmas, or if no pair of
  ///   visibilities is close and strong enough for its difference to mean something.
  /// - Complexity: O(*n* log *n*).
  public func phaseCalibration(fieldOfView: Double) -> PhaseCalibration? {
    precondition(fieldOfView > 0)
    var single = self
    single.visibilities =
      visibilities
      .filter { $0.station1 != $0.station2 && $0.value != .zero }
      .map { $0.station1 < $0.station2 ? $0 : $0.reversed }
    guard let comparisons = single.phaseComparisons(fieldOfView) else { return nil }
    let noise = single.visibilities.map { $0.sigma / $0.value.length }.sorted()
    var result = PhaseCalibration(
      fieldOfView: fieldOfView, comparisons: comparisons, phaseNoise: noise[noise.count / 2])
    var wider = result
    while wider.contradiction != nil, wider.fieldOfView < 1000 * fieldOfView {
      wider.fieldOfView *= 2
      wider.comparisons = single.phaseComparisons(wider.fieldOfView) ?? []
    }
    result.sufficientField = wider.contradiction == nil ? wider.fieldOfView : nil
    return result
  }

  /// Of visibilities that are not zero, each of two stations in their order.
  private func phaseComparisons(_ field: Double) -> [PhaseCalibration.Comparison]? {
    // What is averaged moves little on the plane of baselines, which turns with the Earth.
    let longest = visibilities.reduce(0) { max($0, ($1.u * $1.u + $1.v * $1.v).squareRoot()) }
    let interval = 0.25 / (.pi * field * max(longest, 1 / field) * Self.earthRotation)
    guard let averaged = try? averaged(interval: interval) else { return nil }
    let pairs = PhasePairs(
      flux: visibilities.reduce(0) { max($0, $1.value.length) }, fieldOfView: field, scans: scans())
    let comparisons = [
      pairs.compare(.integrations, pairs.successive(in: visibilities, acrossScans: false)),
      pairs.compare(.scans, pairs.successive(in: averaged.visibilities, acrossScans: true)),
      pairs.compare(.baselines, pairs.meeting(in: averaged.visibilities)),
    ].compactMap { $0 }
    return comparisons.isEmpty ? nil : comparisons
  }

  /// Radians a second.
  private static let earthRotation = 7.292e-5
}
