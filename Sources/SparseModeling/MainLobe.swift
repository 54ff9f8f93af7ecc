import Foundation
import NumericalMethods
import Numerics
import Observations

/// The middle of the dirty beam, finely sampled, and the Gaussian that fits it: the beam that an image is
/// restored with.
struct MainLobe {
  /// Principal axes of the uv coverage, each with the wavelengths that one step of the lobe's samples
  /// stands for: 1/(2π) of a turn is `steps`.
  private let axes: (SIMD2<Double>, SIMD2<Double>)
  /// Radians between samples along each axis.
  private let steps: SIMD2<Double>
  private var sums = [Double](repeating: 0, count: side * side)

  /// Samples along each axis.
  private static let side = 65
  /// Parts of the peak down to which the Gaussian is fitted, in the order in which they are tried.
  private static let levels = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95]
  /// Half the sampled range, in full widths at half maximum of the curvature at the peak: lobes have
  /// wings where few long baselines make them steep.
  private static let reach = 2.0
  /// Full width at half maximum of a Gaussian of sigma one.
  private static let fullWidth = (8 * log(2.0)).squareRoot()

  /// Throws `ImagingError` if there is no second axis.
  init(_ density: WeightDensity) throws {
    let mean = density.meanSquares
    let (middle, half) = ((mean.x + mean.z) / 2, (mean.x - mean.z) / 2)
    let radius = (half * half + mean.y * mean.y).squareRoot()
    let squares = SIMD2(middle + radius, middle - radius)
    guard squares.y > 1e-10 * squares.x else { throw ImagingError.noBeam }
    let angle = atan2(mean.y, half) / 2
    axes = (SIMD2(cos(angle), sin(angle)), SIMD2(-sin(angle), cos(angle)))
    // 1 − 2π² ⟨u²⟩ x² is the top of a Gaussian of sigma 1 / (2π √⟨u²⟩).
    let sigma = SIMD2(1 / squares.x.squareRoot(), 1 / squares.y.squareRoot()) / (2 * .pi)
    steps = sigma * Self.fullWidth * Self.reach / Double(Self.side / 2)
  }

  mutating func add(_ visibilities: [Visibility], _ weights: [Double]) {
    let plan = NonUniformFFT(modes: [Self.side, Self.side], tolerance: 1e-7)
    let turns = 2 * Double.pi * steps
    plan.setPoints(
      x: visibilities.map { turns.x * (axes.0 * SIMD2($0.u, $0.v)).sum() },
      y: visibilities.map { turns.y * (axes.1 * SIMD2($0.u, $0.v)).sum() })
    let lobe = plan.type1(weights.map { Complex($0, 0) }, sign: .minus)
    for k in sums.indices { sums[k] += lobe[k].real }
  }

  /// Least squares to the samples above half the peak that hang together with it, or above more where
  /// strong short baselines keep the beam from falling so low.
  ///
  /// Throws `NumericalError` if they cannot be fitted.
  func gaussian() throws -> Beam {
    let middle = Self.side / 2
    let peak = sums[middle * Self.side + middle]
    let regions = Self.levels.lazy.map { connected(above: $0 * peak) }
    let region = regions.first { !$0.contains(where: isAtEdge) } ?? regions.last!
    let samples = region.map { k in
      (
        place: SIMD2(Double(k % Self.side - middle), Double(k / Self.side - middle))
          / Double(middle), value: sums[k] / peak
      )
    }
    // exp(−(a x² + 2b xy + c y²)) in units of the range sampled.
    let start = 4 * log(2.0) * Self.reach * Self.reach / 4
    let fit = try LeastSquares.minimize(start: [start, 0, start], count: samples.count) {
      parameters, residuals in
      for (k, (place, value)) in samples.enumerated() {
        let exponent =
          parameters[0] * place.x * place.x + 2 * parameters[1] * place.x * place.y + parameters[2]
          * place.y * place.y
        residuals[k] = exp(-exponent) - value
      }
    }
    let range = steps * Double(middle)
    return beam(
      SIMD3(
        fit.parameters[0] / (range.x * range.x), fit.parameters[1] / (range.x * range.y),
        fit.parameters[2] / (range.y * range.y)))
  }

  /// From a, b and c along the axes, per radian², to widths and angle on the sky.
  private func beam(_ form: SIMD3<Double>) -> Beam {
    let (middle, half) = ((form.x + form.z) / 2, (form.x - form.z) / 2)
    let radius = (half * half + form.y * form.y).squareRoot()
    func width(_ eigenvalue: Double) -> Double { 2 * (log(2.0) / eigenvalue).squareRoot() }
    // The form grows slowest along the major axis.
    let angle = atan2(form.y, half) / 2 + .pi / 2
    let direction = axes.0 * cos(angle) + axes.1 * sin(angle)
    var position = atan2(direction.x, direction.y)
    if position <= -.pi / 2 { position += .pi }
    if position > .pi / 2 { position -= .pi }
    return Beam(
      majorAxis: width(middle - radius), minorAxis: width(middle + radius),
      positionAngle: position)
  }

  private func isAtEdge(_ k: Int) -> Bool {
    let (column, row) = (k % Self.side, k / Self.side)
    return min(column, row) == 0 || max(column, row) == Self.side - 1
  }

  /// Samples above a level that can be reached from the middle.
  private func connected(above level: Double) -> [Int] {
    let (side, middle) = (Self.side, Self.side / 2)
    var isReached = [Bool](repeating: false, count: side * side)
    var found = [middle * side + middle]
    isReached[found[0]] = true
    var next = 0
    while next < found.count {
      let (column, row) = (found[next] % side, found[next] / side)
      next += 1
      for (x, y) in [(column - 1, row), (column + 1, row), (column, row - 1), (column, row + 1)]
      where (0..<side).contains(x) && (0..<side).contains(y) {
        let k = y * side + x
        if !isReached[k] && sums[k] > level {
          isReached[k] = true
          found.append(k)
        }
      }
    }
    return found.sorted()
  }
}
