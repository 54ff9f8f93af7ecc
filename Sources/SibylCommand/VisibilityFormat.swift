import ArgumentParser
import Foundation
import Observations

/// The format that the name of a file of visibilities asks for.
enum VisibilityFormat {
  case uvfits, csv

  /// - Throws: `ValidationError` for a name that asks for none.
  init(path: String) throws {
    switch URL(fileURLWithPath: path).pathExtension.lowercased() {
    case "uvfits", "fits": self = .uvfits
    case "csv": self = .csv
    default:
      throw ValidationError(
        "--output is '\(path)'; visibilities are written to .uvfits, .fits or .csv")
    }
  }

  /// Writes a whole file or none; throws `FileError`.
  func write(_ set: VisibilitySet, to path: String) throws {
    switch self {
    case .uvfits: try set.writeUVFITS(to: path)
    case .csv: try set.writeCSV(to: path)
    }
  }
}
