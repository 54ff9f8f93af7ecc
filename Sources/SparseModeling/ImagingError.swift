import Numerics
import Observations

/// Why there is no image.
public enum ImagingError: Error, CustomStringConvertible, Equatable, Sendable {
  /// Throws `unusable` for the first of the visibilities that is.
  static func check(_ visibilities: [Visibility]) throws {
    let row = visibilities.firstIndex {
      !($0.sigma >= 1e-100 && $0.sigma <= 1e100 && $0.value.length <= 1e100)
    }
    if let row { throw unusable(row: row, visibilities[row]) }
  }

  case noVisibilities
  case noBeam
  /// A value or sigma whose square is beyond what numbers hold.
  case unusable(row: Int, Visibility)
  case fewVisibilities(Int, folds: Int)
  case fewScans(Int, folds: Int)
  case unknownRegularizer(String)
  case penaltiesExclude

  public var description: String {
    switch self {
    case .unusable(let row, let visibility):
      "visibility \(row + 1) has the value \(visibility.value) and sigma \(visibility.sigma); expected "
        + "sizes from 1e-100 to 1e100"
    case .fewVisibilities(let count, let folds):
      "\(count) visibilities cannot be dealt to \(folds) folds; expected at least one for each"
    case .fewScans(let count, let folds):
      "data of \(count) scans cannot be held out in \(folds) parts that close; give the weights of all "
        + "penalties and the width of the prior"
    case .unknownRegularizer(let name):
      "there is no regularizer '\(name)' (valid: \(RegularizerCatalog.names.joined(separator: ", ")))"
    case .penaltiesExclude:
      "entropy takes the place of l1, and one penalty of each kind is all there can be: leave out λ or "
        + "the other penalty"
    case .noVisibilities: "no visibility is left to make an image of; expected at least one"
    case .noBeam:
      "all visibilities lie on one line through the origin of the uv plane: the beam has no width "
        + "across it; expected baselines in two directions"
    }
  }
}
