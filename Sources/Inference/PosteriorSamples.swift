/// Samples of one posterior.
public struct PosteriorSamples: Sendable, Equatable {
  public let names: [String]
  /// One array `[samples]` per parameter, in the parameters' own units.
  public let columns: [[Double]]
  /// ln q(theta | x) of each sample, per unit of theta.
  public let logDensity: [Double]

  public init(names: [String], columns: [[Double]], logDensity: [Double]) {
    precondition(names.count == columns.count)
    precondition(columns.allSatisfy { $0.count == logDensity.count })
    self.names = names
    self.columns = columns
    self.logDensity = logDensity
  }

  public var count: Int { logDensity.count }

  /// The parameters `[parameters]` of one sample.
  public subscript(sample: Int) -> [Double] { columns.map { $0[sample] } }

  public func column(_ name: String) -> [Double] { columns[names.firstIndex(of: name)!] }

  /// The smallest ln q inside the highest-density region that holds this part of the probability.
  ///
  /// Reference: Hyndman (1996), The American Statistician 50, 120.
  /// - Complexity: O(*n* log *n*).
  public func highestDensityThreshold(_ credibility: Double) -> Double {
    precondition((0...1).contains(credibility) && count > 0)
    let sorted = logDensity.sorted(by: >)
    let inside = Int((credibility * Double(count)).rounded(.up))
    return sorted[max(inside, 1) - 1]
  }

  /// The credibility of the smallest highest-density region that reaches down to a density: the part
  /// of samples above it.
  public func credibility(ofLogDensity value: Double) -> Double {
    (Double(logDensity.count { $0 > value }) + 0.5) / Double(count + 1)
  }
}
