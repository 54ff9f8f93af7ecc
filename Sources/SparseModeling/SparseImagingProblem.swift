import NumericalMethods
import Observations

/// The image β that minimises the misfit to visibilities and penalties:
///
///   ½ Σ w |v − Fβ|² + Σ ½ β Q β + S(β) + V(β),
///
/// Q quadratic penalties (TSV), S a separable one (l1 or entropy; what values a pixel may have), V one of
/// total variation, or none.
///
/// References: Honma et al. (2014), PASJ 66, 95 (l1); Kuramochi et al. (2018), ApJ 858, 56 (TSV).
public struct SparseImagingProblem {
  public let misfit: VisibilityMisfit
  public let quadratic: [any QuadraticRegularizer]
  public var separable: any SeparableRegularizer
  public let variation: (any VariationRegularizer)?
  private let curvature: ToeplitzOperator

  public init(
    _ misfit: VisibilityMisfit, quadratic: [any QuadraticRegularizer] = [],
    separable: any SeparableRegularizer, variation: (any VariationRegularizer)? = nil
  ) {
    self.misfit = misfit
    self.quadratic = quadratic
    self.separable = separable
    self.variation = variation
    curvature = ToeplitzOperator(misfit.curvature)
  }

  public var count: Int { misfit.dirty.count }
  public var width: Int { misfit.image.width }
  public var height: Int { misfit.image.height }

  /// The second derivative by two pixels: of data and quadratic penalties.
  public func element(_ a: Int, _ b: Int) -> Double {
    quadratic.reduce(misfit.curvature.element(a, b)) {
      $0 + $1.element(a, b, width: width, height: height)
    }
  }

  /// Those of one pixel and others.
  func elements(_ a: Int, _ others: ArraySlice<Int>) -> [Double] {
    let kernel = misfit.curvature
    var elements = others.map { kernel.element(a, $0) }
    for penalty in quadratic {
      for (k, b) in others.enumerated() {
        elements[k] += penalty.element(a, b, width: width, height: height)
      }
    }
    return elements
  }

  /// A bound of the second derivatives' eigenvalues.
  public var largestEigenvalue: Double {
    quadratic.reduce(curvature.largestEigenvalue) { $0 + $1.largestEigenvalue }
  }

  /// The product of the second derivatives and an image.
  public func apply(_ pixels: [Double]) -> [Double] {
    var product = curvature.apply(pixels)
    for penalty in quadratic { penalty.addProduct(pixels, width: width, to: &product) }
    return product
  }

  /// How good an image is.
  public struct State: Sendable {
    /// Minus the derivative of misfit and quadratic penalties.
    public let gradient: [Double]
    public let objective: Double
    /// By how much the objective is at most above its minimum.
    public let dualityGap: Double
    /// Σ w |v − Fβ|².
    public let chiSquared: Double

    /// The gap as a part of the objective.
    public var relativeGap: Double { objective > 0 ? dualityGap / objective : 0 }
  }

  /// Objective, gradient and gap at an image.
  ///
  /// The dual point is the residual (with the slopes of the quadratic penalties), less the variation's p,
  /// scaled into the set where the separable penalty's conjugate is finite: Fercoq, Gramfort & Salmon 2015,
  /// ICML, equation 6.
  ///
  /// - Parameters:
  ///   - product: that of `apply`, if known.
  ///   - dual: p of the variation penalty.
  public func state(
    _ pixels: [Double], product: [Double]? = nil, dual: [Double] = []
  ) -> State {
    let product = product ?? apply(pixels)
    let dirty = misfit.dirty
    let gradient = [Double](unsafeUninitializedCapacity: count) { gradient, written in
      for k in 0..<count { (gradient.baseAddress! + k).initialize(to: dirty[k] - product[k]) }
      written = count
    }
    let projection = dot(pixels, dirty)
    let dataSquare = misfit.dataSquare
    let residualSquare = max(0, dataSquare - 2 * projection + dot(pixels, product))
    let roughness = quadratic.reduce(0) { $0 + $1.value(pixels, width: width) }
    let objective =
      residualSquare / 2 + separable.value(pixels, width: width)
      + (variation?.value(pixels, width: width) ?? 0)
    var slack = gradient
    if let variation, !dual.isEmpty {
      let pull = variation.adjoint(dual, width: width)
      for k in slack.indices { slack[k] -= pull[k] }
    }
    let alignment = dataSquare - projection
    var scale = separable.feasibleScale(slack)
    func bound(_ scale: Double) -> Double {
      scale * alignment - scale * scale * residualSquare / 2
        - (separable is WeightedL1 ? 0 : separable.conjugate(slack.map { scale * $0 }))
    }
    // The best of the feasible multiples.
    if separable is WeightedL1, residualSquare > 0 {
      scale = max(0, min(scale, alignment / residualSquare))
    }
    var best = bound(scale)
    // Far from the minimum the conjugate may be beyond all numbers.
    while !(separable is WeightedL1), scale > 1e-9 {
      let other = bound(scale / 2)
      guard other > best || best == -.infinity else { break }
      (scale, best) = (scale / 2, other)
    }
    // A gap below the rounding of the data's square could not be told from none.
    return State(
      gradient: gradient, objective: objective,
      dualityGap: max(1e-15 * dataSquare, objective - best),
      chiSquared: max(0, residualSquare - 2 * roughness))
  }
}
