import NumericalMethods

/// An orthonormal basis of what is fitted beside a sinusoid: mean, trend, offsets, other modes.
///
/// Columns are whitened, that is, divided by the errors. One that depends on those before it to
/// rounding is left out.
///
/// Complexity: O(points × columns²). Reference: Giraud, Langou & Rozložník (2005), Comput. Math. Appl.
/// 50, 1069: orthogonalising twice is enough.
public struct OrthonormalColumns: Sendable {
  /// `[columns][points]`
  public private(set) var columns: [[Double]] = []

  public init() {}

  public init(spanning columns: [[Double]]) {
    for column in columns { append(column) }
  }

  /// The powers 0 ... `degree` of time, each divided by the errors.
  public init(polynomial degree: Int, times: [Double], errors: [Double]) {
    precondition(degree >= 0)
    let (low, high) = (times.min()!, times.max()!)
    let scaled = times.map { high > low ? 2 * ($0 - low) / (high - low) - 1 : 0 }
    var power = errors.map { 1 / $0 }
    for _ in 0...degree {
      append(power)
      for k in power.indices { power[k] *= scaled[k] }
    }
  }

  /// Adds the part of `column` orthogonal to those there are; false if there is none.
  @discardableResult
  public mutating func append(_ column: [Double]) -> Bool {
    let before = dot(column, column, column.count)
    var rest = projectingOut(from: projectingOut(from: column))
    let square = dot(rest, rest, rest.count)
    guard square > 1e-24 * before, before > 0 else { return false }
    let scale = 1 / square.squareRoot()
    for k in rest.indices { rest[k] *= scale }
    columns.append(rest)
    return true
  }

  /// What of `values` no combination of the columns explains.
  public func projectingOut(from values: [Double]) -> [Double] {
    var rest = values
    for column in columns {
      let amount = dot(column, rest, rest.count)
      for k in rest.indices { rest[k] -= amount * column[k] }
    }
    return rest
  }
}
