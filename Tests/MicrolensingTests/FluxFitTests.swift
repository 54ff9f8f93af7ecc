import Foundation
import Microlensing
import Testing

@Suite struct FluxFitTests {
  @Test func recoversExactFluxesBehindALargeBaseline() throws {
    let magnifications = (0..<50).map { 1 + 1e-3 * sin(Double($0)) }
    let flux = magnifications.map { 2.5 * $0 + 1e6 }
    let errors = (0..<50).map { 0.5 + 0.01 * Double($0) }
    let fit = try SourceBlendFluxes(magnifications: magnifications, flux: flux, fluxErrors: errors)
    #expect(abs(fit.sourceFlux - 2.5) < 1e-5)
    #expect(abs(fit.blendFlux - 1e6) < 1e-5)
    #expect(fit.chi2 < 1e-15)
  }

  /// At the least-squares solution the weighted residuals are orthogonal to the design.
  @Test func residualsAreOrthogonalToTheDesign() throws {
    let a = [1.0, 1.5, 3.0, 2.0, 1.2]
    let flux = [10.3, 15.5, 28.0, 21.0, 12.5]
    let errors = [0.3, 0.2, 0.5, 0.4, 0.3]
    let fit = try SourceBlendFluxes(magnifications: a, flux: flux, fluxErrors: errors)
    var (alongA, alongOne, chi2, determinant) = (0.0, 0.0, 0.0, (0.0, 0.0, 0.0))
    for k in 0..<5 {
      let w = 1 / (errors[k] * errors[k])
      let residual = flux[k] - fit.sourceFlux * a[k] - fit.blendFlux
      alongA += w * residual * a[k]
      alongOne += w * residual
      chi2 += w * residual * residual
      determinant.0 += w * a[k] * a[k]
      determinant.1 += w * a[k]
      determinant.2 += w
    }
    #expect(abs(alongA) < 1e-9 && abs(alongOne) < 1e-9)
    #expect(abs(fit.chi2 - chi2) < 1e-9)
    let direct = log(determinant.0 * determinant.2 - determinant.1 * determinant.1)
    #expect(abs(fit.logDeterminant - direct) < 1e-10)
  }

  @Test func constantMagnificationHasNoSource() throws {
    let fit = try SourceBlendFluxes(
      magnifications: [1.1, 1.1, 1.1], flux: [1, 2, 3], fluxErrors: [1, 1, 1])
    #expect(fit.sourceFlux == 0)
    #expect(abs(fit.blendFlux - 2) < 1e-15)
    #expect(abs(fit.chi2 - 2) < 1e-14)
    #expect(fit.logDeterminant == -.infinity)
  }

  @Test func badPhotometryIsNamed() {
    #expect(
      throws: MicrolensingError.invalidPhotometry(
        column: "flux error", row: 1, value: 0, requirement: "positive and finite")
    ) {
      try SourceBlendFluxes(magnifications: [1, 2], flux: [1, 2], fluxErrors: [1, 0])
    }
    #expect(throws: MicrolensingError.self) {
      try SourceBlendFluxes(magnifications: [1], flux: [1, 2], fluxErrors: [1, 1])
    }
  }
}
