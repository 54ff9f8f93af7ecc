import Foundation

/// The summary of a run.
struct FuzzReport {
  let tally: Tally

  var text: String {
    var lines: [String] = []
    for findings in tally.worst { lines += findings.map(\.line) }
    if !lines.isEmpty { lines.append("") }
    lines.append("slowest:")
    for (seconds, work) in tally.slowest {
      lines.append(String(format: "%10.2f ms  ", 1e3 * seconds) + work)
    }
    lines.append("")
    lines.append("   checked     failed     beyond      worst  check")
    for check in Check.allCases {
      let worst = tally.worst[check.index].first.map { String(format: "%10.1e", $0.discrepancy) }
      let counts = String(
        format: "%10d %10d %10d ", tally.checked[check.index], tally.failed[check.index],
        tally.underestimated[check.index])
      lines.append(counts + (worst ?? "          ") + "  " + check.rawValue)
    }
    let places = Place.allCases.filter { tally.failedAt[$0] != nil }
    if !places.isEmpty {
      lines.append(
        "failures by place: "
          + places.map { "\($0) \(tally.failedAt[$0]!)" }.joined(separator: ", "))
    }
    lines.append(
      String(
        format: "%.3g %% beyond the errors stated, but within their tenfold or the tolerance",
        100 * tally.underestimatedShare))
    lines.append("\(tally.cases) cases, \(tally.failures) failed checks")
    return lines.joined(separator: "\n")
  }
}

/// One line on the standard error that is rewritten at most once a second, and one for each failure.
final class FuzzProgress {
  private let total: Int
  private var failures = Set<String>()
  private let start = ContinuousClock.now
  private var last = ContinuousClock.now

  init(total: Int) { self.total = total }

  func report(_ cases: Int, _ tally: Tally) {
    // A long run may be stopped before its summary.
    for finding in tally.worst.joined() where finding.check.isFailure {
      if failures.insert(finding.line).inserted { write("\n\(finding.line)\n") }
    }
    let now = ContinuousClock.now
    guard now - last > .seconds(1) else { return }
    last = now
    let rate = Double(cases) / ((now - start) / .seconds(1))
    let left = Double(max(0, total - cases)) / rate
    write(
      String(
        format: "\r%d of %d cases, %.0f a second, %.0f s left, %d failed checks   ", cases, total,
        rate, left, tally.failures))
  }

  func end() { write("\n") }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
