import CVector
import Foundation
import NeuralNetworks

/// ln q(z) of mixtures of normal laws, one mixture per case, as a function of parameters `[count, batch]`.
///
/// Component k has the precision LᵀL with L = diag(e^α) T, T lower triangular with unit diagonal: with
/// δ = z − μ, ln qₖ = Σᵢ (αᵢ − ½ yᵢ² − ½ ln 2π), yᵢ = e^αᵢ (δᵢ + Σⱼ<ᵢ tᵢⱼ δⱼ). Every covariance has one
/// such factor.
///
/// The rows of the parameters: the logits of the weights; then of each component m, with μ = m + μ⁰; a,
/// with α = b tanh(a / b) + α⁰; and t row by row. The constants μ⁰ set components apart: were they
/// equal, their gradients would be, and they for ever. With K components and a spread s,
/// μ⁰ₖᵢ = s √2 cos(π f (k + ½) / K), f = 1 + i mod (K − 1), and α⁰ = −½ ln(1 − s²) makes up for it:
/// with parameters 0 the mixture has mean 0 and covariance 1, a standard normal but for third moments.
///
/// References: Bishop (1994), "Mixture density networks", NCRG/94/004, eqs. 22–26; Pourahmadi (1999),
/// Biometrika 86, 677, section 2, for the factor.
struct GaussianMixture: Sendable {
  let components: Int
  let dimensions: Int
  /// μ⁰ `[components · dimensions]` and α⁰.
  private let initialMeans: [Float]
  private let initialLogScale: Float

  /// b: deviations given the variables before lie between e⁻⁷ and e⁷.
  private static let logScaleBound: Float = 7
  /// |t| beyond which it does not grow, so that no sample overflows.
  private static let couplingBound: Float = 100
  /// Deviation of μ⁰: with less, components take longer to part; with more, they start less normal.
  private static let initialSpread = 0.1

  init(components: Int, dimensions: Int) {
    precondition(components > 0 && dimensions > 0)
    self.components = components
    self.dimensions = dimensions
    // Cosines over the components sum to zero and are orthogonal, as long as there are enough.
    initialMeans = (0..<components).flatMap { component in
      (0..<dimensions).map { i in
        let frequency = Double(i % max(components - 1, 1) + 1)
        let angle = Double.pi * frequency * (Double(component) + 0.5) / Double(components)
        return Float(Self.initialSpread * 2.0.squareRoot() * cos(angle))
      }
    }
    initialLogScale =
      components == 1 ? 0 : Float(-0.5 * log(1 - Self.initialSpread * Self.initialSpread))
  }

  /// Rows of one component.
  private var blockSize: Int { dimensions * (dimensions + 3) / 2 }
  var parameterCount: Int { components * (1 + blockSize) }

  private func mean(_ component: Int, _ i: Int) -> Int {
    components + component * blockSize + i
  }
  private func logScale(_ component: Int, _ i: Int) -> Int { mean(component, i) + dimensions }
  private func coupling(_ component: Int, _ i: Int, _ j: Int) -> Int {
    mean(component, 0) + 2 * dimensions + i * (i - 1) / 2 + j
  }

  /// ln q `[1, batch]` of z `[dimensions, batch]`; `derivative`, where given, receives that by the
  /// parameters, in their shape. Parameters of one column are those of all cases.
  ///
  /// - Complexity: O(components · dimensions²) a case.
  func logDensity(
    _ z: Matrix, _ parameters: Matrix, derivative: Matrix? = nil, _ pass: Pass
  ) -> Matrix {
    let result = pass.matrix(rows: 1, columns: z.columns)
    let reader = ParameterReader(parameters, batch: z.columns)
    let scratch = Scratch(self, pass)
    let constant = 0.5 * Float(dimensions) * log(2 * Float.pi)
    for offset in vectorOffsets(z.stride) {
      var (largest, largestLogit) = (
        SIMD16<Float>(repeating: -.infinity), SIMD16<Float>(repeating: -.infinity)
      )
      for component in 0..<components {
        let logit = reader.vector(component, offset)
        let exponent = logit + logComponent(component, z, reader, offset, scratch)
        scratch.exponents[component] = exponent
        largest = f32x16_max(exponent, largest)
        largestLogit = f32x16_max(logit, largestLogit)
      }
      var (sum, weightSum) = (SIMD16<Float>.zero, SIMD16<Float>.zero)
      for component in 0..<components {
        sum += VectorMath.exp(scratch.exponents[component] - largest)
        weightSum += VectorMath.exp(reader.vector(component, offset) - largestLogit)
      }
      (result.elements + offset).storeVector(
        largest + VectorMath.log(sum) - largestLogit - VectorMath.log(weightSum) - constant)
      guard let derivative else { continue }
      for component in 0..<components {
        let share = VectorMath.exp(scratch.exponents[component] - largest) / sum
        let logit = reader.vector(component, offset)
        let weight = VectorMath.exp(logit - largestLogit) / weightSum
        (derivative.row(component) + offset).storeVector(share - weight)
        differentiate(component, share, reader, offset, scratch, derivative)
      }
    }
    return result
  }

  /// Σᵢ (αᵢ − ½ yᵢ²), leaving δ, y and e^α in `scratch`.
  @inline(__always)
  private func logComponent(
    _ component: Int, _ z: Matrix, _ reader: ParameterReader, _ offset: Int, _ scratch: Scratch
  ) -> SIMD16<Float> {
    var result = SIMD16<Float>.zero
    let first = component * dimensions
    for i in 0..<dimensions {
      let mean = reader.vector(mean(component, i), offset) + initialMeans[first + i]
      let difference = (z.row(i) + offset).vector - mean
      scratch.differences[first + i] = difference
      var sum = difference
      for j in 0..<i {
        let t = Self.bounded(coupling: reader.vector(coupling(component, i, j), offset))
        sum.addProduct(t, scratch.differences[first + j])
      }
      let alpha = Self.bounded(logScale: reader.vector(logScale(component, i), offset))
      let precision = VectorMath.exp(alpha + initialLogScale)
      let y = precision * sum
      scratch.scaled[first + i] = y
      scratch.precisions[first + i] = precision
      scratch.logScales[first + i] = alpha
      result += alpha + initialLogScale - 0.5 * y * y
    }
    return result
  }

  /// Writes the derivative of ln q by the parameters of a component that has this share of the density.
  @inline(__always)
  private func differentiate(
    _ component: Int, _ share: SIMD16<Float>, _ reader: ParameterReader, _ offset: Int,
    _ scratch: Scratch, _ derivative: Matrix
  ) {
    let first = component * dimensions
    func write(_ row: Int, _ value: SIMD16<Float>) {
      (derivative.row(row) + offset).storeVector(value)
    }
    for i in (0..<dimensions).reversed() {
      let y = scratch.scaled[first + i]
      let ratio = scratch.logScales[first + i] / Self.logScaleBound
      write(logScale(component, i), share * (1 - y * y) * (1 - ratio * ratio))
      // By δᵢ + Σ t δ, which y is the multiple e^α of.
      let bySum = -(share * y * scratch.precisions[first + i])
      scratch.sums[i] = bySum
      for j in 0..<i {
        let t = reader.vector(coupling(component, i, j), offset)
        let slope = bySum * scratch.differences[first + j]
        write(
          coupling(component, i, j),
          slope.replacing(with: 0, where: Self.bounded(coupling: t) .!= t))
      }
      // Later variables have been dealt with: their sums contain δᵢ.
      var byDifference = bySum
      for k in (i + 1)..<max(dimensions, i + 1) {
        byDifference.addProduct(
          scratch.sums[k], Self.bounded(coupling: reader.vector(coupling(component, k, i), offset)))
      }
      write(mean(component, i), -byDifference)
    }
  }

  /// Turns standard normal `noise` `[dimensions, batch]` into samples, in place: `choice` `[1, batch]`,
  /// uniform in (0, 1), decides which component each belongs to.
  func sample(_ noise: Matrix, choice: Matrix, _ parameters: Matrix, _ pass: Pass) {
    let reader = ParameterReader(parameters, batch: noise.columns)
    let scratch = Scratch(self, pass)
    for offset in vectorOffsets(noise.stride) {
      var largest = SIMD16<Float>(repeating: -.infinity)
      for component in 0..<components {
        largest = f32x16_max(reader.vector(component, offset), largest)
      }
      var sum = SIMD16<Float>.zero
      for component in 0..<components {
        sum += VectorMath.exp(reader.vector(component, offset) - largest)
      }
      var rest = (choice.elements + offset).vector * sum
      var isOpen = SIMDMask<SIMD16<Int32>>(repeating: true)
      for i in 0..<dimensions { scratch.scaled[i] = (noise.row(i) + offset).vector }
      for component in 0..<components {
        let weight = VectorMath.exp(reader.vector(component, offset) - largest)
        let isChosen = component == components - 1 ? isOpen : isOpen .& (rest .< weight)
        isOpen .^= isChosen
        rest -= weight
        for i in 0..<dimensions {
          let alpha = Self.bounded(logScale: reader.vector(logScale(component, i), offset))
          var difference = scratch.scaled[i] * VectorMath.exp(-(alpha + initialLogScale))
          for j in 0..<i {
            difference -=
              Self.bounded(coupling: reader.vector(coupling(component, i, j), offset))
              * scratch.differences[j]
          }
          scratch.differences[i] = difference
          let place = noise.row(i) + offset
          let value =
            reader.vector(mean(component, i), offset)
            + initialMeans[component * dimensions + i] + difference
          place.storeVector(place.vector.replacing(with: value, where: isChosen))
        }
      }
    }
  }

  @inline(__always)
  private static func bounded(logScale a: SIMD16<Float>) -> SIMD16<Float> {
    logScaleBound * VectorMath.tanh(a / logScaleBound)
  }

  @inline(__always)
  private static func bounded(coupling t: SIMD16<Float>) -> SIMD16<Float> {
    f32x16_min(
      SIMD16(repeating: couplingBound), f32x16_max(SIMD16(repeating: -couplingBound), t))
  }

  /// Parameters of 16 cases, or the same for all.
  private struct ParameterReader {
    let parameters: Matrix
    let isShared: Bool

    init(_ parameters: Matrix, batch: Int) {
      precondition(parameters.columns == batch || parameters.columns == 1)
      self.parameters = parameters
      isShared = parameters.columns != batch
    }

    @inline(__always)
    func vector(_ row: Int, _ offset: Int) -> SIMD16<Float> {
      isShared
        ? SIMD16(repeating: parameters.row(row)[0]) : (parameters.row(row) + offset).vector
    }
  }

  /// Values of 16 cases.
  private struct Scratch {
    let exponents: UnsafeMutablePointer<SIMD16<Float>>
    /// δ, α without α⁰, e^α and y of every variable of every component.
    let differences: UnsafeMutablePointer<SIMD16<Float>>
    let logScales: UnsafeMutablePointer<SIMD16<Float>>
    let precisions: UnsafeMutablePointer<SIMD16<Float>>
    let scaled: UnsafeMutablePointer<SIMD16<Float>>
    /// Derivatives of one component.
    let sums: UnsafeMutablePointer<SIMD16<Float>>

    init(_ mixture: GaussianMixture, _ pass: Pass) {
      func vectors(_ count: Int) -> UnsafeMutablePointer<SIMD16<Float>> {
        UnsafeMutableRawPointer(pass.matrix(rows: count, columns: 16).elements)
          .assumingMemoryBound(to: SIMD16<Float>.self)
      }
      let count = mixture.components * mixture.dimensions
      exponents = vectors(mixture.components)
      differences = vectors(count)
      logScales = vectors(count)
      precisions = vectors(count)
      scaled = vectors(count)
      sums = vectors(mixture.dimensions)
    }
  }
}
