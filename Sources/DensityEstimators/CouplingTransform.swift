import NeuralNetworks
import Probability

/// Some variables are mapped by functions whose parameters depend on the others, which pass unchanged.
///
/// A lone variable's map depends on the context only.
///
/// Reference: Dinh, Sohl-Dickstein & Bengio (2017), ICLR, arXiv:1605.08803, eqs. 4–8.
///
/// - Complexity: one evaluation of the conditioner in either direction.
struct CouplingTransform: Transform {
  /// Variables that are mapped, their maps, and the rows of their parameters.
  private let mapped: [(variable: Int, map: any ElementwiseMap, parameters: Range<Int>)]
  private let unchanged: [Int]
  private let features: CoordinateFeatures
  private let conditioner: ResidualConditioner

  /// - Parameter maps: of each variable, nil for those that pass unchanged.
  init(
    _ name: String, coordinates: [Coordinate], maps: [(any ElementwiseMap)?], contextCount: Int,
    configuration: ResidualConditioner.Configuration, layout: inout ParameterLayout
  ) {
    var next = 0
    var mapped: [(variable: Int, map: any ElementwiseMap, parameters: Range<Int>)] = []
    for (variable, map) in maps.enumerated() {
      guard let map else { continue }
      mapped.append((variable, map, next..<next + map.parameterCount))
      next += map.parameterCount
    }
    precondition(!mapped.isEmpty)
    self.mapped = mapped
    unchanged = maps.indices.filter { maps[$0] == nil }
    features = CoordinateFeatures(unchanged.map { coordinates[$0] })
    conditioner = ResidualConditioner(
      name, featureCount: features.count, parameterCount: next, contextCount: contextCount,
      configuration: configuration, layout: &layout)
  }

  func forward(_ z: Matrix, context: Matrix, logDeterminant: Matrix, _ pass: Pass) -> Matrix {
    let (features, parameters) = parameters(z, context: context, pass)
    pass.record(z)
    pass.record(features ?? z)
    pass.record(parameters)
    let u = pass.matrix(rows: z.rows, columns: z.columns)
    copyUnchanged(from: z, to: u)
    for item in mapped {
      item.map.forward(
        z.rows(item.variable), parameters.rows(item.parameters), to: u.rows(item.variable),
        logDerivative: logDeterminant)
    }
    return u
  }

  func backward(
    _ gradient: Matrix, logDeterminantGradient: Matrix, contextGradient: Matrix?, _ pass: Pass
  ) -> Matrix {
    let parameters = pass.recall()
    let features = pass.recall()
    let z = pass.recall()
    let result = pass.matrix(rows: z.rows, columns: z.columns)
    let parameterGradient = pass.matrix(rows: parameters.rows, columns: parameters.columns)
    copyUnchanged(from: gradient, to: result)
    for item in mapped {
      item.map.backward(
        z: z.rows(item.variable), parameters: parameters.rows(item.parameters),
        gradient: gradient.rows(item.variable), logDerivativeGradient: logDeterminantGradient,
        to: result.rows(item.variable), parameterGradient: parameterGradient.rows(item.parameters))
    }
    let featureGradient = conditioner.backward(
      parameterGradient, contextGradient: contextGradient, pass)
    if let featureGradient {
      for (place, variable) in unchanged.enumerated() {
        let rows = self.features.rows[place]
        self.features.coordinates[place].addGradient(
          of: featureGradient.rows(rows), features: features.rows(rows),
          to: result.rows(variable))
      }
    }
    return result
  }

  func inverse(_ u: Matrix, context: Matrix, logDeterminant: Matrix, _ pass: Pass) -> Matrix {
    let (_, parameters) = parameters(u, context: context, pass)
    let z = pass.matrix(rows: u.rows, columns: u.columns)
    copyUnchanged(from: u, to: z)
    for item in mapped {
      item.map.inverse(
        u.rows(item.variable), parameters.rows(item.parameters), to: z.rows(item.variable),
        logDerivative: logDeterminant)
    }
    return z
  }

  /// What the unchanged variables say, as features and as parameters `[parameters, batch]`.
  private func parameters(
    _ z: Matrix, context: Matrix, _ pass: Pass
  ) -> (features: Matrix?, parameters: Matrix) {
    var features: Matrix?
    if !unchanged.isEmpty {
      let matrix = pass.matrix(rows: self.features.count, columns: z.columns)
      for (place, variable) in unchanged.enumerated() {
        self.features.coordinates[place].writeFeatures(
          of: z.rows(variable), into: matrix.rows(self.features.rows[place]))
      }
      features = matrix
    }
    let parameters = conditioner.forward(features, context: context, pass)
    guard parameters.columns < z.columns else { return (features, parameters) }
    let repeated = pass.matrix(rows: parameters.rows, columns: z.columns)
    for row in 0..<parameters.rows { repeated.rows(row).fill(parameters[row, 0]) }
    return (features, repeated)
  }

  private func copyUnchanged(from source: Matrix, to target: Matrix) {
    for variable in unchanged { target.rows(variable).update(from: source.rows(variable)) }
  }
}
