import Foundation
import Microlensing
import Testing

/// OGLE-2003-BLG-235/MOA-2003-BLG-53 (Bond et al. 2004), against the best fit of the original error
/// bars confirmed by an independent code.
@Suite struct PublishedEventTests {
  @Test func bestFitChiSquared() throws {
    let fit = try BinaryLensParameters(
      t0: 2452848.0641999654, u0: 0.1327634351260015, tE: 61.64957961263808,
      rho: 9.389579299688431e-4, s: 1.1199599734742005, q: 3.928301651399469e-3,
      alpha: 43.886049699050446 * .pi / 180)
    var (chi2, points) = (0.0, 0)
    for name in ["OB03235_OGLE.tbl.txt", "OB03235_MOA.tbl.txt"] {
      let data = try rows(name)
      let isMagnitude = name.contains("OGLE")
      let flux = data.map { isMagnitude ? pow(10, 0.4 * (22 - $0[1])) : $0[1] }
      let errors = zip(data, flux).map { isMagnitude ? $0[2] * $1 * log(10) / 2.5 : $0[2] }
      let magnifications = fit.magnifications(times: data.map { $0[0] }, tolerance: 1e-4)
      let fluxes = try SourceBlendFluxes(
        magnifications: magnifications, flux: flux, fluxErrors: errors)
      #expect(fluxes.sourceFlux > 0)
      chi2 += fluxes.chi2
      points += data.count
    }
    #expect(points == 1535)
    #expect(abs(chi2 - 1640.7332) < 0.3, "χ² \(chi2)")
  }

  private func rows(_ name: String) throws -> [[Double]] {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let url = root.appending(path: "Experiments/data/OB03235/\(name)")
    return try String(contentsOf: url, encoding: .utf8)
      .split(whereSeparator: \.isNewline)
      .filter { !$0.hasPrefix("\\") && !$0.hasPrefix("|") }
      .map { $0.split(separator: " ").compactMap { Double($0) } }
      .filter { $0.count == 3 }
  }
}
