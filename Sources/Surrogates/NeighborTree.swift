/// A k-d tree: the nearest of many points without looking at all.
///
/// Complexity: O(n log² n) to build, about O(log n) a query in few dimensions, O(n) in many.
///
/// Reference: Friedman, Bentley & Finkel (1977), ACM Trans. Math. Softw. 3, 209.
struct NeighborTree: Sendable {
  private static let leafSize = 12

  private struct Node: Sendable {
    /// Of a leaf, its points; of a branch, all below it.
    let points: Range<Int>
    /// Nil for a leaf.
    let axis: Int?
    let split: Double
    /// The node of the greater half; the other one follows its parent.
    var upper = 0
  }

  let dimensions: Int
  /// Which point of those given is in each place.
  private(set) var order: [Int]
  /// `[points, dimensions]`, in the tree's order.
  private let coordinates: [Double]
  private var nodes: [Node] = []

  /// From points `[points, dimensions]`, at least one.
  init(_ points: [Double], dimensions: Int) {
    precondition(dimensions > 0 && !points.isEmpty && points.count % dimensions == 0)
    self.dimensions = dimensions
    var order = Array(0..<points.count / dimensions)
    var nodes: [Node] = []

    func build(_ range: Range<Int>) {
      let number = nodes.count
      var axis: (index: Int, width: Double) = (0, 0)
      for index in 0..<dimensions {
        var (low, high) = (Double.infinity, -Double.infinity)
        for place in range {
          let value = points[order[place] * dimensions + index]
          (low, high) = (min(low, value), max(high, value))
        }
        if high - low > axis.width { axis = (index, high - low) }
      }
      guard range.count > Self.leafSize, axis.width > 0 else {
        nodes.append(Node(points: range, axis: nil, split: 0))
        return
      }
      // Ties by number, so that the order is one.
      order[range].sort {
        let (a, b) = (points[$0 * dimensions + axis.index], points[$1 * dimensions + axis.index])
        return a == b ? $0 < $1 : a < b
      }
      let middle = range.lowerBound + range.count / 2
      nodes.append(
        Node(
          points: range, axis: axis.index, split: points[order[middle] * dimensions + axis.index]))
      build(range.lowerBound..<middle)
      nodes[number].upper = nodes.count
      build(middle..<range.upperBound)
    }
    build(0..<order.count)
    self.order = order
    self.nodes = nodes
    coordinates = order.flatMap { points[$0 * dimensions..<($0 + 1) * dimensions] }
  }

  var count: Int { order.count }

  /// Squared distances of the `k` nearest points and which they are, the nearest first.
  func nearest(_ k: Int, to point: ArraySlice<Double>) -> [(square: Double, index: Int)] {
    precondition(point.count == dimensions && k > 0)
    var found: [(square: Double, index: Int)] = []
    found.reserveCapacity(k + 1)
    point.withUnsafeBufferPointer { point in
      coordinates.withUnsafeBufferPointer { coordinates in
        search(0, 0, k, point.baseAddress!, coordinates.baseAddress!, &found)
      }
    }
    return found.map { ($0.square, order[$0.index]) }
  }

  /// - Parameter bound: a squared distance that no point below the node falls short of.
  private func search(
    _ number: Int, _ bound: Double, _ k: Int, _ point: UnsafePointer<Double>,
    _ coordinates: UnsafePointer<Double>, _ found: inout [(square: Double, index: Int)]
  ) {
    if found.count == k, bound >= found[k - 1].square { return }
    let node = nodes[number]
    guard let axis = node.axis else {
      for place in node.points {
        let other = coordinates + place * dimensions
        var square = 0.0
        for index in 0..<dimensions {
          let difference = point[index] - other[index]
          square += difference * difference
        }
        if found.count == k, square >= found[k - 1].square { continue }
        let rank = found.firstIndex { $0.square > square } ?? found.count
        found.insert((square, place), at: rank)
        if found.count > k { found.removeLast() }
      }
      return
    }
    let offset = point[axis] - node.split
    let (near, far) = offset < 0 ? (number + 1, node.upper) : (node.upper, number + 1)
    search(near, bound, k, point, coordinates, &found)
    search(far, max(bound, offset * offset), k, point, coordinates, &found)
  }
}
