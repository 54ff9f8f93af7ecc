/// Times of uninterrupted observing, separated by gaps.
public enum Scans {
  /// The shortest gap between scans, hours: that of eht-imaging's `add_scans`, a minute.
  public static let gap = 0.0165

  /// First and last time of each scan.
  ///
  /// - Parameters:
  ///   - times: hours, in any order, with repetitions.
  ///   - gap: two times further apart than this belong to two scans, hours.
  /// - Complexity: O(*n* log *n*).
  public static func find(in times: [Double], gap: Double = gap) -> [ClosedRange<Double>] {
    precondition(gap > 0)
    var scans: [ClosedRange<Double>] = []
    for time in times.sorted() {
      if let last = scans.last, time - last.upperBound <= gap {
        scans[scans.count - 1] = last.lowerBound...time
      } else {
        scans.append(time...time)
      }
    }
    return scans
  }

  /// Cuts scans into pieces no longer than an interval, each counted from the start of its scan.
  static func divide(
    _ scans: [ClosedRange<Double>], times: [Double], interval: Double
  ) -> [ClosedRange<Double>] {
    var pieces: [ClosedRange<Double>] = []
    var (scan, piece) = (0, -1)
    for time in times.sorted() {
      while time > scans[scan].upperBound { (scan, piece) = (scan + 1, -1) }
      // Half of the time's own rounding must not decide on which side of a boundary it falls.
      let number = Int(((time - scans[scan].lowerBound) / interval + 1e-6).rounded(.down))
      if number == piece {
        pieces[pieces.count - 1] = pieces[pieces.count - 1].lowerBound...time
      } else {
        pieces.append(time...time)
        piece = number
      }
    }
    return pieces
  }
}
