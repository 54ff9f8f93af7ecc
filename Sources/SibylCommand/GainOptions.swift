import ArgumentParser
import Foundation
import Interferometry

/// What stations do to the signal.
struct GainOptions: ParsableArguments {
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case none, scans, walk
  }

  @Option(
    help: ArgumentHelp(
      "Gains of the stations: none, scans (constant in each scan), or walk (random walk).",
      discussion: "A pause of more than 60 s ends a scan; a walk steps between integrations."))
  var gains = Kind.none

  @Option(
    help: "Scatter of ln |g|, of a scan's gain or of a walk's step (default: 0.1 or 0.01).")
  var gainAmplitude: Double?

  @Option(
    help: "Scatter of the phase, degrees, or 'any' (default: any in scans, 10 a step in walks).")
  var gainPhase: String?

  func validate() throws {
    if gains == .none, gainAmplitude != nil || gainPhase != nil {
      throw ValidationError(
        "\(gainAmplitude != nil ? "--gain-amplitude" : "--gain-phase") needs --gains scans or walk")
    }
    if let gainAmplitude, !(0...10).contains(gainAmplitude) {
      throw ValidationError("--gain-amplitude is \(gainAmplitude); it must be from 0 to 10")
    }
    if let gainPhase, gainPhase != "any", Double(gainPhase).map({ $0 >= 0 && $0.isFinite }) != true
    {
      throw ValidationError("--gain-phase is '\(gainPhase)'; it must be degrees, 0 or more, or any")
    }
  }

  var model: StationGains? {
    guard gains != .none else { return nil }
    let isWalk = gains == .walk
    let degrees: Double? = isWalk && gainPhase == nil ? 10 : gainPhase.flatMap { Double($0) }
    return StationGains(
      variation: isWalk ? .randomWalk : .perScan,
      amplitudeScatter: gainAmplitude ?? (isWalk ? 0.01 : 0.1),
      phaseScatter: degrees.map { $0 * .pi / 180 } ?? .infinity)
  }
}
