import Foundation

/// Weights of penalties that are tried: all combinations of the values of each.
public struct PenaltyGrid: Codable, Sendable, Equatable {
  public struct Axis: Codable, Sendable, Equatable {
    /// `l1`, or a name of `RegularizerCatalog`.
    public let name: String
    /// Rising.
    public let values: [Double]

    public init(_ name: String, _ values: [Double]) {
      precondition(!values.isEmpty && values.allSatisfy { $0 >= 0 })
      (self.name, self.values) = (name, values.sorted())
    }
  }

  /// The last one varies fastest: images follow each other along it, from its largest value on.
  public let axes: [Axis]

  public init(_ axes: [Axis]) {
    precondition(!axes.isEmpty)
    self.axes = axes
  }

  /// `count` values of a weight, two decades to either side of the level of the noise.
  ///
  /// That of l1 is what the brightest of n pixels of a dirty image of noise alone reaches, √(2 Σw ln n)
  /// (Donoho & Johnstone 1994, Biometrika 81, 425); that of squared variation a hundredth of Σw, the data's
  /// curvature of a pixel; that of others the expected χ² by jansky.
  public static func noiseLevel(
    of name: String, _ misfit: VisibilityMisfit, flux: Double, count: Int = 6
  ) -> Axis {
    precondition(count > 0 && flux > 0)
    let centre =
      switch name {
      case "l1": (2 * misfit.totalWeight * log(Double(misfit.dirty.count))).squareRoot()
      case "tsv": misfit.totalWeight / 100
      default: Double(2 * misfit.count) / flux
      }
    return Axis(
      name,
      (0..<count).map { k in
        count == 1 ? centre : centre * pow(10, -2 + 4 * Double(k) / Double(count - 1))
      })
  }

  /// All combinations.
  var penalties: [[String: Double]] {
    axes.reduce([[:]]) { combinations, axis in
      combinations.flatMap { combination in
        axis.values.map { combination.merging([axis.name: $0]) { $1 } }
      }
    }
  }
}
