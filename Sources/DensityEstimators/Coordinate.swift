import Foundation
import NeuralNetworks
import Probability

extension Coordinate {
  /// Network inputs that describe the coordinate without a cut: z on the line, cos z and sin z on the
  /// circle (Rezende et al. 2020, arXiv:2002.02428, section 3.1).
  var featureCount: Int { self == .circle ? 2 : 1 }

  /// Writes a row z `[1, batch]` as features `[featureCount, batch]`.
  func writeFeatures(of z: Matrix, into features: Matrix) {
    switch self {
    case .line: features.update(from: z)
    case .circle:
      for column in 0..<z.stride {
        features[0, column] = cos(z[0, column])
        features[1, column] = sin(z[0, column])
      }
    }
  }

  /// Adds the features' gradient to that of z.
  func addGradient(of featureGradient: Matrix, features: Matrix, to gradient: Matrix) {
    switch self {
    case .line: gradient.add(featureGradient)
    case .circle:
      for column in 0..<gradient.stride {
        gradient[0, column] +=
          features[0, column] * featureGradient[1, column]
          - features[1, column] * featureGradient[0, column]
      }
    }
  }
}

/// Where the features of each of several coordinates are, in order.
struct CoordinateFeatures: Sendable {
  let coordinates: [Coordinate]
  /// Rows of each coordinate's features.
  let rows: [Range<Int>]

  init(_ coordinates: [Coordinate]) {
    self.coordinates = coordinates
    var next = 0
    rows = coordinates.map { coordinate in
      defer { next += coordinate.featureCount }
      return next..<next + coordinate.featureCount
    }
  }

  var count: Int { rows.last?.upperBound ?? 0 }

  /// The features `[count, batch]` of z `[coordinates, batch]`.
  func features(of z: Matrix, _ pass: Pass) -> Matrix {
    guard coordinates.contains(.circle) else { return z }
    let features = pass.matrix(rows: count, columns: z.columns)
    for (index, coordinate) in coordinates.enumerated() {
      coordinate.writeFeatures(
        of: z.rows(index), into: features.rows(rows[index]))
    }
    return features
  }

  func addGradient(of featureGradient: Matrix, features: Matrix, to gradient: Matrix) {
    for (index, coordinate) in coordinates.enumerated() {
      coordinate.addGradient(
        of: featureGradient.rows(rows[index]), features: features.rows(rows[index]),
        to: gradient.rows(index))
    }
  }
}
