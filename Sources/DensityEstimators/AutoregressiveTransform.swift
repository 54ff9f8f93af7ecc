import NeuralNetworks
import Probability

/// Each variable is mapped by a function whose parameters depend on the variables before it.
///
/// - Complexity: one evaluation of the conditioner in either direction.
struct AutoregressiveTransform: Transform {
  /// order[k] is the variable that comes k-th.
  private let order: [Int]
  private let maps: [any ElementwiseMap]
  private let features: CoordinateFeatures
  private let conditioner: MaskedConditioner

  /// - Parameter maps: of each variable.
  init(
    _ name: String, coordinates: [Coordinate], order: [Int], maps: [any ElementwiseMap],
    contextCount: Int, configuration: MaskedConditioner.Configuration,
    layout: inout ParameterLayout
  ) {
    self.order = order
    self.maps = order.map { maps[$0] }
    features = CoordinateFeatures(order.map { coordinates[$0] })
    conditioner = MaskedConditioner(
      name, featureCounts: features.rows.map(\.count),
      parameterCounts: self.maps.map(\.parameterCount), contextCount: contextCount,
      configuration: configuration, layout: &layout)
  }

  func forward(_ z: Matrix, context: Matrix, logDeterminant: Matrix, _ pass: Pass) -> Matrix {
    let inputs = pass.matrix(rows: z.rows, columns: z.columns)
    for (place, variable) in order.enumerated() {
      inputs.rows(place).update(from: z.rows(variable))
    }
    let features = features.features(of: inputs, pass)
    let parameters = conditioner.forward(features, context: context, pass)
    pass.record(inputs)
    pass.record(features)
    pass.record(parameters)
    let u = pass.matrix(rows: z.rows, columns: z.columns)
    for (place, variable) in order.enumerated() {
      maps[place].forward(
        inputs.rows(place), parameters.rows(conditioner.parameterRows[place]),
        to: u.rows(variable), logDerivative: logDeterminant)
    }
    return u
  }

  func backward(
    _ gradient: Matrix, logDeterminantGradient: Matrix, contextGradient: Matrix?, _ pass: Pass
  ) -> Matrix {
    let parameters = pass.recall()
    let features = pass.recall()
    let inputs = pass.recall()
    let inputGradient = pass.matrix(rows: inputs.rows, columns: inputs.columns)
    let parameterGradient = pass.matrix(rows: parameters.rows, columns: parameters.columns)
    for (place, variable) in order.enumerated() {
      let rows = conditioner.parameterRows[place]
      maps[place].backward(
        z: inputs.rows(place), parameters: parameters.rows(rows),
        gradient: gradient.rows(variable),
        logDerivativeGradient: logDeterminantGradient,
        to: inputGradient.rows(place), parameterGradient: parameterGradient.rows(rows))
    }
    let fromFeatures = conditioner.backward(
      parameterGradient, contextGradient: contextGradient, pass)
    self.features.addGradient(of: fromFeatures, features: features, to: inputGradient)
    let result = pass.matrix(rows: inputs.rows, columns: inputs.columns)
    for (place, variable) in order.enumerated() {
      result.rows(variable).update(from: inputGradient.rows(place))
    }
    return result
  }

  func inverse(_ u: Matrix, context: Matrix, logDeterminant: Matrix, _ pass: Pass) -> Matrix {
    let z = pass.matrix(rows: u.rows, columns: u.columns)
    let progress = conditioner.start(batch: u.columns, context: context, pass)
    for (place, variable) in order.enumerated() {
      let row = z.rows(variable)
      maps[place].inverse(
        u.rows(variable), conditioner.parameters(of: place, progress, pass),
        to: row, logDerivative: logDeterminant)
      features.coordinates[place].writeFeatures(
        of: row, into: progress.features.rows(features.rows[place]))
    }
    return z
  }
}
