/// A linear layer whose units have degrees: an output sees only the inputs of lower degree, or of the
/// same where `strict` is false.
///
/// Degrees ascend, so that what an output sees is a prefix of the inputs: the products are triangular
/// in blocks, and rows can be computed one degree after the other.
///
/// Reference: Germain, Gregor, Murray & Larochelle (2015), "MADE", ICML, arXiv:1502.03509, eqs. 12–13.
public struct MaskedLinear: Sendable {
  public let inputCount: Int
  public let outputCount: Int
  private let weight: ParameterBlock
  private let bias: ParameterBlock?
  /// Outputs of equal degree and the number of inputs they see.
  private let outputGroups: [(rows: Range<Int>, depth: Int)]
  /// Inputs of equal degree and the first output that sees them.
  private let inputGroups: [(rows: Range<Int>, firstOutput: Int)]

  /// - Parameters:
  ///   - inputs: ascending degrees of the inputs, and `outputs` of the outputs.
  ///   - gain: scales the initial weights U(−gain/√inputs, gain/√inputs); 0 starts at zero.
  public init(
    _ name: String, inputs: [Int], outputs: [Int], strict: Bool, hasBias: Bool = true,
    gain: Float = 1, layout: inout ParameterLayout
  ) {
    precondition(inputs == inputs.sorted() && outputs == outputs.sorted())
    inputCount = inputs.count
    outputCount = outputs.count
    let depths = outputs.map { degree in
      inputs.prefix { strict ? $0 < degree : $0 <= degree }.count
    }
    outputGroups = Self.runs(depths).map { ($0, depths[$0.lowerBound]) }
    inputGroups = Self.runs(inputs).map { group in
      (group, depths.firstIndex { $0 > group.lowerBound } ?? outputs.count)
    }
    let bound = gain / Float(max(inputs.count, 1)).squareRoot()
    weight = layout.reserve(
      "\(name).weight", rows: outputCount, columns: inputCount, initialBound: bound,
      mask: depths.flatMap { depth in inputs.indices.map { $0 < depth } })
    bias =
      hasBias
      ? layout.reserveBias("\(name).bias", count: outputCount, initialBound: bound) : nil
  }

  /// The ranges of equal values.
  private static func runs(_ values: [Int]) -> [Range<Int>] {
    var starts = values.indices.filter { $0 == 0 || values[$0] != values[$0 - 1] }
    starts.append(values.count)
    return zip(starts, starts.dropFirst()).map { $0..<$1 }
  }

  /// Computes some outputs `[rows, batch]` from the inputs they see.
  ///
  /// Outputs are added to `term`, or to its only column, where given. Records nothing.
  public func compute(
    rows: Range<Int>, of output: Matrix, from input: Matrix, adding term: Matrix? = nil,
    _ pass: Pass
  ) {
    let weights = pass.matrix(weight)
    let isShared = term.map { $0.columns == 1 && input.columns > 1 } ?? false
    for group in outputGroups {
      let part = group.rows.clamped(to: rows)
      guard !part.isEmpty else { continue }
      var start = ProductStart.zero
      if let term {
        start = isShared ? .column(of: term.rows(part)) : .result
        if !isShared { output.rows(part).update(from: term.rows(part)) }
      } else if let bias {
        start = .bias(pass.matrix(bias), from: part.lowerBound)
      }
      multiply(
        Coefficients(weights, rows: part, columns: 0..<group.depth), input.rows(0..<group.depth),
        start: start, into: output.rows(part))
    }
  }

  /// All outputs; records what `backward` needs.
  public func forward(_ input: Matrix, adding term: Matrix? = nil, _ pass: Pass) -> Matrix {
    precondition(input.rows == inputCount)
    pass.record(input)
    let output = pass.matrix(rows: outputCount, columns: input.columns)
    compute(rows: 0..<outputCount, of: output, from: input, adding: term, pass)
    return output
  }

  public func backward(_ outputGradient: Matrix, _ pass: Pass) -> Matrix {
    let input = WeightGradient(pass.recall(), pass)
    let gradient = pass.gradient(weight)
    for (rows, depth) in outputGroups where depth > 0 {
      input.accumulate(outputGradient.rows(rows), depth: depth, into: gradient.rows(rows))
    }
    if let bias { pass.gradient(bias).addSums(ofRowsOf: outputGradient) }
    let inputGradient = pass.matrix(rows: inputCount, columns: outputGradient.columns)
    let weights = pass.matrix(weight)
    for (rows, firstOutput) in inputGroups {
      let seeing = firstOutput..<outputCount
      multiply(
        Coefficients(weights, rows: seeing, columns: rows).transposed,
        outputGradient.rows(seeing), start: .zero, into: inputGradient.rows(rows))
    }
    return inputGradient
  }
}
