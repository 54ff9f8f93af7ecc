/// Why a quantity cannot be derived from a set of visibilities.
public enum DerivedDataError: Error, CustomStringConvertible, Sendable, Equatable {
  /// There are no complex visibilities at all.
  case noVisibilities
  /// The file does not say which stations a visibility belongs to.
  case stationsUnknown
  /// A sigma that gives no weight: of visibility `index`, from zero.
  case sigma(index: Int, value: Double)
  /// No time at which the baselines close.
  case noClosure(ClosureQuantities.Kind)

  public var description: String {
    switch self {
    case .noVisibilities:
      return "no complex visibilities; expected at least one that is not flagged"
    case .stationsUnknown:
      return "the stations of the visibilities are unknown, so they can be neither averaged nor "
        + "closed; expected a file that names them, such as UVFITS"
    case .sigma(let index, let value):
      return "sigma of visibility \(index + 1) is \(value); expected a positive number"
    case .noClosure(.phase):
      return "no closure phase: at no time are three stations joined by all their baselines"
    case .noClosure(.logAmplitude):
      return "no closure amplitude: at no time do four baselines form a quadrangle"
    }
  }
}

extension VisibilitySet {
  /// - Throws: ``DerivedDataError`` unless visibilities have stations and usable errors.
  /// - Complexity: O(visibilities).
  func requireBaselines() throws(DerivedDataError) {
    if visibilities.isEmpty { throw .noVisibilities }
    if stations.isEmpty { throw .stationsUnknown }
    for (index, row) in visibilities.enumerated() where !(row.sigma > 0 && row.sigma.isFinite) {
      throw .sigma(index: index, value: row.sigma)
    }
  }
}
