/// output = weight · input + bias
public struct Linear: Layer {
  public let inputCount: Int
  public let outputCount: Int
  private let weight: ParameterBlock
  private let bias: ParameterBlock?

  /// - Parameter gain: scales the initial weights U(−gain/√inputs, gain/√inputs); 0 starts at zero.
  public init(
    _ name: String, inputs: Int, outputs: Int, hasBias: Bool = true, gain: Float = 1,
    layout: inout ParameterLayout
  ) {
    inputCount = inputs
    outputCount = outputs
    let bound = gain / Float(max(inputs, 1)).squareRoot()
    weight = layout.reserve(
      "\(name).weight", rows: outputs, columns: inputs, initialBound: bound)
    bias =
      hasBias
      ? layout.reserveBias("\(name).bias", count: outputs, initialBound: bound) : nil
  }

  public func forward(_ input: Matrix, _ pass: Pass) -> Matrix {
    forward(input, start: bias.map { .bias(pass.matrix($0)) } ?? .zero, pass)
  }

  /// The output added to `term` `[outputCount, batch]`, in place, or to its only column.
  public func forward(_ input: Matrix, adding term: Matrix, _ pass: Pass) -> Matrix {
    precondition(bias == nil)
    if term.columns == 1, input.columns > 1 {
      return forward(input, start: .column(of: term), pass)
    }
    pass.record(input)
    multiply(Coefficients(pass.matrix(weight)), input, start: .result, into: term)
    return term
  }

  private func forward(_ input: Matrix, start: ProductStart, _ pass: Pass) -> Matrix {
    precondition(input.rows == inputCount)
    pass.record(input)
    let output = pass.matrix(rows: outputCount, columns: input.columns)
    multiply(Coefficients(pass.matrix(weight)), input, start: start, into: output)
    return output
  }

  public func backward(_ outputGradient: Matrix, _ pass: Pass) -> Matrix {
    accumulate(outputGradient, pass)
    let inputGradient = pass.matrix(rows: inputCount, columns: outputGradient.columns)
    multiply(
      Coefficients(pass.matrix(weight)).transposed, outputGradient, start: .zero,
      into: inputGradient)
    return inputGradient
  }

  /// As `backward`, with the input's gradient added to what is there, or left out.
  public func backward(
    _ outputGradient: Matrix, addingTo inputGradient: Matrix?, _ pass: Pass
  ) {
    accumulate(outputGradient, pass)
    guard let inputGradient else { return }
    multiply(
      Coefficients(pass.matrix(weight)).transposed, outputGradient, start: .result,
      into: inputGradient)
  }

  public func accumulate(_ outputGradient: Matrix, _ pass: Pass) {
    let input = WeightGradient(pass.recall(), pass)
    input.accumulate(outputGradient, depth: inputCount, into: pass.gradient(weight))
    if let bias { pass.gradient(bias).addSums(ofRowsOf: outputGradient) }
  }
}

extension Matrix {
  /// Adds the sum of each row of another matrix to one row.
  func addSums(ofRowsOf other: Matrix) {
    precondition(rows == 1 && columns == other.rows)
    for row in 0..<other.rows { self[0, row] += other.rowSum(row) }
  }
}
