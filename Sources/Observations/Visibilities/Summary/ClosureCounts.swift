/// How many closure quantities there are, counted in three ways.
public struct ClosureCounts: Codable, Sendable, Equatable {
  /// Those eht-imaging counts as minimal: triangles and quadrangles that contain the first station of
  /// the table that is present. There are fewer than independent ones where baselines are missing.
  public var phasesAtFirst = 0
  public var amplitudesAtFirst = 0
  /// None of them a combination of others.
  public var independentPhases = 0
  public var independentAmplitudes = 0
  /// Every triangle, and every quadrangle without its inverse.
  public var allPhases = 0
  public var allAmplitudes = 0

  private enum CodingKeys: String, CodingKey {
    case phasesAtFirst = "n_closure_phase_min"
    case amplitudesAtFirst = "n_log_closure_amp_min"
    case independentPhases = "n_closure_phase_independent"
    case independentAmplitudes = "n_log_closure_amp_independent"
    case allPhases = "n_closure_phase_max"
    case allAmplitudes = "n_log_closure_amp_max"
  }

  static func += (total: inout ClosureCounts, part: ClosureCounts) {
    total.phasesAtFirst += part.phasesAtFirst
    total.amplitudesAtFirst += part.amplitudesAtFirst
    total.independentPhases += part.independentPhases
    total.independentAmplitudes += part.independentAmplitudes
    total.allPhases += part.allPhases
    total.allAmplitudes += part.allAmplitudes
  }
}

extension ClosureCounts {
  /// - Parameter graph: stations in the order of the table.
  init(_ graph: BaselineGraph) {
    let present = graph.withoutLoneStations
    independentPhases = present.independentTriangles.count
    independentAmplitudes = present.independentQuadrangles.count
    var (corners, pairs) = (0, 0)
    for b in 0..<present.count {
      for a in 0..<b {
        let common = present.commonNeighbours(a, b)
        pairs += common * (common - 1) / 2
        if present.joins(a, b) { corners += common }
      }
    }
    // Each triangle is met at its three sides, each quadrangle at its two diagonals.
    allPhases = corners / 3
    allAmplitudes = pairs / 2
    for b in 1..<max(present.count, 1) where present.joins(0, b) {
      for a in 1..<b where present.joins(0, a) && present.joins(a, b) { phasesAtFirst += 1 }
    }
    // (0, i, j, k): V0i Vjk / V0k Vij.
    for i in 3..<max(present.count, 3) where present.joins(0, i) {
      for j in 1..<i {
        let k = j == i - 1 ? 1 : j + 1
        if present.joins(j, k) && present.joins(0, k) && present.joins(i, j) {
          amplitudesAtFirst += 1
        }
      }
    }
  }
}

/// Counts closures, once for each combination of baselines that occurs.
struct ClosureCounter {
  private(set) var total = ClosureCounts()
  private var known: [BaselineGraph: ClosureCounts] = [:]

  mutating func add(_ graph: BaselineGraph) {
    let counts = known[graph] ?? ClosureCounts(graph)
    // Random flags make every combination another one.
    if known.count > 10_000 { known = [:] }
    known[graph] = counts
    total += counts
  }
}
