/// The columns X of a linear model y ≈ Xβ, in groups of the same size that are used together or not at
/// all.
///
/// Groups are in an order in which neighbours may be alike, and in blocks of `blockLength`, the last one
/// perhaps shorter.
public protocol GroupDictionary {
  var pointCount: Int { get }
  var groupCount: Int { get }
  /// Columns of each group.
  var groupSize: Int { get }
  /// From a group to its neighbour of the same kind.
  var neighborStride: Int { get }
  /// Groups of each block, a multiple of `neighborStride`.
  var blockLength: Int { get }
  /// No group has a larger singular value: 1 if columns are orthonormal.
  var normBound: Double { get }

  /// Writes the certificates ‖X_gᵀ r‖ of the groups of `blocks` to their places in `values`, `[groups]`.
  func writeCertificates(of residual: [Double], blocks: [Int], to values: inout [Double])

  /// The columns of some groups, `[groups, size, points]`.
  func columns(of groups: [Int]) -> [Double]
}

extension GroupDictionary {
  public var blockCount: Int { (groupCount + blockLength - 1) / blockLength }

  /// The groups of a block.
  public func groups(ofBlock block: Int) -> Range<Int> {
    block * blockLength..<min((block + 1) * blockLength, groupCount)
  }

  /// ‖X_gᵀ r‖ of all groups, `[groups]`.
  public func certificates(of residual: [Double]) -> [Double] {
    precondition(residual.count == pointCount)
    var values = [Double](repeating: 0, count: groupCount)
    writeCertificates(of: residual, blocks: Array(0..<blockCount), to: &values)
    return values
  }
}
