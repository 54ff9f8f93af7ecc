import NumericalMethods

/// The certificates ‖X_gᵀ r‖ of a dictionary for residuals that follow each other, computed only in
/// blocks where they matter.
///
/// With singular values of at most ν, |‖X_gᵀ r‖ − ‖X_gᵀ r′‖| ≤ ν ‖r − r′‖. So a block whose largest
/// certificate was far enough below λ for a residual near by is known to be below λ now; and if the
/// optimal residual, which lies in a ball around a feasible one, is near enough, no group of the block is
/// in the solution for this λ.
///
/// Reference: Ndiaye, Fercoq, Gramfort & Salmon (2017), J. Mach. Learn. Res. 18, 128 (gap-safe spheres).
struct ScreenedCertificates<Dictionary: GroupDictionary> {
  let dictionary: Dictionary
  /// `[groups]`; of use in the blocks that are `current`.
  private(set) var values: [Double]
  /// Blocks whose certificates are those of the last residual.
  private(set) var current: [Int] = []
  /// Transforms of blocks so far.
  private(set) var blockCount = 0
  private var largest: [Double]
  /// Which residual a block's certificates are of.
  private var stamps: [Int]
  private var residuals: [Int: [Double]] = [:]
  private var latest = 0
  private var isOut: [Bool]

  init(_ dictionary: Dictionary) {
    self.dictionary = dictionary
    values = [Double](repeating: 0, count: dictionary.groupCount)
    largest = [Double](repeating: .infinity, count: dictionary.blockCount)
    stamps = [Int](repeating: 0, count: dictionary.blockCount)
    isOut = [Bool](repeating: false, count: dictionary.blockCount)
  }

  /// Blocks ruled out are in question again, for another λ.
  mutating func begin() {
    for block in isOut.indices { isOut[block] = false }
  }

  /// Makes certificates those of `residual`, where they may exceed `level`.
  mutating func update(_ residual: [Double], level: Double) {
    if residuals[latest] != residual {
      latest += 1
      residuals[latest] = residual
    }
    let distances = residuals.mapValues { distance($0, residual) }
    let stale = stamps.indices.filter { block in
      !isOut[block] && stamps[block] != latest
        && largest[block] + dictionary.normBound * (distances[stamps[block]] ?? 0) > level
    }
    dictionary.writeCertificates(of: residual, blocks: stale, to: &values)
    blockCount += stale.count
    for block in stale {
      stamps[block] = latest
      largest[block] = values[dictionary.groups(ofBlock: block)].max() ?? 0
    }
    let used = Set(stamps)
    residuals = residuals.filter { used.contains($0.key) || $0.key == latest }
    current = stamps.indices.filter { stamps[$0] == latest && !isOut[$0] }
  }

  /// Rules out blocks that hold no group of the solution, which is within `radius` of the feasible
  /// residual `center`.
  mutating func ruleOut(center: [Double], radius: Double, penalty: Double) {
    let distances = residuals.mapValues { distance($0, center) }
    for block in isOut.indices where !isOut[block] {
      guard let distance = distances[stamps[block]] else { continue }
      let bound = largest[block] + dictionary.normBound * (distance + radius)
      isOut[block] = bound < penalty * (1 - 1e-9)
    }
    current.removeAll { isOut[$0] }
  }

  /// Writes certificates that are known better, in blocks that are current.
  mutating func correct(_ groups: [Int], to certificates: [Double]) {
    for (group, certificate) in zip(groups, certificates) {
      values[group] = certificate
    }
    for block in Set(groups.map { $0 / dictionary.blockLength }) where stamps[block] == latest {
      largest[block] = values[dictionary.groups(ofBlock: block)].max() ?? 0
    }
  }

  /// The largest certificate among current blocks.
  var maximum: Double { current.reduce(0) { max($0, largest[$1]) } }

  /// Groups above `level` that neighbours do not exceed, the largest first.
  func peaks(above level: Double) -> [Int] {
    let stride = dictionary.neighborStride
    var found: [Int] = []
    for block in current where largest[block] > level {
      let groups = dictionary.groups(ofBlock: block)
      values.withUnsafeBufferPointer { values in
        for group in groups where values[group] > level {
          let (before, after) = (group - stride, group + stride)
          if before >= groups.lowerBound, values[before] > values[group] { continue }
          if after < groups.upperBound, values[after] > values[group] { continue }
          found.append(group)
        }
      }
    }
    return found.sorted { (values[$1], $0) < (values[$0], $1) }
  }

  private func distance(_ a: [Double], _ b: [Double]) -> Double {
    var square = 0.0
    for k in a.indices { square += (a[k] - b[k]) * (a[k] - b[k]) }
    return square.squareRoot()
  }
}
