import ArrayFiles
import Foundation
import NumericalMethods
import Probability

extension Simulations {
  /// Gives these simulations the prior they were drawn from.
  ///
  /// Where they have names of their own, the prior's parameters are put into the order of theta's
  /// columns; otherwise they are the columns in the prior's order.
  ///
  /// - Throws: `PriorError` when the parameters differ, `FileError` for a theta outside the prior.
  public func joined(with prior: JointPrior) throws -> (simulations: Simulations, prior: JointPrior)
  {
    var (simulations, ordered) = (self, prior)
    if hasNames {
      for name in names where !prior.names.contains(name) {
        throw PriorError(
          "the prior lacks '\(name)', a parameter of \(path) (its parameters: "
            + "\(names.joined(separator: ", ")))")
      }
      for name in prior.names where !names.contains(name) {
        throw PriorError(
          "the prior names '\(name)', which \(path) does not have (its parameters: "
            + "\(names.joined(separator: ", ")))")
      }
      ordered = JointPrior(
        names.map { name in prior.parameters.first { $0.name == name }! })
    } else {
      guard prior.count == names.count else {
        throw PriorError(
          "the prior has \(prior.count) parameters (\(prior.names.joined(separator: ", "))), theta "
            + "of \(path) has \(names.count) columns")
      }
      simulations.names = prior.names
    }
    try simulations.requireSupport(of: ordered)
    return (simulations, ordered)
  }

  /// Coordinates on the real line, where no prior is known: normal laws with each parameter's median
  /// and half the width of its central 68 %, which only set place and scale.
  ///
  /// - Throws: `FileError`, also for a parameter that does not vary.
  /// - Complexity: one pass over theta; 100,000 rows are kept.
  public func realLine() throws -> JointPrior {
    let every = (rowCount + 99_999) / 100_000
    var columns = [[Double]](repeating: [], count: names.count)
    try forEachTheta { row, theta in
      guard row % every == 0 else { return }
      for k in names.indices { columns[k].append(theta[k]) }
    }
    return JointPrior(
      try zip(names, columns).map { name, values in
        guard values.contains(where: { $0 != values[0] }) else {
          throw FileError(
            path: path,
            problem: "parameter '\(name)' of theta is \(values[0]) in all simulations; a parameter "
              + "must vary")
        }
        let quantiles = weightedQuantiles(values, at: [0.5, 0.16, 0.84])
        let mean = values.reduce(0) { $0 + $1 / Double(values.count) }
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / Double(values.count) }
        let width = (quantiles[2] - quantiles[1]) / 2
        // More than two thirds of the values may be the same.
        let scale = width > 0 ? width : variance.squareRoot()
        return .init(
          name: name, distribution: .normal(mean: quantiles[0], standardDeviation: scale))
      })
  }

  /// - Throws: `FileError` unless these could have come from what a model was trained on.
  func requireFit(to model: PosteriorModel) throws {
    guard signalCount == model.description.observationCount else {
      throw FileError(
        path: path,
        problem: "x has \(signalCount) values a simulation, the model takes "
          + "\(model.description.observationCount)")
    }
    guard hasNames ? names == model.prior.names : names.count == model.prior.count else {
      throw FileError(
        path: path,
        problem: "theta has the columns \(names.joined(separator: ", ")); the model's parameters "
          + "are \(model.prior.names.joined(separator: ", "))")
    }
    guard rowCount > 0 else { throw FileError(path: path, problem: "has no usable simulations") }
    try requireSupport(of: model.prior)
  }

  /// - Throws: `FileError` for the first theta outside the prior, by more than float32 rounds.
  private func requireSupport(of prior: JointPrior) throws {
    let supports = prior.parameters.map(\.distribution.support)
    try forEachTheta { row, theta in
      for (k, support) in supports.enumerated() {
        let value = theta[k]
        let slack =
          1e-6
          * max(
            abs(value), support.upperBound.isFinite ? support.upperBound - support.lowerBound : 0)
        let isInside = value >= support.lowerBound - slack && value <= support.upperBound + slack
        let isPositive = !prior.parameters[k].distribution.isLogarithmic || value > 0
        guard isInside, isPositive else {
          let (kind, arguments) = prior.parameters[k].distribution.description
          throw FileError(
            path: path,
            problem: "theta[\(row), \(k)] is \(names[k]) = \(value), outside its prior \(kind) "
              + "\(arguments)")
        }
      }
    }
  }

  /// Visits every theta with its row number.
  private func forEachTheta(_ body: (Int, UnsafePointer<Double>) throws -> Void) throws {
    let size = 4096
    var block = [Double](repeating: 0, count: size * names.count)
    for (part, first) in zip(parts, firstRows) {
      let reader = try part.open(parameters: names.count, signalCount: signalCount)
      for start in stride(from: 0, to: part.rowCount, by: size) {
        let rows = start..<min(start + size, part.rowCount)
        try block.withUnsafeMutableBufferPointer { block in
          try reader.read(rows, theta: block.baseAddress!, x: nil)
          for row in rows {
            try body(
              first + row, UnsafePointer(block.baseAddress! + (row - start) * names.count))
          }
        }
      }
    }
  }
}
