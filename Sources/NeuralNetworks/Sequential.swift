/// Layers one after another.
public struct Sequential: Layer {
  public let layers: [any Layer]

  public init(_ layers: [any Layer]) {
    precondition(!layers.isEmpty)
    precondition(zip(layers, layers.dropFirst()).allSatisfy { $0.outputCount == $1.inputCount })
    self.layers = layers
  }

  public var inputCount: Int { layers.first!.inputCount }
  public var outputCount: Int { layers.last!.outputCount }

  public func forward(_ input: Matrix, _ pass: Pass) -> Matrix {
    layers.reduce(input) { $1.forward($0, pass) }
  }

  public func backward(_ outputGradient: Matrix, _ pass: Pass) -> Matrix {
    layers.reversed().reduce(outputGradient) { $1.backward($0, pass) }
  }
}

/// input + body(input): a residual block.
///
/// Reference: He, Zhang, Ren & Sun (2016), CVPR, arXiv:1512.03385, eq. 1.
public struct Residual: Layer {
  public let body: any Layer

  public init(_ body: any Layer) {
    precondition(body.inputCount == body.outputCount)
    self.body = body
  }

  public var inputCount: Int { body.inputCount }
  public var outputCount: Int { body.outputCount }

  public func forward(_ input: Matrix, _ pass: Pass) -> Matrix {
    let output = body.forward(input, pass)
    output.add(input)
    return output
  }

  public func backward(_ outputGradient: Matrix, _ pass: Pass) -> Matrix {
    let gradient = body.backward(outputGradient, pass)
    gradient.add(outputGradient)
    return gradient
  }
}
