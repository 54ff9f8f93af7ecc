import CVector
import NeuralNetworks
import Probability

/// A monotone piecewise rational-quadratic function of bins whose widths, heights and slopes vary.
///
/// On the line the bins fill ±`bound`, and beyond lies the identity. On the circle they fill it, with one
/// slope where the ends meet, after a rotation, so that no point is special. Parameters: `bins` widths
/// and heights as in a softmax, slopes at the knots in order, and the rotation.
///
/// References: Durkan, Bekasov, Murray & Papamakarios (2019), NeurIPS, arXiv:1906.04032, section 3.1;
/// Rezende et al. (2020), ICML, arXiv:2002.02428, sections 2.1.2 and 2.2.
struct RationalQuadraticSpline: ElementwiseMap {
  /// Of a width or height, as a part of the whole.
  private static let minimumPart: Float = 1e-3

  let coordinate: Coordinate
  let bins: Int
  let bound: Float
  /// Of parameters, except for the rotation, before they become widths, heights and slopes.
  let scale: Float

  /// The whole less the smallest bins: what the softmax shares out.
  private let shared: Float
  private let minimumSize: Float

  /// - Parameters:
  ///   - bound: of bins on the line; the circle has its own.
  ///   - width: units of the layer that the parameters come from. With parameters scaled by 1/√width,
  ///     steps of the optimiser change the shape slowly enough to generalise: without, the held-out loss
  ///     on 9,000 simulations of SLCP is 0.3 higher.
  init(_ coordinate: Coordinate, bins: Int, bound: Float, width: Int) {
    precondition(bins >= 2 && Float(bins) * Self.minimumPart < 0.5 && bound > 0)
    self.coordinate = coordinate
    self.bins = bins
    self.bound = coordinate == .circle ? .pi : bound
    scale = 1 / Float(width).squareRoot()
    minimumSize = 2 * self.bound * Self.minimumPart
    shared = 2 * self.bound - Float(bins) * minimumSize
  }

  var parameterCount: Int { coordinate == .circle ? 3 * bins + 1 : 3 * bins - 1 }

  func forward(_ z: Matrix, _ parameters: Matrix, to u: Matrix, logDerivative: Matrix) {
    for index in vectorOffsets(z.stride) {
      let lanes = Lanes(parameters, index)
      normalize(lanes)
      let z = (z.elements + index).vector
      let argument = enter(z, lanes)
      let result = bin(select(lanes, argument, byHeight: false)).evaluate(argument)
      let isInside = isInside(argument)
      (u.elements + index).storeVector(argument.replacing(with: result.value, where: isInside))
      let place = logDerivative.elements + index
      place.storeVector(
        place.vector + SIMD16.zero.replacing(with: result.logDerivative, where: isInside))
    }
  }

  func inverse(_ u: Matrix, _ parameters: Matrix, to z: Matrix, logDerivative: Matrix) {
    for index in vectorOffsets(u.stride) {
      let lanes = Lanes(parameters, index)
      normalize(lanes)
      let u =
        coordinate == .circle ? wrap((u.elements + index).vector) : (u.elements + index).vector
      let bin = bin(select(lanes, u, byHeight: true))
      let isInside = isInside(u)
      let found = leave(u.replacing(with: bin.inverse(u), where: isInside), lanes)
      (z.elements + index).storeVector(found)
      // At the rounded z: what the density will be found to be there.
      let derivative = bin.evaluate(enter(found, lanes)).logDerivative
      let place = logDerivative.elements + index
      place.storeVector(place.vector + SIMD16.zero.replacing(with: derivative, where: isInside))
    }
  }

  func backward(
    z: Matrix, parameters: Matrix, gradient: Matrix, logDerivativeGradient: Matrix,
    to inputGradient: Matrix, parameterGradient: Matrix
  ) {
    for index in vectorOffsets(z.stride) {
      let lanes = Lanes(parameters, index)
      let target = Lanes(parameterGradient, index)
      let argument = enter((z.elements + index).vector, lanes)
      let isInside = isInside(argument)
      let gradient = (gradient.elements + index).vector
      let selection = select(lanes, argument, byHeight: false)
      let result = bin(selection).gradient(
        at: argument, value: SIMD16.zero.replacing(with: gradient, where: isInside),
        logDerivative: SIMD16.zero.replacing(
          with: (logDerivativeGradient.elements + index).vector, where: isInside))
      let argumentGradient = gradient.replacing(with: result.argument, where: isInside)
      (inputGradient.elements + index).storeVector(argumentGradient)
      storeGradient(of: selection, result, lanes, target)
      if coordinate == .circle { target[3 * bins] = -argumentGradient }
    }
  }
}

/// The values of 16 cases in each row of a matrix.
private struct Lanes {
  private let first: UnsafeMutablePointer<Float>
  private let stride: Int

  @inline(__always)
  init(_ matrix: Matrix, _ offset: Int) {
    first = matrix.elements + offset
    stride = matrix.stride
  }

  @inline(__always)
  subscript(row: Int) -> SIMD16<Float> {
    get { (first + row * stride).vector }
    nonmutating set { (first + row * stride).storeVector(newValue) }
  }
}

extension RationalQuadraticSpline {
  /// The bin that a case falls into, in terms of the parameters.
  private struct Selection {
    var index = SIMD16<Float>.zero
    /// Its part of the softmax, and that of all bins before it.
    var width: SIMD16<Float>
    var widthsBefore = SIMD16<Float>.zero
    var height: SIMD16<Float>
    var heightsBefore = SIMD16<Float>.zero
    var leftSlope: SIMD16<Float>
    var rightSlope: SIMD16<Float>
  }

  /// Turns widths and heights into parts of the whole, in place.
  @inline(__always)
  private func normalize(_ lanes: Lanes) {
    normalize(lanes, 0)
    normalize(lanes, bins)
  }

  @inline(__always)
  private func normalize(_ lanes: Lanes, _ first: Int) {
    var maximum = lanes[first]
    for row in first + 1..<first + bins { maximum = f32x16_max(maximum, lanes[row]) }
    var sum = SIMD16<Float>.zero
    for row in first..<first + bins {
      let value = VectorMath.exp((lanes[row] - maximum) * scale)
      lanes[row] = value
      sum += value
    }
    let factor = 1 / sum
    for row in first..<first + bins { lanes[row] *= factor }
  }

  /// The slope parameter at a knot; the line's end knots have slope 1.
  @inline(__always)
  private func slope(_ lanes: Lanes, _ knot: Int) -> SIMD16<Float> {
    if coordinate == .circle { return lanes[2 * bins + (knot == bins ? 0 : knot)] }
    return knot == 0 || knot == bins ? .zero : lanes[2 * bins + knot - 1]
  }

  /// The bin of a value: an argument, or a result where `byHeight`.
  @inline(__always)
  private func select(_ lanes: Lanes, _ value: SIMD16<Float>, byHeight: Bool) -> Selection {
    var right = slope(lanes, 1)
    var result = Selection(
      width: lanes[0], height: lanes[bins], leftSlope: slope(lanes, 0), rightSlope: right)
    var widths = lanes[0]
    var heights = lanes[bins]
    for index in 1..<bins {
      let (width, height) = (lanes[index], lanes[bins + index])
      let left = right
      right = slope(lanes, index + 1)
      let isBeyond = value .>= edge(Float(index), byHeight ? heights : widths)
      result.index.replace(with: Float(index), where: isBeyond)
      result.width.replace(with: width, where: isBeyond)
      result.widthsBefore.replace(with: widths, where: isBeyond)
      result.height.replace(with: height, where: isBeyond)
      result.heightsBefore.replace(with: heights, where: isBeyond)
      result.leftSlope.replace(with: left, where: isBeyond)
      result.rightSlope.replace(with: right, where: isBeyond)
      widths += width
      heights += height
    }
    return result
  }

  /// Where a bin begins, given its number and the parts before it.
  @inline(__always)
  private func edge(_ index: Float, _ before: SIMD16<Float>) -> SIMD16<Float> {
    SIMD16(repeating: index * minimumSize - bound).addingProduct(before, SIMD16(repeating: shared))
  }

  @inline(__always)
  private func edge(_ index: SIMD16<Float>, _ before: SIMD16<Float>) -> SIMD16<Float> {
    (index * minimumSize - bound).addingProduct(before, SIMD16(repeating: shared))
  }

  @inline(__always)
  private func bin(_ selection: Selection) -> SplineBin {
    SplineBin(
      x: edge(selection.index, selection.widthsBefore),
      y: edge(selection.index, selection.heightsBefore),
      width: minimumSize + shared * selection.width,
      height: minimumSize + shared * selection.height,
      leftSlope: PositiveParameter.value(scale * selection.leftSlope),
      rightSlope: PositiveParameter.value(scale * selection.rightSlope))
  }

  /// From the gradient of the bin to that of all parameters but the rotation.
  @inline(__always)
  private func storeGradient(
    of selection: Selection, _ gradient: SplineBin.Gradient, _ lanes: Lanes, _ target: Lanes
  ) {
    // Σ part · gradient, which the softmax takes away.
    let xMean = (selection.widthsBefore * gradient.x)
      .addingProduct(selection.width, gradient.width)
    let yMean = (selection.heightsBefore * gradient.y)
      .addingProduct(selection.height, gradient.height)
    let left =
      scale * gradient.leftSlope * PositiveParameter.derivative(scale * selection.leftSlope)
    let right =
      scale * gradient.rightSlope * PositiveParameter.derivative(scale * selection.rightSlope)
    let factor = scale * shared
    var isPrevious = selection.index .== Float(bins - 1)
    for index in 0..<bins {
      let isBefore = Float(index) .< selection.index
      let isHere = Float(index) .== selection.index
      let x = SIMD16.zero.replacing(with: gradient.x, where: isBefore)
        .replacing(with: gradient.width, where: isHere)
      let y = SIMD16.zero.replacing(with: gradient.y, where: isBefore)
        .replacing(with: gradient.height, where: isHere)
      target[index] = factor * lanes[index] * (x - xMean)
      target[bins + index] = factor * lanes[bins + index] * (y - yMean)
      let slope = SIMD16.zero.replacing(with: left, where: isHere)
        .replacing(with: right, where: isPrevious)
      if coordinate == .circle {
        target[2 * bins + index] = slope
      } else if index > 0 {
        target[2 * bins + index - 1] = slope
      }
      isPrevious = isHere
    }
  }

  @inline(__always)
  private func isInside(_ value: SIMD16<Float>) -> SIMDMask<SIMD16<Int32>> {
    coordinate == .circle ? .init(repeating: true) : f32x16_abs(value) .< bound
  }

  /// The argument of the spline proper, before which circles are rotated.
  @inline(__always)
  private func enter(_ z: SIMD16<Float>, _ lanes: Lanes) -> SIMD16<Float> {
    coordinate == .circle ? wrap(z - wrap(lanes[3 * bins])) : z
  }

  @inline(__always)
  private func leave(_ argument: SIMD16<Float>, _ lanes: Lanes) -> SIMD16<Float> {
    coordinate == .circle ? wrap(argument + wrap(lanes[3 * bins])) : argument
  }

  /// An angle's place within ±π.
  @inline(__always)
  private func wrap(_ angle: SIMD16<Float>) -> SIMD16<Float> {
    angle - 2 * .pi * f32x16_round(angle / (2 * .pi))
  }
}
