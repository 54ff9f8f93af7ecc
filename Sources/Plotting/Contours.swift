/// Closed contour lines of a density by marching squares.
///
/// Reference: Lorensen & Cline (1987), SIGGRAPH 21, 163, in two dimensions; a saddle is decided by the
/// mean of its corners.
public struct ContourLoop: Sendable {
  /// Vertices in the caller's coordinates, the first repeated at the end.
  public let x: [Double]
  public let y: [Double]
  /// Signed area in cells: positive where the inside is higher, negative around a hole.
  public let signedArea: Double
}

extension DensityGrid {
  /// The loops where the density equals `level`; a margin of zeros closes those that leave the grid.
  /// - Complexity: O(cells).
  public func contours(at level: Double) -> [ContourLoop] {
    precondition(level > 0)
    // Corner (i, j) of the padded grid is the centre of cell (i − 1, j − 1).
    let side = size + 2
    func height(_ i: Int, _ j: Int) -> Double {
      guard i > 0, j > 0, i <= size, j <= size else { return 0 }
      return mass[(j - 1) * size + i - 1]
    }
    // Edge 2k runs from corner k to the right, edge 2k + 1 upwards.
    var next: [Int: Int] = [:]
    for j in 0..<(side - 1) {
      for i in 0..<(side - 1) {
        let corner = j * side + i
        let heights = (height(i, j), height(i + 1, j), height(i + 1, j + 1), height(i, j + 1))
        let pattern =
          (heights.0 >= level ? 1 : 0) + (heights.1 >= level ? 2 : 0)
          + (heights.2 >= level ? 4 : 0) + (heights.3 >= level ? 8 : 0)
        if pattern == 0 || pattern == 15 { continue }
        let (bottom, right) = (2 * corner, 2 * (corner + 1) + 1)
        let (top, left) = (2 * (corner + side), 2 * corner + 1)
        let isHighCentre = (heights.0 + heights.1 + heights.2 + heights.3) / 4 >= level
        // Each segment keeps the higher ground on its left.
        let segments: [(Int, Int)]
        switch pattern {
        case 1: segments = [(bottom, left)]
        case 2: segments = [(right, bottom)]
        case 3: segments = [(right, left)]
        case 4: segments = [(top, right)]
        case 5:
          segments =
            isHighCentre ? [(bottom, right), (top, left)] : [(bottom, left), (top, right)]
        case 6: segments = [(top, bottom)]
        case 7: segments = [(top, left)]
        case 8: segments = [(left, top)]
        case 9: segments = [(bottom, top)]
        case 10:
          segments =
            isHighCentre ? [(left, bottom), (right, top)] : [(right, bottom), (left, top)]
        case 11: segments = [(right, top)]
        case 12: segments = [(left, right)]
        case 13: segments = [(bottom, right)]
        default: segments = [(left, bottom)]
        }
        for (from, to) in segments { next[from] = to }
      }
    }
    var loops: [ContourLoop] = []
    for start in next.keys.sorted() where next[start] != nil {
      var vertices: [(Double, Double)] = []
      var edge = start
      while let following = next.removeValue(forKey: edge) {
        vertices.append(crossing(edge, side: side, level: level, height: height))
        edge = following
      }
      vertices.append(vertices[0])
      let area =
        zip(vertices, vertices.dropFirst()).reduce(0.0) { sum, pair in
          sum + pair.0.0 * pair.1.1 - pair.1.0 * pair.0.1
        } / 2
      loops.append(
        ContourLoop(
          x: vertices.map { lowX + ($0.0 - 0.5) * cellX },
          y: vertices.map { lowY + ($0.1 - 0.5) * cellY }, signedArea: area))
    }
    return loops
  }

  private func crossing(
    _ edge: Int, side: Int, level: Double, height: (Int, Int) -> Double
  ) -> (Double, Double) {
    let (i, j) = (edge / 2 % side, edge / 2 / side)
    let isUpward = edge % 2 == 1
    let start = height(i, j)
    let end = isUpward ? height(i, j + 1) : height(i + 1, j)
    let part = (level - start) / (end - start)
    return isUpward ? (Double(i), Double(j) + part) : (Double(i) + part, Double(j))
  }
}
