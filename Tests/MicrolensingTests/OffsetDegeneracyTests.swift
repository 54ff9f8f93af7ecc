import Foundation
import Microlensing
import Testing

/// Zhang, Gaudi & Bloom 2022.
@Suite struct OffsetDegeneracyTests {
  /// Separations and the crossing at which lenses of q = 1e-5 are degenerate.
  static let pairs = [
    (0.95, 1.12, 0.06226), (0.9, 1.3, 0.15983), (1.2, 1.5, 0.60000), (0.8, 0.95, -0.27632),
  ]

  /// A track that crosses the axis at `crossing` from the primary.
  private func track(
    s: Double, q: Double, crossing: Double, alpha: Double, rho: Double = 1e-3
  ) throws -> BinaryLensParameters {
    try BinaryLensParameters(
      t0: 30, u0: (crossing - q * s / (1 + q)) * sin(alpha), tE: 20, rho: rho, s: s, q: q,
      alpha: alpha)
  }

  @Test(arguments: pairs)
  func publishedPairs(a: Double, b: Double, crossing: Double) throws {
    #expect(abs(OffsetDegeneracy.crossing(separations: a, b) - crossing) < 6e-6)
    let pair = try OffsetDegeneracy(of: track(s: a, q: 1e-5, crossing: crossing, alpha: 1.1))
    #expect(abs(pair.twin.s - b) < 2e-5)
  }

  /// The magnifications themselves agree on the axis at the published place: the residual changes
  /// sign there.
  @Test(arguments: pairs)
  func theResidualVanishesAtTheCrossing(a: Double, b: Double, crossing: Double) throws {
    let q = 1e-5
    let pair = try OffsetDegeneracy(
      of: track(s: a, q: q, crossing: crossing, alpha: .pi / 2, rho: 0))
    func residual(_ place: Double) -> Double {
      let x = place - q * a / (1 + q)
      return pair.residuals(x: [x], y: [0], tolerance: 1e-7)[0]
    }
    var (low, high) = (crossing - 0.005, crossing + 0.005)
    let sign = residual(low)
    try #require(sign * residual(high) < 0)
    while high - low > 1e-6 {
      let middle = (low + high) / 2
      if residual(middle) * sign > 0 { low = middle } else { high = middle }
    }
    #expect(abs(low - crossing) < 1e-3, "\(low)")
  }

  @Test func theTwinOfTheTwinIsTheSolution() throws {
    for (s, q, u0, alpha) in [
      (1.2, 1e-3, 0.3, 0.7), (0.7, 0.5, -0.1, 4.0), (2.5, 1e-5, 1.1, 2.0), (0.3, 0.02, 0, 1.0),
    ] {
      let solution = try BinaryLensParameters(
        t0: 2_452_848, u0: u0, tE: 60, rho: 1e-3, s: s, q: q, alpha: alpha)
      let again = try OffsetDegeneracy(of: OffsetDegeneracy(of: solution).twin).twin
      #expect(abs(again.s - s) < 1e-12 * s)
      #expect(abs(again.u0 - u0) < 1e-13)
      #expect(abs(again.t0 - 2_452_848) < 1e-8)
      #expect(again.q == q && again.tE == 60 && again.rho == 1e-3 && again.alpha == alpha)
    }
  }

  /// A track through the primary: s and 1/s (Griest & Safizadeh 1998).
  @Test(arguments: [0.3, 0.8, 1.25, 4])
  func closeWide(s: Double) throws {
    let pair = try OffsetDegeneracy(of: track(s: s, q: 1e-4, crossing: 0, alpha: 2.2))
    #expect(abs(pair.twin.s - 1 / s) < 1e-12)
  }

  /// Both tracks pass the primary at the same places at the same times.
  @Test func theTracksAgreeRelativeToThePrimary() throws {
    let solution = try BinaryLensParameters(
      t0: 30, u0: 0.5, tE: 20, rho: 0, s: 1.4, q: 0.3, alpha: 2.6)
    let twin = try OffsetDegeneracy(of: solution).twin
    #expect(abs(twin.s - 1.4) > 0.1)
    for time in [12.0, 30, 51] {
      let (a, b) = (solution.sourcePosition(at: time), twin.sourcePosition(at: time))
      #expect(abs((a.x + 0.3 * 1.4 / 1.3) - (b.x + 0.3 * twin.s / 1.3)) < 1e-14)
      #expect(abs(a.y - b.y) < 1e-14)
    }
  }

  /// The planet changes the light curve far more than the choice of the twin does.
  @Test(arguments: pairs)
  func theTwinIsCloserThanThePlanetIsVisible(a: Double, b: Double, crossing: Double) throws {
    let solution = try track(s: a, q: 1e-5, crossing: crossing, alpha: .pi / 2)
    let pair = try OffsetDegeneracy(of: solution)
    let times = (-400...400).map { solution.t0 + 20 * 0.2 * Double($0) / 400 }
    let twins = pair.residuals(times: times, tolerance: 1e-6).map(abs).max()!
    let primary = -1e-5 * a / (1 + 1e-5)
    let signal = zip(times, solution.magnifications(times: times, tolerance: 1e-6)).map {
      let place = solution.sourcePosition(at: $0)
      let u = hypot(place.x - primary, place.y)
      return abs($1 / SingleLens.magnification(u: u, rho: 1e-3, tolerance: 1e-7) - 1)
    }.max()!
    #expect(twins < 0.2 * signal, "twin \(twins), planet \(signal)")
  }

  /// The primary is what the tracks have in common: with the track kept relative to the centre of
  /// mass instead, the light curves differ more.
  @Test(arguments: [0.5, 0.7])
  func thePrimaryIsTheOrigin(s: Double) throws {
    let solution = try track(s: s, q: 1e-2, crossing: 0, alpha: 1.2, rho: 1e-2)
    let pair = try OffsetDegeneracy(of: solution)
    let unmoved = try BinaryLensParameters(
      t0: solution.t0, u0: solution.u0, tE: solution.tE, rho: solution.rho, s: pair.twin.s,
      q: solution.q, alpha: solution.alpha)
    let times = (-200...200).map { solution.t0 + 0.02 * Double($0) }
    let values = solution.magnifications(times: times, tolerance: 1e-5)
    func difference(_ other: BinaryLensParameters) -> Double {
      zip(values, other.magnifications(times: times, tolerance: 1e-5)).map { abs($1 / $0 - 1) }
        .max()!
    }
    #expect(difference(pair.twin) < 0.5 * difference(unmoved))
  }

  @Test func aTrackAlongTheAxisHasNoTwin() throws {
    let solution = try BinaryLensParameters(
      t0: 0, u0: 0.1, tE: 1, rho: 0, s: 1, q: 1e-3, alpha: .pi)
    #expect(throws: MicrolensingError.self) { try OffsetDegeneracy(of: solution) }
  }
}
