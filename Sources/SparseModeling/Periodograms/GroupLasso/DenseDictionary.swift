import NumericalMethods

/// A dictionary whose columns are in memory.
///
/// Complexity: O(points × columns) for the certificates of all groups.
public struct DenseDictionary: GroupDictionary, Sendable {
  public let pointCount: Int
  public let groupCount: Int
  public let groupSize: Int
  public let neighborStride = 1
  public let blockLength = 128
  public let normBound: Double
  /// `[groups, size, points]`
  private let elements: [Double]

  /// - Parameter columns: `[groups, size, points]`.
  public init(columns: [Double], groupSize: Int, pointCount: Int) {
    precondition(groupSize > 0 && pointCount > 0 && !columns.isEmpty)
    precondition(columns.count % (groupSize * pointCount) == 0)
    elements = columns
    self.groupSize = groupSize
    self.pointCount = pointCount
    groupCount = columns.count / (groupSize * pointCount)
    let length = groupSize * pointCount
    // The Frobenius norm of a group bounds its singular values.
    normBound = columns.withUnsafeBufferPointer { columns in
      (0..<columns.count / length).reduce(0) { largest, group in
        let start = columns.baseAddress! + group * length
        return max(largest, dot(start, start, length))
      }.squareRoot()
    }
  }

  public func writeCertificates(
    of residual: [Double], blocks: [Int], to values: inout [Double]
  ) {
    elements.withUnsafeBufferPointer { elements in
      residual.withUnsafeBufferPointer { residual in
        for block in blocks {
          for group in groups(ofBlock: block) {
            var start = elements.baseAddress! + group * groupSize * pointCount
            var square = 0.0
            for _ in 0..<groupSize {
              let product = dot(start, residual.baseAddress!, pointCount)
              square += product * product
              start += pointCount
            }
            values[group] = square.squareRoot()
          }
        }
      }
    }
  }

  public func columns(of groups: [Int]) -> [Double] {
    let length = groupSize * pointCount
    return groups.flatMap { elements[$0 * length..<($0 + 1) * length] }
  }
}
