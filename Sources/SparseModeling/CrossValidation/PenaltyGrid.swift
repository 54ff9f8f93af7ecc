import Foundation

/// Strengths of l1 (λ) and TSV (μ) that are tried.
public struct PenaltyGrid: Codable, Sendable, Equatable {
  /// λ, per jansky, rising.
  public let l1: [Double]
  /// μ, per square jansky, rising.
  public let tsv: [Double]

  public init(l1: [Double], tsv: [Double]) {
    precondition(!l1.isEmpty && !tsv.isEmpty && (l1 + tsv).allSatisfy { $0 >= 0 })
    (self.l1, self.tsv) = (l1.sorted(), tsv.sorted())
  }

  /// `count` values each, two decades to either side of the level of the noise.
  ///
  /// That of λ is what the brightest of n pixels of a dirty image of noise alone reaches, √(2 Σw ln n)
  /// (Donoho & Johnstone 1994, Biometrika 81, 425); that of μ a hundredth of Σw, the data's curvature of a
  /// pixel.
  public static func noiseLevel(of misfit: VisibilityMisfit, count: Int = 6) -> PenaltyGrid {
    precondition(count > 0)
    let pixels = Double(misfit.dirty.count)
    let centre = (
      l1: (2 * misfit.totalWeight * log(pixels)).squareRoot(), tsv: misfit.totalWeight / 100
    )
    let factors = (0..<count).map { k in
      count == 1 ? 1 : pow(10, -2 + 4 * Double(k) / Double(count - 1))
    }
    return PenaltyGrid(l1: factors.map { centre.l1 * $0 }, tsv: factors.map { centre.tsv * $0 })
  }
}
