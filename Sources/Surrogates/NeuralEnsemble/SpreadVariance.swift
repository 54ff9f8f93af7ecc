import Foundation

/// The variance of an error by the spread of an ensemble: factor · spread + constant.
///
/// Networks trained for `absolute` or `square` errors say nothing of their own; what they agree on may still be
/// wrong, by as much as rows that they were not trained on tell.
struct SpreadVariance: Sendable {
  var factor = 1.0
  var constant = 0.0

  func variance(ofSpread spread: Double) -> Double { factor * spread + constant }
}

extension SpreadVariance {
  /// The normal law's greatest likelihood of errors with these squares, where members had these variances.
  init(squares: [Double], spreads: [Double]) {
    let count = Double(squares.count)
    let meanSpread = spreads.reduce(0, +) / count
    guard meanSpread > 0 else {
      self.init(factor: 1, constant: squares.reduce(0, +) / count)
      return
    }
    var best = Double.infinity
    self.init()
    // The constant in units of the spread; the factor then follows.
    for exponent in stride(from: -3.0, through: 3.0, by: 0.25) {
      let offset = meanSpread * pow(10, exponent)
      let factor = zip(squares, spreads).reduce(0) { $0 + $1.0 / ($1.1 + offset) } / count
      let logarithms = spreads.reduce(0) { $0 + log($1 + offset) } / count
      let score = logarithms + log(max(factor, .leastNormalMagnitude))
      if score < best {
        best = score
        (self.factor, constant) = (factor, factor * offset)
      }
    }
  }
}
