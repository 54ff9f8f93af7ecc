/// Products of Legendre polynomials of all features up to a total degree, in the box of the training set.
///
/// The constant is left out. Complexity: O(functions) a row.
struct PolynomialBasis: Sendable {
  let features: Int
  let degree: Int
  private let centres: [Double]
  private let halfWidths: [Double]
  /// Each function by the one it multiplies, a feature and that feature's degree: products of fewer features come
  /// first.
  private var factors: [(parent: Int, feature: Int, degree: Int)] = []

  /// How many functions there are: (features + degree over degree) − 1.
  static func count(features: Int, degree: Int) -> Int {
    var count = 1.0
    for k in 1...degree { count = count * Double(features + k) / Double(k) }
    return count < 1e9 ? Int(count.rounded()) - 1 : 1_000_000_000
  }

  /// - Parameter box: the least and the greatest of each feature, `[2, features]`.
  init(degree: Int, box: [Double]) {
    features = box.count / 2
    self.degree = degree
    let features = features
    centres = (0..<features).map { 0.5 * (box[$0] + box[features + $0]) }
    halfWidths = (0..<features).map {
      let half = 0.5 * (box[features + $0] - box[$0])
      return half > 0 ? half : 1
    }
    var totals = [Int]()
    // −1 is the constant.
    func extend(_ parent: Int, from first: Int, left: Int) {
      guard left > 0 else { return }
      for feature in first..<features {
        for degree in 1...left {
          factors.append((parent, feature, degree))
          totals.append(degree)
          extend(factors.count - 1, from: feature + 1, left: left - degree)
        }
      }
    }
    extend(-1, from: 0, left: degree)
  }

  var count: Int { factors.count }

  /// The box of inputs `[rows, features]`.
  static func box(_ x: [Double], features: Int) -> [Double] {
    (0..<features).map { feature in
      stride(from: feature, to: x.count, by: features).reduce(.infinity) { min($0, x[$1]) }
    }
      + (0..<features).map { feature in
        stride(from: feature, to: x.count, by: features).reduce(-.infinity) { max($0, x[$1]) }
      }
  }

  /// All functions at inputs `[rows, features]`: `[rows, count]`.
  func values(_ x: [Double]) -> [Double] {
    let rows = x.count / features
    var values = [Double](repeating: 0, count: rows * count)
    var legendre = [Double](repeating: 1, count: features * (degree + 1))
    for row in 0..<rows {
      for feature in 0..<features {
        let t = (x[row * features + feature] - centres[feature]) / halfWidths[feature]
        let start = feature * (degree + 1)
        legendre[start + 1] = t
        // Bonnet's recursion, then unit variance over the box.
        for n in 1..<max(degree, 1) {
          let k = Double(n)
          legendre[start + n + 1] =
            ((2 * k + 1) * t * legendre[start + n] - k * legendre[start + n - 1]) / (k + 1)
        }
        for n in 1...degree { legendre[start + n] *= Double(2 * n + 1).squareRoot() }
      }
      let first = row * count
      for (index, factor) in factors.enumerated() {
        let parent = factor.parent < 0 ? 1 : values[first + factor.parent]
        values[first + index] = parent * legendre[factor.feature * (degree + 1) + factor.degree]
      }
    }
    return values
  }
}
