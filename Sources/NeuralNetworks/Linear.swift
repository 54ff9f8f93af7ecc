/// output = input · weight + bias, optionally with connections masked out.
public struct Linear: Layer {
  public let inputCount: Int
  public let outputCount: Int
  private let weight: ParameterBlock
  private let bias: ParameterBlock?
  /// 1 where a connection exists, padded like the weight.
  private let maskFactors: [Float]?

  /// - Parameters:
  ///   - mask: the connections `[inputs, outputs]` that exist; all when nil.
  ///   - gain: scales the initial weights U(−gain/√inputs, gain/√inputs); 0 starts at zero.
  public init(
    _ name: String, inputs: Int, outputs: Int, hasBias: Bool = true, mask: [Bool]? = nil,
    gain: Float = 1, layout: inout ParameterLayout
  ) {
    inputCount = inputs
    outputCount = outputs
    let bound = gain / Float(inputs).squareRoot()
    weight = layout.reserve(
      "\(name).weight", rows: inputs, columns: outputs, initialBound: bound, mask: mask)
    bias =
      hasBias
      ? layout.reserve("\(name).bias", rows: 1, columns: outputs, initialBound: bound) : nil
    maskFactors = mask.map { mask in
      let stride = Matrix.padded(outputs)
      var factors = [Float](repeating: 0, count: inputs * stride)
      for index in mask.indices where mask[index] {
        factors[index / outputs * stride + index % outputs] = 1
      }
      return factors
    }
  }

  public func forward(_ input: Matrix, _ pass: Pass) -> Matrix {
    precondition(input.columns == inputCount)
    pass.record(input)
    let output = pass.matrix(rows: input.rows, columns: outputCount)
    let start: ProductStart =
      bias.map { .bias(UnsafePointer(pass.matrix($0).elements)) } ?? .zero
    multiply(
      BroadcastFactor(input), pass.matrix(weight), depth: inputCount, start: start, into: output)
    return output
  }

  public func backward(_ outputGradient: Matrix, _ pass: Pass) -> Matrix {
    accumulate(outputGradient, pass)
    let transposed = pass.matrix(rows: outputCount, columns: inputCount)
    transpose(pass.matrix(weight), into: transposed)
    let inputGradient = pass.matrix(rows: outputGradient.rows, columns: inputCount)
    multiply(
      BroadcastFactor(outputGradient), transposed, depth: outputCount, start: .zero,
      into: inputGradient)
    return inputGradient
  }

  public func accumulate(_ outputGradient: Matrix, _ pass: Pass) {
    let input = pass.recall()
    let gradient = pass.gradient(weight)
    multiply(
      BroadcastFactor(transposed: input), outputGradient, depth: input.rows, start: .accumulate,
      into: gradient)
    if let maskFactors {
      maskFactors.withUnsafeBufferPointer { mask in
        for index in vectorOffsets(gradient.storedCount) {
          let place = gradient.elements + index
          place.storeVector(place.vector * (mask.baseAddress! + index).vector)
        }
      }
    }
    if let bias {
      let sum = pass.gradient(bias).elements
      for row in 0..<outputGradient.rows {
        let source = outputGradient.row(row)
        for column in vectorOffsets(outputGradient.stride) {
          (sum + column).storeVector((sum + column).vector + (source + column).vector)
        }
      }
    }
  }
}

/// Writes the transpose of `source` into `target`, padding included.
private func transpose(_ source: Matrix, into target: Matrix) {
  precondition(source.rows == target.columns && source.columns == target.rows)
  for row in 0..<target.rows {
    let destination = target.row(row)
    for column in 0..<source.rows {
      destination[column] = source.elements[column * source.stride + row]
    }
    for column in source.rows..<target.stride { destination[column] = 0 }
  }
}
