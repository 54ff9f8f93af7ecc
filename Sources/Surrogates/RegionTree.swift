import ArrayFiles
import NumericalMethods

/// Boxes that share the space among them: each split halves the box in which the outputs vary most, where that lowers
/// the variance most.
///
/// Reference: Breiman, Friedman, Olshen & Stone (1984), Classification and Regression Trees, §8.4.
struct RegionTree: Sendable {
  /// Rows that splits are chosen by.
  private static let mostRows = 20_000

  let features: Int
  /// Of each node: the feature it splits on, or −1 in a leaf, and the children of those not above and above the
  /// threshold; a leaf's first child is its number.
  private var splits: [Int32] = [-1]
  private var thresholds: [Double] = [0]
  private var lower: [Int32] = [0]
  private var upper: [Int32] = [0]
  private(set) var leafCount = 1

  /// - Parameter leastRows: of a leaf.
  /// - Complexity: O(leaves · features · n log n), n at most 20,000 rows.
  init(_ data: RegressionData, leaves: Int, leastRows: Int) {
    features = data.featureCount
    let step = max(data.rowCount / Self.mostRows, 1)
    let sample = data.rows(stride(from: 0, to: data.rowCount, by: step))
    let least = max(leastRows / step, 1)
    var parts: [(node: Int, rows: [Int], spread: Double)] = [(0, [], 0)]
    parts[0].rows = Array(0..<sample.rowCount)
    parts[0].spread = Self.spread(sample, parts[0].rows)
    while leafCount < leaves {
      let widest = parts.indices.max { parts[$0].spread < parts[$1].spread }!
      guard parts[widest].spread > 0 else { break }
      guard let split = Self.split(sample, parts[widest].rows, least) else {
        // It stays as it is.
        parts[widest].spread = 0
        continue
      }
      let part = parts.remove(at: widest)
      splits[part.node] = Int32(split.feature)
      thresholds[part.node] = split.threshold
      (lower[part.node], upper[part.node]) = (Int32(splits.count), Int32(splits.count + 1))
      for isUpper in [false, true] {
        let rows = part.rows.filter {
          (sample.x[$0 * features + split.feature] > split.threshold) == isUpper
        }
        parts.append((splits.count, rows, Self.spread(sample, rows)))
        splits.append(-1)
        thresholds.append(0)
        lower.append(0)
        upper.append(0)
      }
      leafCount += 1
    }
    var number: Int32 = 0
    for node in splits.indices where splits[node] < 0 {
      lower[node] = number
      number += 1
    }
  }

  /// The sum over rows and outputs of squared distances from the mean.
  private static func spread(_ data: RegressionData, _ rows: [Int]) -> Double {
    (0..<data.outputCount).reduce(0) { total, output in
      var (sum, squares) = (0.0, 0.0)
      for row in rows {
        let value = data.y[row * data.outputCount + output]
        sum += value
        squares += value * value
      }
      return total + max(squares - sum * sum / Double(max(rows.count, 1)), 0)
    }
  }

  /// The split that leaves the least spread on both sides; nil where none has enough rows on both.
  private static func split(
    _ data: RegressionData, _ rows: [Int], _ least: Int
  ) -> (feature: Int, threshold: Double)? {
    guard rows.count >= 2 * least else { return nil }
    let outputs = data.outputCount
    var best: (gain: Double, feature: Int, threshold: Double)?
    for feature in 0..<data.featureCount {
      let values = rows.map { data.x[$0 * data.featureCount + feature] }
      let order = rows.indices.sorted { values[$0] < values[$1] }
      var gains = [Double](repeating: 0, count: rows.count)
      for output in 0..<outputs {
        let total = rows.reduce(0) { $0 + data.y[$1 * outputs + output] }
        var sum = 0.0
        for (place, index) in order.enumerated().dropLast() {
          sum += data.y[rows[index] * outputs + output]
          let (below, above) = (Double(place + 1), Double(rows.count - place - 1))
          gains[place] += sum * sum / below + (total - sum) * (total - sum) / above
        }
      }
      for place in least - 1..<rows.count - least {
        let (below, above) = (values[order[place]], values[order[place + 1]])
        if below < above, gains[place] > best?.gain ?? -.infinity {
          best = (gains[place], feature, below + 0.5 * (above - below))
        }
      }
    }
    return best.map { ($0.feature, $0.threshold) }
  }

  /// Rows of inputs `[rows, features]` within a leaf or so far beyond its borders.
  func rows(of leaf: Int, in x: [Double], margin: Double) -> [Int] {
    (0..<x.count / features).filter { row in
      reaches(leaf, 0, x[row * features..<(row + 1) * features], margin)
    }
  }

  /// Whether a point belongs to a leaf below a node.
  private func reaches(
    _ leaf: Int, _ node: Int, _ x: ArraySlice<Double>, _ margin: Double
  ) -> Bool {
    let split = Int(splits[node])
    if split < 0 { return Int(lower[node]) == leaf }
    let excess = x[x.startIndex + split] - thresholds[node]
    return excess <= margin && reaches(leaf, Int(lower[node]), x, margin)
      || excess > -margin && reaches(leaf, Int(upper[node]), x, margin)
  }

  /// The rows of a range in each leaf.
  func rowsByLeaf(_ x: [Double], _ range: Range<Int>) -> [[Int]] {
    var leaves = [[Int]](repeating: [], count: leafCount)
    x.withUnsafeBufferPointer { x in
      for row in range {
        var node = 0
        while splits[node] >= 0 {
          let value = x[row * features + Int(splits[node])]
          node = Int(value > thresholds[node] ? upper[node] : lower[node])
        }
        leaves[Int(lower[node])].append(row)
      }
    }
    return leaves
  }
}

// MARK: - Files

extension RegionTree {
  func write(to archive: inout NPZWriter) {
    let shape = [splits.count]
    archive.add("tree_features", NDArray(shape: [1], values: [Int32(features)]))
    archive.add("tree_splits", NDArray(shape: shape, values: splits))
    archive.add("tree_thresholds", NDArray(shape: shape, values: thresholds))
    archive.add("tree_lower", NDArray(shape: shape, values: lower))
    archive.add("tree_upper", NDArray(shape: shape, values: upper))
  }

  /// What `write` has written. Throws `FileError`.
  init(_ archive: NPZArchive) throws {
    features = Int(try archive.read("tree_features", as: Int32.self).values.first ?? 0)
    splits = try archive.read("tree_splits", as: Int32.self).values
    thresholds = try archive.read("tree_thresholds", as: Double.self).values
    lower = try archive.read("tree_lower", as: Int32.self).values
    upper = try archive.read("tree_upper", as: Int32.self).values
    leafCount = splits.count { $0 < 0 }
    let count = splits.count
    let isTree =
      count > 0 && features > 0 && thresholds.count == count && lower.count == count
      && upper.count == count && (0..<count).allSatisfy(isConsistent)
    guard isTree else {
      throw FileError(path: archive.path, column: "tree_splits", problem: "is no tree")
    }
  }

  /// Children come after their parents, so that no walk is endless.
  private func isConsistent(_ node: Int) -> Bool {
    let (below, above) = (Int(lower[node]), Int(upper[node]))
    if splits[node] < 0 { return (0..<leafCount).contains(below) }
    let later = node + 1..<max(splits.count, node + 2)
    return Int(splits[node]) < features && later.contains(below) && later.contains(above)
      && max(below, above) < splits.count
  }
}
