/// The activation x · sigmoid(x).
///
/// Reference: Elfwing, Uchibe & Doya (2018), Neural Networks 107, 3, arXiv:1702.03118, eq. 5.
public struct SiLU: Layer {
  public let inputCount: Int
  public var outputCount: Int { inputCount }

  public init(_ count: Int) { inputCount = count }

  public func forward(_ input: Matrix, _ pass: Pass) -> Matrix {
    pass.record(input)
    let output = pass.matrix(rows: input.rows, columns: input.columns)
    for index in vectorOffsets(input.storedCount) {
      let x = (input.elements + index).vector
      (output.elements + index).storeVector(x * VectorMath.sigmoid(x))
    }
    return output
  }

  public func backward(_ outputGradient: Matrix, _ pass: Pass) -> Matrix {
    let input = pass.recall()
    let gradient = pass.matrix(rows: input.rows, columns: input.columns)
    for index in vectorOffsets(input.storedCount) {
      let x = (input.elements + index).vector
      let s = VectorMath.sigmoid(x)
      let derivative = s * (1 + x * (1 - s))
      (gradient.elements + index).storeVector(
        (outputGradient.elements + index).vector * derivative)
    }
    return gradient
  }
}
