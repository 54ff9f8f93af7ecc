/// What is checked, in the order of the summary.
enum Check: String, CaseIterable, Sendable {
  case finite = "finite, at least one, error not negative"
  case tolerance = "error within the tolerance (noted, no failure)"
  case batch = "alone as among others"
  case tolerances = "two tolerances agree within their errors"
  case mirror = "mirrored at the axis"
  case exchange = "masses exchanged"
  case pointMean = "mean of point sources"
  case bounds = "between point sources"
  case limit = "single-lens limits"
  case pointPaths = "point source: all paths"
  case images = "images: number, parity, signed sum"
  case reference = "independent integrator"

  var isFailure: Bool { self != .tolerance }

  /// Whether values with error estimates are compared.
  var hasEstimates: Bool {
    switch self {
    case .finite, .tolerance, .pointPaths, .images: false
    default: true
    }
  }
}

/// A check that did not hold.
struct Finding: Sendable {
  let check: Check
  let arguments: String
  let place: Place
  let value: Double
  let expected: Double
  let allowed: Double

  /// Relative; infinite for what is not a number.
  var discrepancy: Double {
    let difference = abs(value - expected) / abs(expected)
    return difference.isNaN ? .infinity : difference
  }

  var line: String {
    "\(check.rawValue): \(value), not \(expected) ± \(allowed), \(place): \(arguments)"
  }
}

/// How checks went.
///
/// A value is wrong where it is off by more than the errors stated allow. Error estimates are not
/// bounds, however: what is within ten times their sum, or within the tolerances asked for, counts as
/// an error underestimated, of which at most one in a hundred may be.
struct Tally: Sendable {
  private(set) var checked = [Int](repeating: 0, count: Check.allCases.count)
  private(set) var failed = [Int](repeating: 0, count: Check.allCases.count)
  private(set) var underestimated = [Int](repeating: 0, count: Check.allCases.count)
  /// Failures by place.
  private(set) var failedAt: [Place: Int] = [:]
  /// The worst of each kind, by relative discrepancy, worst first.
  private(set) var worst = [[Finding]](repeating: [], count: Check.allCases.count)
  /// What took longest, longest first.
  private(set) var slowest: [(seconds: Double, work: String)] = []
  var cases = 0
  let kept: Int

  init(kept: Int) { self.kept = kept }

  /// - Parameters:
  ///   - allowed: the errors stated.
  ///   - asked: the errors asked for, if the errors stated are estimates.
  mutating func expect(
    _ check: Check, _ value: Double, near expected: Double, within allowed: Double,
    asked: Double = 0, _ source: FuzzCase
  ) {
    checked[check.index] += 1
    let difference = abs(value - expected)
    if difference <= allowed { return }
    if asked > 0, difference <= max(10 * allowed, asked) {
      underestimated[check.index] += 1
      return
    }
    failed[check.index] += 1
    if check.isFailure { failedAt[source.place, default: 0] += 1 }
    keep([
      Finding(
        check: check, arguments: source.arguments, place: source.place, value: value,
        expected: expected, allowed: allowed)
    ])
  }

  mutating func time(_ seconds: Double, _ work: @autoclosure () -> String) {
    if slowest.count == kept, let last = slowest.last, seconds <= last.seconds { return }
    slowest.append((seconds, work()))
    sortSlowest()
  }

  mutating func merge(_ other: Tally) {
    for k in checked.indices {
      checked[k] += other.checked[k]
      failed[k] += other.failed[k]
      underestimated[k] += other.underestimated[k]
      keep(other.worst[k])
    }
    failedAt.merge(other.failedAt, uniquingKeysWith: +)
    slowest += other.slowest
    sortSlowest()
    cases += other.cases
  }

  var failures: Int { zip(Check.allCases, failed).reduce(0) { $0 + ($1.0.isFailure ? $1.1 : 0) } }

  /// Share of the checks against stated errors that only their tenfold or the tolerance passes.
  var underestimatedShare: Double {
    let compared = Check.allCases.filter(\.hasEstimates).reduce(0) { $0 + checked[$1.index] }
    return Double(underestimated.reduce(0, +)) / Double(max(1, compared))
  }

  private mutating func keep(_ findings: [Finding]) {
    guard let check = findings.first?.check else { return }
    worst[check.index] += findings
    worst[check.index].sort { $0.discrepancy > $1.discrepancy }
    worst[check.index].removeLast(max(0, worst[check.index].count - kept))
  }

  private mutating func sortSlowest() {
    slowest.sort { $0.seconds > $1.seconds }
    slowest.removeLast(max(0, slowest.count - kept))
  }
}

extension Check {
  var index: Int { Self.allCases.firstIndex(of: self)! }
}
