import Numerics
import Observations

/// A χ² of model visibilities: one kind of data that an image is made from.
public protocol DataTerm: Sendable {
  /// Number of data.
  var count: Int { get }

  /// χ² of model visibilities `[visibilities]`, none of them zero, whose gradient
  /// ∂χ²/∂Re V + i ∂χ²/∂Im V is added to another.
  func value(
    of model: [Complex<Double>], addingGradientTo gradient: inout [Complex<Double>]
  ) -> Double
}

extension ClosureChiSquared: DataTerm {
  public var count: Int { closures.elements.count }
}

extension AmplitudeChiSquared: DataTerm {}

/// Σ |v − V|²/sigma², of calibrated visibilities.
public struct VisibilityChiSquared: DataTerm {
  private let values: [Complex<Double>]
  private let weights: [Double]

  public init(_ visibilities: [Visibility]) {
    values = visibilities.map(\.value)
    weights = visibilities.map { 1 / ($0.sigma * $0.sigma) }
  }

  public var count: Int { 2 * values.count }

  public func value(
    of model: [Complex<Double>], addingGradientTo gradient: inout [Complex<Double>]
  ) -> Double {
    precondition(model.count == values.count && gradient.count == values.count)
    return values.indices.reduce(0) { sum, k in
      let residual = model[k] - values[k]
      gradient[k] += residual.multiplied(by: 2 * weights[k])
      return sum + weights[k] * residual.lengthSquared
    }
  }
}

/// Kinds of data by name. A new one is a case here and its line in `term`.
public enum DataKind: String, Codable, CaseIterable, Sendable {
  case closurePhases = "closure-phases"
  case logClosureAmplitudes = "log-closure-amplitudes"
  /// Through gains of a prior scatter.
  case amplitudes
  /// Complex.
  case visibilities

  /// That of a set.
  ///
  /// - Parameter gainScatter: of ln|g|, for each of the set's stations.
  /// - Throws: `DerivedDataError`.
  func term(_ set: VisibilitySet, gainScatter: [Double]) throws -> any DataTerm {
    switch self {
    case .closurePhases: ClosureChiSquared(try set.closures(.phase))
    case .logClosureAmplitudes: ClosureChiSquared(try set.closures(.logAmplitude))
    case .amplitudes: try AmplitudeChiSquared(set, gainScatter: gainScatter)
    case .visibilities: VisibilityChiSquared(set.visibilities)
    }
  }
}
