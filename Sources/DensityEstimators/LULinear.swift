import Foundation
import NeuralNetworks

/// u = L U z + b on some of the variables, L lower triangular with unit diagonal and U upper triangular
/// with a positive one; the others pass unchanged. Starts as the identity.
///
/// Reference: Kingma & Dhariwal (2018), NeurIPS, arXiv:1807.03039, section 3.2.
///
/// - Complexity: O(variables² · batch).
struct LULinear: Transform {
  private let variables: [Int]
  /// L below the diagonal, U above; on it what `PositiveParameter` makes U's diagonal of.
  private let factors: ParameterBlock
  private let shift: ParameterBlock

  init(_ name: String, variables: [Int], layout: inout ParameterLayout) {
    precondition(!variables.isEmpty)
    self.variables = variables
    let count = variables.count
    factors = layout.reserve("\(name).factors", rows: count, columns: count, initialBound: 0)
    shift = layout.reserveBias("\(name).shift", count: count, initialBound: 0)
  }

  func forward(_ z: Matrix, context: Matrix, logDeterminant: Matrix, _ pass: Pass) -> Matrix {
    let factors = factors.matrix(in: pass.parameters)
    let shift = shift.matrix(in: pass.parameters)
    let diagonal = diagonal(factors)
    let product = pass.matrix(rows: variables.count, columns: z.columns)
    let u = pass.matrix(rows: z.rows, columns: z.columns)
    u.update(from: z)
    for offset in vectorOffsets(z.stride) {
      for i in variables.indices {
        var sum = (z.row(variables[i]) + offset).vector * diagonal[i]
        for j in i + 1..<max(variables.count, i + 1) {
          sum.addProduct((z.row(variables[j]) + offset).vector, SIMD16(repeating: factors[i, j]))
        }
        (product.row(i) + offset).storeVector(sum)
      }
      for i in variables.indices {
        var sum = (product.row(i) + offset).vector + shift[0, i]
        for j in 0..<i {
          sum.addProduct((product.row(j) + offset).vector, SIMD16(repeating: factors[i, j]))
        }
        (u.row(variables[i]) + offset).storeVector(sum)
      }
    }
    add(diagonal, to: logDeterminant)
    pass.record(z)
    pass.record(product)
    return u
  }

  func backward(
    _ gradient: Matrix, logDeterminantGradient: Matrix, contextGradient: Matrix?, _ pass: Pass
  ) -> Matrix {
    let product = pass.recall()
    let z = pass.recall()
    let factors = factors.matrix(in: pass.parameters)
    let diagonal = diagonal(factors)
    let productGradient = pass.matrix(rows: product.rows, columns: product.columns)
    let result = pass.matrix(rows: z.rows, columns: z.columns)
    result.update(from: gradient)
    for offset in vectorOffsets(z.stride) {
      for j in variables.indices {
        var sum = (gradient.row(variables[j]) + offset).vector
        for i in j + 1..<max(variables.count, j + 1) {
          sum.addProduct(
            (gradient.row(variables[i]) + offset).vector, SIMD16(repeating: factors[i, j]))
        }
        (productGradient.row(j) + offset).storeVector(sum)
      }
      for j in variables.indices {
        var sum = (productGradient.row(j) + offset).vector * diagonal[j]
        for i in 0..<j {
          sum.addProduct((productGradient.row(i) + offset).vector, SIMD16(repeating: factors[i, j]))
        }
        (result.row(variables[j]) + offset).storeVector(sum)
      }
    }
    accumulate(
      gradient, productGradient, z: z, product: product,
      logDeterminantGradient: logDeterminantGradient, pass)
    return result
  }

  func inverse(_ u: Matrix, context: Matrix, logDeterminant: Matrix, _ pass: Pass) -> Matrix {
    let factors = factors.matrix(in: pass.parameters)
    let shift = shift.matrix(in: pass.parameters)
    let diagonal = diagonal(factors)
    let z = pass.matrix(rows: u.rows, columns: u.columns)
    z.update(from: u)
    for offset in vectorOffsets(u.stride) {
      // Forward and backward substitution, each in place.
      for i in variables.indices {
        var sum = (u.row(variables[i]) + offset).vector - shift[0, i]
        for j in 0..<i {
          sum.addProduct((z.row(variables[j]) + offset).vector, SIMD16(repeating: -factors[i, j]))
        }
        (z.row(variables[i]) + offset).storeVector(sum)
      }
      for i in variables.indices.reversed() {
        var sum = (z.row(variables[i]) + offset).vector
        for j in i + 1..<max(variables.count, i + 1) {
          sum.addProduct((z.row(variables[j]) + offset).vector, SIMD16(repeating: -factors[i, j]))
        }
        (z.row(variables[i]) + offset).storeVector(sum / diagonal[i])
      }
    }
    add(diagonal, to: logDeterminant)
    return z
  }

  private func accumulate(
    _ gradient: Matrix, _ productGradient: Matrix, z: Matrix, product: Matrix,
    logDeterminantGradient: Matrix, _ pass: Pass
  ) {
    let target = factors.matrix(in: pass.gradients!)
    let shiftTarget = shift.matrix(in: pass.gradients!)
    let factors = factors.matrix(in: pass.parameters)
    let diagonal = diagonal(factors)
    let total = logDeterminantGradient.sum()
    for i in variables.indices {
      let ofOutput = gradient.rows(variables[i])
      shiftTarget[0, i] += ofOutput.sum()
      for j in 0..<i { target[i, j] += ofOutput.dot(product.rows(j)) }
      let slope = PositiveParameter.derivative(SIMD16(repeating: factors[i, i]))[0]
      target[i, i] +=
        slope * (productGradient.rows(i).dot(z.rows(variables[i])) + total / diagonal[i])
      for j in i + 1..<max(variables.count, i + 1) {
        target[i, j] += productGradient.rows(i).dot(z.rows(variables[j]))
      }
    }
  }

  private func diagonal(_ factors: Matrix) -> [Float] {
    variables.indices.map { PositiveParameter.value(SIMD16(repeating: factors[$0, $0]))[0] }
  }

  private func add(_ diagonal: [Float], to logDeterminant: Matrix) {
    let sum = diagonal.reduce(0) { $0 + log($1) }
    for offset in vectorOffsets(logDeterminant.stride) {
      let place = logDeterminant.elements + offset
      place.storeVector(place.vector + sum)
    }
  }
}

extension Matrix {
  /// The sum of all values, padding included.
  fileprivate func sum() -> Float {
    var sum = SIMD16<Float>.zero
    for offset in vectorOffsets(storedCount) { sum += (elements + offset).vector }
    return sum.total
  }

  /// The sum of the products of two rows.
  fileprivate func dot(_ other: Matrix) -> Float {
    var sum = SIMD16<Float>.zero
    for offset in vectorOffsets(storedCount) {
      sum.addProduct((elements + offset).vector, (other.elements + offset).vector)
    }
    return sum.total
  }
}
