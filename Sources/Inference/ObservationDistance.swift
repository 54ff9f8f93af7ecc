import ArrayFiles
import Foundation
import NeuralNetworks
import NumericalMethods

/// How far an observation lies from the simulations that a model was trained on.
///
/// Standardised observations are described by their leading principal components and by what these
/// leave over. The distance is √max(T² / t, Q / q): T² the sum of squared components, each in units of
/// its standard deviation; Q the same of the remainders, feature by feature; t and q the values that
/// 1 % of simulations exceed. An observation may be strange in either way without the other, and with
/// thousands of features the remainder would drown the components in a sum. Whatever the law of the
/// simulations, the quantiles say what a distance means: they come from rows that the components were
/// not fitted to.
///
/// Reference: Jackson & Mudholkar (1979), Technometrics 21, 341.
public struct ObservationDistance: Sendable, Equatable {
  /// Distances below which that part of the simulations is.
  public struct Quantiles: Codable, Sendable, Equatable {
    public let p50: Double
    public let p90: Double
    public let p99: Double
    public let p999: Double
    public let largest: Double
    /// Simulations that these were measured on.
    public let count: Int
  }

  public let quantiles: Quantiles
  private let centre: [Float]
  /// `[components][features]`, orthonormal.
  private let components: [[Float]]
  /// Standard deviation of each component, and of each feature's remainder.
  private let componentScale: [Float]
  private let remainderScale: [Float]
  /// √t, √q; no remainder, no q.
  private let edges: [Float]

  private static let largestComponentCount = 16
  /// A remainder that never varied is measured in this unit, of the feature's own scale.
  private static let smallestRemainder: Float = 0.01

  /// From standardised observations `[rows, features]`: even rows are fitted, odd ones measured.
  ///
  /// - Complexity: O(rows · features · components), by ten steps of orthogonal iteration.
  init(rows: [Float], features: Int) {
    let count = rows.count / features
    precondition(count >= 2 && count * features == rows.count)
    let fitted = Array(stride(from: 0, to: min(count, 4096), by: 2))
    let measured = Array(stride(from: 1, to: count, by: 2))
    let data = SampleRows(values: rows, features: features)
    centre = data.mean(fitted)
    let deviations = data.minus(centre, fitted)
    let limit = min(Self.largestComponentCount, features, fitted.count / 16)
    components = deviations.principalDirections(limit)
    var shell = Self(
      centre: centre, components: components,
      componentScale: [Float](repeating: 1, count: components.count),
      remainderScale: [Float](repeating: 1, count: features))
    var (scores, remainders) = (
      [Float](repeating: 0, count: components.count), [Float](repeating: 0, count: features)
    )
    for row in fitted {
      let (score, remainder) = shell.parts(of: data.row(row))
      for k in scores.indices { scores[k] += score[k] * score[k] / Float(fitted.count) }
      for k in remainders.indices {
        remainders[k] += remainder[k] * remainder[k] / Float(fitted.count)
      }
    }
    componentScale = scores.map { max($0.squareRoot(), Self.smallestRemainder) }
    remainderScale = remainders.map { max($0.squareRoot(), Self.smallestRemainder) }
    shell = Self(
      centre: centre, components: components, componentScale: componentScale,
      remainderScale: remainderScale)
    let sizes = measured.map { shell.sizes(of: data.row($0)) }
    let edges = (0..<2).map { part in
      // Remainders within their smallest unit are rounding.
      max(weightedQuantiles(sizes.map { Double($0[part]) }, at: [0.99])[0], 1)
    }
    self.edges = edges.map(Float.init)
    let distances = sizes.map { max(Double($0[0]) / edges[0], Double($0[1]) / edges[1]) }
    let values = weightedQuantiles(distances, at: [0.5, 0.9, 0.99, 0.999, 1])
    quantiles = Quantiles(
      p50: values[0], p90: values[1], p99: values[2], p999: values[3], largest: values[4],
      count: measured.count)
  }

  private init(
    centre: [Float], components: [[Float]], componentScale: [Float], remainderScale: [Float]
  ) {
    (self.centre, self.components) = (centre, components)
    (self.componentScale, self.remainderScale) = (componentScale, remainderScale)
    edges = [1, 1]
    quantiles = Quantiles(p50: 0, p90: 0, p99: 0, p999: 0, largest: 0, count: 0)
  }

  /// The distance of a standardised observation `[features]`.
  ///
  /// - Complexity: O(features · components).
  func distance(of standardized: [Float]) -> Double {
    let sizes = sizes(of: standardized)
    return Double(max(sizes[0] / edges[0], sizes[1] / edges[1]))
  }

  /// √T² and √Q.
  private func sizes(of row: [Float]) -> [Float] {
    let (scores, remainder) = parts(of: row)
    var (sizes, rest) = ([Float](repeating: 0, count: 2), Float(0))
    for k in scores.indices {
      let value = scores[k] / componentScale[k]
      sizes[0] += value * value
    }
    // All directions are components where there are few features.
    if components.count < centre.count {
      for k in remainder.indices {
        let value = remainder[k] / remainderScale[k]
        rest += value * value
      }
    }
    sizes[1] = rest
    return sizes.map { $0.squareRoot() }
  }

  /// The components of a row, and what they leave over.
  private func parts(of row: [Float]) -> (scores: [Float], remainder: [Float]) {
    var remainder = zip(row, centre).map { $0 - $1 }
    var scores: [Float] = []
    for component in components {
      let score = dot(component, remainder)
      add(-score, component, to: &remainder)
      scores.append(score)
    }
    return (scores, remainder)
  }
}

extension PosteriorModel {
  /// How far observations `[observationCount]` lie from the simulations; nil where the model does not
  /// know.
  public func distances(of observations: [[Float]]) -> [Double]? {
    distance.map { distance in
      observations.map {
        distance.distance(of: description.standardization.standardized($0))
      }
    }
  }
}

extension Standardization {
  /// Rows `[rows, features]`, standardised.
  func standardized(_ rows: [Float]) -> [Float] {
    let features = centre.count
    let pass = Pass()
    var result = rows
    result.withUnsafeMutableBufferPointer { rows in
      for start in stride(from: 0, to: rows.count / features, by: 256) {
        let count = min(256, rows.count / features - start)
        // No parameters take part.
        pass.begin(parameters: rows.baseAddress!)
        let matrix = pass.matrix(rows: features, columns: count)
        matrix.fill(0)
        for row in 0..<count {
          for k in 0..<features { matrix[k, row] = rows[(start + row) * features + k] }
        }
        apply(to: matrix)
        for row in 0..<count {
          for k in 0..<features { rows[(start + row) * features + k] = matrix[k, row] }
        }
      }
    }
    return result
  }
}

// MARK: - Files

extension ObservationDistance {
  /// What a model's weights file holds of it.
  var tensors: [(name: String, shape: [Int], values: [Float])] {
    let features = centre.count
    return [
      ("simulations.centre", [features], centre),
      ("simulations.components", [components.count, features], components.flatMap { $0 }),
      ("simulations.component_scale", [components.count], componentScale),
      ("simulations.remainder_scale", [features], remainderScale),
      ("simulations.edges", [2], edges),
    ]
  }

  /// - Throws: `FileError` for a tensor that is missing or of another shape.
  init(_ file: SafetensorsFile, quantiles: Quantiles, features: Int, path: String) throws {
    func tensor(_ name: String, _ isRight: ([Int]) -> Bool) throws -> [Float] {
      guard let tensor = file.tensors.first(where: { $0.name == "simulations.\(name)" }) else {
        throw FileError(path: path, column: "simulations.\(name)", problem: "is missing")
      }
      guard isRight(tensor.shape) else {
        throw FileError(
          path: path, column: tensor.name,
          problem: "has shape \(tensor.shape), which does not fit \(features) features")
      }
      return tensor.values
    }
    self.quantiles = quantiles
    centre = try tensor("centre") { $0 == [features] }
    remainderScale = try tensor("remainder_scale") { $0 == [features] }
    edges = try tensor("edges") { $0 == [2] }
    let values = try tensor("components") { $0.count == 2 && $0[1] == features }
    components = stride(from: 0, to: values.count, by: features).map {
      Array(values[$0..<$0 + features])
    }
    let count = components.count
    componentScale = try tensor("component_scale") { $0 == [count] }
  }
}
