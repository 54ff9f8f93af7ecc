import Foundation
import Microlensing
import MicrolensingReference
import Testing

/// The slow integrator, and the library against it far beyond the ranges of other tables.
@Suite struct IndependentReferenceTests {
  /// One mass, the disc centred on it or its limb through it (Witt & Mao 1994, equations 11 and 12).
  @Test(arguments: [1e-5, 1e-3, 0.1, 1.0])
  func integratorFollowsExactLaws(rho: Double) {
    let square = rho * rho
    let limb = (2 / rho + (1 + square) / square * 2 * atan(rho)) / .pi
    for (x, y, expected) in [(0, 0, (1 + 4 / square).squareRoot()), (0.6 * rho, 0.8 * rho, limb)] {
      let found = ReferenceMagnification.magnification(s: 20, q: 0, x: x, y: y, rho: rho)
      #expect(abs(found.value / expected - 1) < 1e-10, "\(found) for \(expected)")
      #expect(abs(found.value - expected) <= found.error)
    }
  }

  /// For brightness 1 − u + uμ the disc is a stack of uniform ones of radii ρ√(1 − μ²).
  @Test func integratorStacksDiscs() {
    let (s, q, x, y, rho, u) = (1.1, 0.02, 0.16, 0.01, 0.05, 0.6)
    func uniform(_ rho: Double) -> Double {
      ReferenceMagnification.magnification(s: s, q: q, x: x, y: y, rho: rho, tolerance: 1e-7).value
    }
    var stack = (1 - u) * uniform(rho)
    for (mu, weight) in GaussLegendre.rule(24) {
      let share = 1 - mu * mu
      stack += u * weight * share * uniform(rho * share.squareRoot())
    }
    let found = ReferenceMagnification.magnification(
      s: s, q: q, x: x, y: y, rho: rho, brightness: .linear(u))
    #expect(abs(found.value / (stack / (1 - u / 3)) - 1) < 1e-4)
  }

  @Test func integratorAgreesWithOtherTable() {
    for (k, row) in ReferenceTable.discs.enumerated() where k % 100 == 7 {
      let found = ReferenceMagnification.magnification(
        s: row.s, q: row.q, x: row.x, y: row.y, rho: row.rho)
      let bound = found.error + 3 * row.relativeError * row.magnification
      #expect(abs(found.value - row.magnification) <= bound, "\(row): \(found)")
    }
  }

  @Test func tableIsTheIntegrators() {
    #expect(IndependentTable.rows.count == 300)
    for (k, row) in IndependentTable.rows.enumerated() where k % 25 == 3 {
      let found = ReferenceMagnification.magnification(
        s: row.s, q: row.q, x: row.x, y: row.y, rho: row.rho, brightness: row.brightness)
      #expect(abs(found.value - row.magnification) <= found.error + row.error, "\(row): \(found)")
    }
  }

  /// Where double precision does not resolve the caustic the tolerance cannot be met, but the error
  /// estimate has to say so.
  @Test(arguments: [(1e-2, 0), (1e-3, 0), (1e-5, 4)])
  func libraryAgreesWithinItsErrors(tolerance: Double, unresolved: Int) throws {
    // The integrator rounds a few faint rows to below one, where no magnification can be.
    let rows = IndependentTable.rows.filter { $0.magnification >= 1 }
    #expect(rows.count > 290)
    var (outside, beyond) = (0, 0)
    for row in rows {
      let lens = try BinaryLens(s: row.s, q: row.q)
      let found = lens.magnification(
        x: row.x, y: row.y, rho: row.rho, limbDarkening: row.law, tolerance: tolerance)
      let difference = abs(found.value - row.magnification)
      let claimed = found.error + 3 * row.error
      let asked = tolerance * row.magnification + 3 * row.error
      if difference > claimed { outside += 1 }
      if difference > asked { beyond += 1 }
      #expect(difference <= max(asked, 3 * claimed), "\(row): \(found)")
    }
    #expect(outside * 100 <= rows.count, "\(outside) of \(rows.count) errors underestimated")
    #expect(beyond <= unresolved, "\(beyond) of \(rows.count) beyond the tolerance")
  }
}
