import ArrayFiles
import Foundation

/// The offset that makes a file's times full Julian dates.
enum TimeSystem {
  /// Full Julian dates are known from 1583 to 3501; those minus 2450000 for 1995 to 2077.
  static let fullDates = 2_299_000.0...3_000_000
  static let reducedDates = 30_000.0..<100_000
  private static let truncatedDates = 0.0..<30_000

  /// The offset named in the header (`HJD-2450000`, `MJD`) or else told from the times.
  ///
  /// Throws `FileError` with the line of a time that is no date. `warnings` gets a line where a
  /// guess of half a day was needed.
  static func offset(
    times: [Double], lines: [Int], header: String, path: String, warnings: inout [String]
  ) throws -> Double {
    for (time, line) in zip(times, lines) where !(0...3_000_000).contains(time) {
      throw FileError(path: path, line: line, problem: "found time \(time), expected a Julian date")
    }
    let typical = times.sorted()[times.count / 2]
    let candidates = [fullDates, reducedDates.closed, truncatedDates.closed]
    guard let range = candidates.first(where: { $0.contains(typical) }) else {
      throw FileError(
        path: path, line: lines[0],
        problem: "found time \(times[0]), expected a Julian date, or one minus 2400000 or 2450000")
    }
    for (time, line) in zip(times, lines) where !range.contains(time) {
      throw FileError(
        path: path, line: line,
        problem: "found time \(time), far from the others (around \(typical))")
    }
    if range == fullDates { return 0 }
    if let stated = statedOffset(header) { return stated }
    if header.wholeWord("MJD") { return 2_400_000.5 }
    if range == truncatedDates.closed { return 2_450_000 }
    let isJulian = ["HJD", "BJD", "JD", "RJD"].contains { header.wholeWord($0) }
    let offset = isJulian ? 2_400_000 : 2_400_000.5
    warnings.append(
      "times around \(typical) read as JD - \(offset); "
        + "write 'JD-2400000' or 'MJD' as the column's name to make it certain")
    return offset
  }

  /// The number in `JD-2450000`, `HJD - 2457000` and the like.
  static func statedOffset(_ header: String) -> Double? {
    // The barycentric dates of TESS and Kepler.
    if header.wholeWord("BTJD") { return 2_457_000 }
    if header.wholeWord("BKJD") { return 2_454_833 }
    guard let match = header.firstMatch(of: /(?i)JD[a-z_]*\s*[-−]\s*(24\d{5}(?:\.\d+)?)/) else {
      return nil
    }
    return Double(match.1)
  }
}

extension Range<Double> {
  var closed: ClosedRange<Double> { lowerBound...upperBound.nextDown }
}

extension String {
  func wholeWord(_ word: String) -> Bool {
    uppercased().split { !$0.isLetter }.contains { $0 == word }
  }
}
