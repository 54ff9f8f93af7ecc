/// Why data sets are not of one sky and day.
public enum CombinationError: Error, CustomStringConvertible, Equatable, Sendable {
  case days(Int, Int)
  case sources(String, String)
  case stationsUnknown

  public var description: String {
    switch self {
    case .days(let first, let second):
      "was observed on MJD \(second), the file before it on MJD \(first); expected bands of one day, since "
        + "the sky may change"
    case .sources(let first, let second):
      "shows '\(second)', the file before it '\(first)'; expected one source"
    case .stationsUnknown:
      "does not name the stations of its visibilities, by which files could be joined"
    }
  }
}

extension VisibilitySet {
  /// Adds another band of the same observation, its channels after those there are.
  ///
  /// Stations are the same where their names are.
  /// - Throws: ``CombinationError`` for another day or source, or without stations.
  /// - Complexity: O(visibilities).
  public mutating func append(_ other: VisibilitySet) throws(CombinationError) {
    guard !stations.isEmpty, !other.stations.isEmpty else { throw .stationsUnknown }
    guard mjd == other.mjd else { throw .days(mjd, other.mjd) }
    guard source == other.source || source.isEmpty || other.source.isEmpty else {
      throw .sources(source, other.source)
    }
    let numbers = other.stations.map { station in
      if let known = stations.firstIndex(where: { $0.name == station.name }) { return known }
      stations.append(station)
      return stations.count - 1
    }
    let channels = max(frequencies.count, (visibilities.map(\.channel).max() ?? -1) + 1)
    frequencies += other.frequencies
    visibilities += other.visibilities.map { row in
      var row = row
      (row.station1, row.station2) = (numbers[row.station1], numbers[row.station2])
      row.channel += channels
      return row
    }
    for warning in other.warnings where !warnings.contains(warning) { warnings.append(warning) }
  }
}
