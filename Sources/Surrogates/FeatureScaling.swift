import Foundation

/// Features to columns of mean 0 and variance 1, those that are periodic to a cosine and a sine first.
struct FeatureScaling: Codable, Sendable, Equatable {
  /// Of each feature; 0 for one that is not periodic.
  let periods: [Double]
  /// Of each column.
  private(set) var centres: [Double]
  private(set) var scales: [Double]

  /// From inputs `[rows, features]`. A constant column is left in place with scale 1.
  init(_ x: [Double], periods: [Double]) {
    self.periods = periods
    (centres, scales) = ([], [])
    let columns = columnCount
    (centres, scales) = Self.moments(expanded(x), columns: columns)
  }

  /// Whether a file's numbers fit together.
  var isConsistent: Bool { centres.count == columnCount && scales.count == columnCount }

  var columnCount: Int { periods.reduce(0) { $0 + ($1 > 0 ? 2 : 1) } }

  static func moments(_ values: [Double], columns: Int) -> (centres: [Double], scales: [Double]) {
    let rows = Double(values.count / columns)
    let pairs = (0..<columns).map { column in
      let values = stride(from: column, to: values.count, by: columns).map { values[$0] }
      let mean = values.reduce(0, +) / rows
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / rows
      let deviation = variance.squareRoot()
      // Equal to rounding is constant.
      return (mean, deviation > 1e-12 * abs(mean) && deviation > 0 ? deviation : 1)
    }
    return (pairs.map(\.0), pairs.map(\.1))
  }

  private func expanded(_ x: [Double]) -> [Double] {
    if !periods.contains(where: { $0 > 0 }) { return x }
    var columns: [Double] = []
    columns.reserveCapacity(x.count / periods.count * columnCount)
    for (index, value) in x.enumerated() {
      let period = periods[index % periods.count]
      if period > 0 {
        let angle = 2 * .pi * value / period
        columns.append(cos(angle))
        columns.append(sin(angle))
      } else {
        columns.append(value)
      }
    }
    return columns
  }

  /// `[rows, columns]` of inputs `[rows, features]`.
  func apply(_ x: [Double]) -> [Double] {
    var columns = expanded(x)
    let count = columnCount
    columns.withUnsafeMutableBufferPointer { columns in
      centres.withUnsafeBufferPointer { centres in
        scales.withUnsafeBufferPointer { scales in
          for start in stride(from: 0, to: columns.count, by: count) {
            for column in 0..<count {
              columns[start + column] = (columns[start + column] - centres[column]) / scales[column]
            }
          }
        }
      }
    }
    return columns
  }
}

/// Outputs to mean 0 and variance 1, and back.
struct OutputScaling: Codable, Sendable, Equatable {
  let centres: [Double]
  let scales: [Double]

  init(_ y: [Double], outputs: Int) {
    (centres, scales) = FeatureScaling.moments(y, columns: outputs)
  }

  func apply(_ y: [Double]) -> [Double] {
    y.indices.map { (y[$0] - centres[$0 % centres.count]) / scales[$0 % centres.count] }
  }

  func restore(_ prediction: inout Prediction) {
    let outputs = centres.count
    for (output, (centre, scale)) in zip(centres, scales).enumerated() {
      for index in stride(from: output, to: prediction.mean.count, by: outputs) {
        prediction.mean[index] = prediction.mean[index] * scale + centre
        prediction.standardDeviation[index] *= scale
      }
    }
  }
}
