import Foundation
import Numerics

/// Closure phases or log closure amplitudes: combinations of visibilities in which the unknown phases
/// or gains of the stations cancel.
///
/// Each is a sum of signed phases, or logarithms of amplitudes, of visibilities measured at one time in
/// one channel. Those of one time and channel share visibilities, so their errors are correlated: with
/// the design matrix A of signs, the covariance is A diag(sigma²/|V|²) Aᵀ. It is good to first order in
/// sigma/|V|, and for visibilities of at least three sigma.
///
/// Logarithms are of the amplitudes as measured, which are not debiased as averages of amplitudes must
/// be: the logarithm of the modulus is a harmonic function, so that circular noise shifts its mean by
/// ½E₁(|V|²/2sigma²) only, 0.001 at three sigma, less than a hundredth of its scatter.
///
/// Reference: Blackburn, Pesce, Johnson, Wielgus, Chael, Christian & Doeleman (2020), ApJ 894, 31.
public struct ClosureQuantities: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    /// φ12 + φ23 + φ31, radians.
    case phase
    /// ln|V12| + ln|V34| - ln|V23| - ln|V41|.
    case logAmplitude
  }

  public enum Selection: Sendable {
    /// As many as can be chosen so that none is a combination of others: they hold all information.
    case independent
    /// Every triangle or quadrangle.
    case all
  }

  public struct Element: Sendable, Equatable {
    /// Indices into `VisibilitySet.stations`, around the triangle (the fourth is -1) or quadrangle.
    public var stations: SIMD4<Int>
    /// Indices into `VisibilitySet.visibilities`, in the order of the formula of ``Kind``.
    public var visibilities: SIMD4<Int>
    /// What each is multiplied by: 1, -1, and 0 for the fourth of a triangle. A visibility recorded as
    /// V21 enters φ12 with -1.
    public var signs: SIMD4<Double>
    /// Radians from -π to π, or the logarithm of a ratio of amplitudes.
    public var value: Double
    /// To first order in the errors of the visibilities.
    public var sigma: Double
  }

  /// What was measured at one time in one channel.
  public struct Group: Sendable, Equatable {
    /// Hours, as in `Visibility`.
    public var time: Double
    public var channel: Int
    public var elements: Range<Int>
  }

  public let kind: Kind
  public let elements: [Element]
  /// By time, then channel; they cover the elements.
  public let groups: [Group]
  /// sigma²/|V|² of each visibility of the set.
  let relativeVariances: [Double]

  /// Covariance of a group, `[n, n]`, row-major; regular if the elements are independent.
  /// - Complexity: O(*n*²).
  public func covariance(of group: Group) -> [Double] {
    let members = elements[group.elements]
    let n = members.count
    var result = [Double](repeating: 0, count: n * n)
    for (i, first) in members.enumerated() {
      for (j, second) in members.prefix(i + 1).enumerated() {
        var sum = 0.0
        for k in 0..<4 where first.signs[k] != 0 {
          let shared = first.visibilities[k]
          for l in 0..<4 where second.visibilities[l] == shared {
            sum += first.signs[k] * second.signs[l] * relativeVariances[shared]
          }
        }
        result[i * n + j] = sum
        result[j * n + i] = sum
      }
    }
    return result
  }

  /// The quantities that model visibilities predict, `[elements]`.
  ///
  /// - Parameter model: at the places of the set's visibilities, `[visibilities]`, none of them zero.
  public func values(of model: [Complex<Double>]) -> [Double] {
    precondition(model.count == relativeVariances.count)
    return elements.map { kind.value(of: $0, from: model) }
  }
}

extension ClosureQuantities.Kind {
  func value(of element: ClosureQuantities.Element, from values: [Complex<Double>]) -> Double {
    var sum = 0.0
    for k in 0..<4 where element.signs[k] != 0 {
      let value = values[element.visibilities[k]]
      sum += element.signs[k] * (self == .phase ? value.phase : Double.log(value.length))
    }
    return wrapped(sum)
  }

  /// A difference of phases, from -π to π.
  func wrapped(_ value: Double) -> Double {
    self == .phase ? value.remainder(dividingBy: 2 * .pi) : value
  }
}
