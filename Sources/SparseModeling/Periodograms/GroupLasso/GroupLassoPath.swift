import Foundation

/// Solutions for λ in geometric steps from λmax down, each from the one before, computed when asked for.
public struct GroupLassoPath<Dictionary: GroupDictionary>: Sequence, IteratorProtocol {
  public let problem: GroupLasso<Dictionary>
  public let penalties: [Double]
  private var position = 0

  /// - Parameters:
  ///   - lowest: the last λ, relative to λmax, in (0, 1).
  ///   - count: at least 2.
  public init(_ problem: GroupLasso<Dictionary>, lowest: Double = 0.05, count: Int = 20) {
    precondition(lowest > 0 && lowest < 1 && count >= 2)
    let largest = problem.largestPenalty
    self.init(
      problem,
      penalties: (0..<count).map { largest * pow(lowest, Double($0) / Double(count - 1)) })
  }

  /// - Parameter penalties: above 0, descending as a rule.
  public init(_ problem: GroupLasso<Dictionary>, penalties: [Double]) {
    self.problem = problem
    self.penalties = penalties
  }

  public mutating func next() -> GroupLassoSolution? {
    guard position < penalties.count else { return nil }
    defer { position += 1 }
    return problem.solve(penalty: penalties[position])
  }
}
