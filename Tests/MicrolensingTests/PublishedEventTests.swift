import Foundation
import Microlensing
import Testing

/// Published planetary events against the best fits of the original error bars, whose χ² an
/// independent code confirmed at converged magnifications.
@Suite struct PublishedEventTests {
  /// OGLE-2003-BLG-235/MOA-2003-BLG-53 (Bond et al. 2004).
  @Test(arguments: [1e-4, 1e-6])
  func ogle2003BLG235(tolerance: Double) throws {
    let fit = try BinaryLensParameters(
      t0: 2452848.0641999654, u0: 0.1327634351260015, tE: 61.64957961263808,
      rho: 9.389579299688431e-4, s: 1.1199599734742005, q: 3.928301651399469e-3,
      alpha: 43.886049699050446 * .pi / 180)
    let (chi2, points) = try total(fit, "OB03235", tolerance: tolerance)
    #expect(points == 1535)
    #expect(abs(chi2 - 1640.7332) < 0.01, "χ² \(chi2)")
  }

  /// OGLE-2005-BLG-390 (Beaulieu et al. 2006): a giant source, six sites.
  @Test(arguments: [1e-4, 1e-6])
  func ogle2005BLG390(tolerance: Double) throws {
    let fit = try BinaryLensParameters(
      t0: 2453582.7303115996, u0: 0.3587099550840544, tE: 11.025131678448195,
      rho: 0.025119419648215305, s: 1.6100367018894346, q: 7.981389416890342e-05,
      alpha: 157.85871605574442 * .pi / 180)
    let (chi2, points) = try total(fit, "OB05390", tolerance: tolerance)
    #expect(points == 650)
    #expect(abs(chi2 - 561.685) < 0.01, "χ² \(chi2)")
  }

  /// χ² of all data sets of an event, with a source and a blend flux each.
  private func total(
    _ fit: BinaryLensParameters, _ event: String, tolerance: Double
  ) throws -> (chi2: Double, points: Int) {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let folder = root.appending(path: "Experiments/data/\(event)")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    var (chi2, points) = (0.0, 0)
    for file in files where !file.lastPathComponent.hasPrefix("README") {
      let data = try rows(file)
      // The survey MOA published OB03235 as difference fluxes.
      let isFlux = file.lastPathComponent == "OB03235_MOA.tbl.txt"
      let flux = data.map { isFlux ? $0[1] : pow(10, 0.4 * (22 - $0[1])) }
      let errors = zip(data, flux).map { isFlux ? $0[2] : $0[2] * $1 * log(10) / 2.5 }
      let magnifications = fit.magnifications(times: data.map { $0[0] }, tolerance: tolerance)
      let fluxes = try SourceBlendFluxes(
        magnifications: magnifications, flux: flux, fluxErrors: errors)
      #expect(fluxes.sourceFlux > 0)
      chi2 += fluxes.chi2
      points += data.count
    }
    return (chi2, points)
  }

  private func rows(_ file: URL) throws -> [[Double]] {
    try String(contentsOf: file, encoding: .utf8)
      .split(whereSeparator: \.isNewline)
      .filter { !$0.hasPrefix("\\") && !$0.hasPrefix("|") }
      .map { $0.split(separator: " ").compactMap { Double($0) } }
      .filter { $0.count == 3 }
  }
}
