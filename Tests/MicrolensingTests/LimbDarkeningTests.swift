import Foundation
import Microlensing
import MicrolensingReference
import Testing

@Suite struct LimbDarkeningTests {
  private static let laws: [LimbDarkening] = [
    .uniform, .linear(u: 0.6), .squareRoot(c: 0.2, d: 0.5), .quadratic(a: 0.4, b: 0.3),
  ]
  /// Crossing a fold, on a cusp's axis, beyond all caustics, and around a planet's caustic.
  private static let sources: [(s: Double, q: Double, x: Double, y: Double, rho: Double)] = [
    (1, 0.3, 0.3, 0.1, 0.05), (0.8, 0.1, 0.1, 0, 0.02), (1.2, 1e-3, 1, 0.8, 0.1),
    (1.5, 1e-4, 0.8333, 0.005, 0.02),
  ]

  @Test func agreesWithReference() throws {
    #expect(DarkenedRow.all.count == 1582)
    for row in DarkenedRow.all {
      let found = try BinaryLens(s: row.s, q: row.q).magnification(
        x: row.x, y: row.y, rho: row.rho, limbDarkening: .linear(u: row.u), tolerance: 1e-4)
      #expect(abs(found.value / row.magnification - 1) < 1e-3, "\(row): \(found)")
    }
  }

  /// Layers of equal brightness are uniform discs: ∫ I dA = I(0) A(ρ) + ∫ I′(μ) (1 − μ²) A(ρ√(1−μ²)) dμ.
  @Test(arguments: laws)
  func discIsAStackOfUniformOnes(law: LimbDarkening) throws {
    for source in Self.sources {
      let lens = try BinaryLens(s: source.s, q: source.q)
      func uniform(_ rho: Double) -> Double {
        lens.magnification(x: source.x, y: source.y, rho: rho, tolerance: 1e-6).value
      }
      var stack = law.intensity(mu: 0) * uniform(source.rho)
      let panels = 40
      for panel in 0..<panels {
        for (node, weight) in GaussLegendre.rule(4) {
          // μ = v² because the square-root law is steep at the limb.
          let v = (Double(panel) + node) / Double(panels)
          let mu = v * v
          let share = 1 - mu * mu
          stack +=
            weight / Double(panels) * 2 * v * slope(law, mu) * share
            * uniform(source.rho * share.squareRoot())
        }
      }
      let found = lens.magnification(
        x: source.x, y: source.y, rho: source.rho, limbDarkening: law, tolerance: 1e-5)
      // The layers' magnification has a kink where the limb touches a caustic.
      #expect(abs(found.value / (stack / law.meanIntensity) - 1) < 1e-4, "\(law), \(source)")
    }
  }

  private func slope(_ law: LimbDarkening, _ mu: Double) -> Double {
    switch law {
    case .uniform: 0
    case .linear(let u): u
    case .squareRoot(let c, let d): c + 0.5 * d / mu.squareRoot()
    case .quadratic(let a, let b): a + 2 * b * (1 - mu)
    }
  }

  @Test func bandsAreAsOneByOne() throws {
    for source in Self.sources {
      let lens = try BinaryLens(s: source.s, q: source.q)
      let x = (0..<20).map { source.x + 0.2 * source.rho * Double($0 - 10) }
      let y = x.map { _ in source.y }
      let bands = lens.magnifications(
        x: x, y: y, rho: source.rho, bands: Self.laws, tolerance: 1e-4)
      #expect(bands.count == Self.laws.count)
      for (law, band) in zip(Self.laws, bands) {
        let alone = lens.magnifications(
          x: x, y: y, rho: source.rho, limbDarkening: law, tolerance: 1e-4)
        for (one, other) in zip(band, alone) {
          #expect(abs(one.value - other.value) <= one.error + other.error, "\(law), \(source)")
        }
      }
      // Where the disc is not uniformly magnified, bands differ.
      #expect(bands[0].map(\.value) != bands[1].map(\.value))
    }
  }

  /// Equal brightness by another name.
  @Test func lawsMeetInTheirLimits() throws {
    let same: [(LimbDarkening, LimbDarkening)] = [
      (.uniform, .linear(u: 0)), (.uniform, .squareRoot(c: 0, d: 0)),
      (.uniform, .quadratic(a: 0, b: 0)), (.linear(u: 0.5), .squareRoot(c: 0.5, d: 0)),
      (.linear(u: 0.5), .quadratic(a: 0.5, b: 0)),
    ]
    for source in Self.sources {
      let lens = try BinaryLens(s: source.s, q: source.q)
      for (one, other) in same {
        let (a, b) = (
          lens.magnification(
            x: source.x, y: source.y, rho: source.rho, limbDarkening: one, tolerance: 1e-5),
          lens.magnification(
            x: source.x, y: source.y, rho: source.rho, limbDarkening: other, tolerance: 1e-5)
        )
        #expect(abs(a.value - b.value) <= a.error + b.error, "\(one), \(other), \(source)")
      }
    }
  }

  /// Brightness and magnified flux are linear in u: flux of u = 0.6 less that of u = 0 is twice that
  /// of u = 0.3 less that of u = 0.
  @Test func fluxIsLinearInTheCoefficient() throws {
    for source in Self.sources {
      let lens = try BinaryLens(s: source.s, q: source.q)
      let flux = [0, 0.3, 0.6].map { u in
        let law = LimbDarkening.linear(u: u)
        return law.meanIntensity
          * lens.magnification(
            x: source.x, y: source.y, rho: source.rho, limbDarkening: law, tolerance: 1e-6
          ).value
      }
      #expect(abs(flux[2] - 2 * flux[1] + flux[0]) < 4e-6 * flux[0], "\(source)")
    }
  }

  /// Far away nothing is magnified, and a small disc between caustics is as good as a point.
  @Test(arguments: laws)
  func limits(law: LimbDarkening) throws {
    let lens = try BinaryLens(s: 1.2, q: 0.3)
    let far = lens.magnification(x: 90, y: 120, rho: 1, limbDarkening: law)
    #expect(abs(far.value - 1) <= 1e-8 + far.error && far.value >= 1)
    let small = lens.magnification(
      x: 0.5, y: 0.7, rho: 1e-5, limbDarkening: law, tolerance: 1e-7)
    #expect(abs(small.value / lens.magnification(x: 0.5, y: 0.7) - 1) < 1e-7)
  }

  /// Over a centred disc of one mass A(r) falls outwards, so that a darker limb raises the mean.
  @Test func darkerLimbRaisesTheCentredMean() throws {
    let lens = try BinaryLens(s: 1e-3, q: 0.5)
    let values = [0, 0.3, 0.6, 1].map {
      lens.magnification(x: 0, y: 0, rho: 0.5, limbDarkening: .linear(u: $0)).value
    }
    #expect(zip(values, values.dropFirst()).allSatisfy { $1 > $0 * 1.01 })
  }

  @Test(arguments: laws)
  func meanIntensityIsTheMean(law: LimbDarkening) {
    let mean = GaussLegendre.rule(30).reduce(0) { sum, point in
      // ∫ I 2μ dμ with μ = v².
      sum + point.weight * 4 * pow(point.node, 3) * law.intensity(mu: point.node * point.node)
    }
    #expect(abs(law.meanIntensity - mean) < 1e-12)
    #expect(law.intensity(mu: 1) == 1)
  }

  @Test func lawsThatAreNoBrightnessAreRejected() throws {
    for law in Self.laws { try law.validate() }
    for law: LimbDarkening in [
      .linear(u: 1.2), .quadratic(a: 0.9, b: 0.4), .squareRoot(c: .nan, d: 0.1),
    ] {
      #expect(throws: MicrolensingError.self) { try law.validate() }
    }
  }
}
