import Foundation

/// Samples of a function that is to be learnt: inputs x and outputs y, a row each.
public struct RegressionData: Sendable, Equatable {
  public let featureCount: Int
  public let outputCount: Int
  /// `[rows, features]`
  public private(set) var x: [Double]
  /// `[rows, outputs]`
  public private(set) var y: [Double]

  public init(x: [Double], y: [Double], featureCount: Int, outputCount: Int) {
    precondition(featureCount > 0 && outputCount > 0)
    precondition(x.count % featureCount == 0 && y.count % outputCount == 0)
    precondition(x.count / featureCount == y.count / outputCount)
    (self.x, self.y) = (x, y)
    (self.featureCount, self.outputCount) = (featureCount, outputCount)
  }

  public var rowCount: Int { y.count / outputCount }

  /// Some of the rows, in the order given.
  public func rows(_ indices: some Sequence<Int>) -> RegressionData {
    var part = self
    (part.x, part.y) = ([], [])
    for row in indices {
      part.x += x[row * featureCount..<(row + 1) * featureCount]
      part.y += y[row * outputCount..<(row + 1) * outputCount]
    }
    return part
  }

  /// With further rows of the same function.
  public mutating func append(_ other: RegressionData) {
    precondition(other.featureCount == featureCount && other.outputCount == outputCount)
    x += other.x
    y += other.y
  }

  /// One of the outputs, `[rows]`.
  public func output(_ index: Int) -> [Double] {
    stride(from: index, to: y.count, by: outputCount).map { y[$0] }
  }
}

/// What is expected of outputs: a normal law each.
public struct Prediction: Sendable, Equatable {
  /// `[rows, outputs]`
  public var mean: [Double]
  /// `[rows, outputs]`
  public var standardDeviation: [Double]

  public init(mean: [Double], standardDeviation: [Double]) {
    precondition(mean.count == standardDeviation.count)
    (self.mean, self.standardDeviation) = (mean, standardDeviation)
  }

  /// The share of truths within the central interval of each level, which are in 0..<1.
  public func coverage(of truth: [Double], levels: [Double]) -> [Double] {
    precondition(truth.count == mean.count && !truth.isEmpty)
    // The least level whose interval holds each truth.
    let needed = truth.indices.map { index -> Double in
      let error = abs(mean[index] - truth[index])
      return error == 0 ? 0 : erf(error / (standardDeviation[index] * 2.0.squareRoot()))
    }
    return levels.map { level in
      Double(needed.count { $0 <= level }) / Double(truth.count)
    }
  }
}

/// What keeps a surrogate from being trained or asked.
public enum SurrogateError: Error, Sendable, CustomStringConvertible {
  case badData(String)

  public var description: String {
    switch self {
    case .badData(let problem): problem
    }
  }
}
