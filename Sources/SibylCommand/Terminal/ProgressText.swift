import Foundation
import NumericalMethods

/// What there is to say about work in progress, as a terminal line or a log line.
struct ProgressText {
  let progress: WorkProgress
  /// Since this work was first reported.
  let seconds: Double
  /// Steps done in `seconds`; fewer than `progress.completed` when the work was resumed.
  let steps: Int

  /// `simulate  ███████░░░  61 %  61,000/100,000  1,240/s  ETA 0:31`, at most `width` characters.
  ///
  /// Where space is short the detail goes first, then the rate, the counts, and the bar.
  func line(width: Int) -> String {
    let choices = [
      [percent, counts, rate, time, progress.detail], [percent, counts, rate, time],
      [percent, counts, time], [percent, time],
    ]
    for choice in choices {
      let words = choice.compactMap(\.self)
      let taken = ([progress.label] + words).reduce(0) { $0 + $1.count + 2 }
      guard let fraction else {
        if taken - 2 <= width { return ([progress.label] + words).joined(separator: "  ") }
        continue
      }
      // A few fixed widths, so that the bar does not breathe with the number of digits.
      guard let barWidth = [24, 16, 10].first(where: { taken + $0 <= width }) else { continue }
      let filled = Int(fraction * Double(barWidth))
      let bar =
        String(repeating: "█", count: filled) + String(repeating: "░", count: barWidth - filled)
      return ([progress.label, bar] + words).joined(separator: "  ")
    }
    let words = [progress.label, percent ?? counts].compactMap(\.self)
    return String(words.joined(separator: "  ").prefix(max(0, width)))
  }

  /// `simulate  61 %  61,000/100,000  1,240/s  ETA 0:31`.
  var logLine: String {
    [progress.label, percent, counts, rate, time, progress.detail].compactMap(\.self)
      .joined(separator: "  ")
  }

  /// Nil when the total is unknown.
  private var fraction: Double? {
    guard progress.total > 0 else { return nil }
    return min(1, max(0, Double(progress.completed) / Double(progress.total)))
  }

  private var percent: String? { fraction.map { "\(Int($0 * 100)) %" } }

  private var counts: String? {
    let completed = Self.grouped(progress.completed)
    return fraction == nil ? completed : "\(completed)/\(Self.grouped(progress.total))"
  }

  private var rate: String? {
    guard steps > 0, seconds > 0 else { return nil }
    let perSecond = Double(steps) / seconds
    if perSecond >= 1e15 { return nil }
    if perSecond >= 100 { return "\(Self.grouped(Int(perSecond.rounded())))/s" }
    if perSecond >= 1 { return String(format: "%.1f/s", perSecond) }
    return String(format: "%.1f s each", 1 / perSecond)
  }

  /// The time still to go or, at the end, the time it took.
  private var time: String? {
    let remaining = progress.total - progress.completed
    if progress.total > 0, remaining <= 0 { return "in \(Self.clock(seconds))" }
    guard fraction != nil, steps > 0 else { return nil }
    return "ETA \(Self.clock(seconds / Double(steps) * Double(remaining)))"
  }

  private static func grouped(_ count: Int) -> String {
    let digits = Array(String(count.magnitude))
    let groups = stride(from: digits.count, to: 0, by: -3).reversed().map { end in
      String(digits[max(0, end - 3)..<end])
    }
    return (count < 0 ? "-" : "") + groups.joined(separator: ",")
  }

  private static func clock(_ seconds: Double) -> String {
    guard seconds < 1e9 else { return "–" }
    let whole = Int(seconds.rounded())
    let (hours, minutes) = (whole / 3600, whole / 60 % 60)
    return hours > 0
      ? String(format: "%d:%02d:%02d", hours, minutes, whole % 60)
      : String(format: "%d:%02d", minutes, whole % 60)
  }
}
