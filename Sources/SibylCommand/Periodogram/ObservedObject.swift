import ArrayFiles
import Foundation
import Observations
import SparseModeling

/// A file's photometry as series of which periods are sought, a band each.
struct ObservedObject {
  let name: String
  let path: String
  let series: [TimeSeries]
  let bandNames: [String]
  let isMagnitude: Bool
  let timeSystem: String
  let warnings: [String]

  /// Throws `FileError` where no band has enough measurements, or holds what is none.
  init(_ path: String) throws {
    let photometry = try Photometry.read(path)
    self.path = path
    name = photometry.name
    timeSystem = photometry.timeSystem
    isMagnitude = photometry.bands.contains { $0.magnitudes != nil }
    var warnings = photometry.warnings
    var (series, names): ([TimeSeries], [String]) = ([], [])
    var failure: (band: String, error: TimeSeriesError)?
    for band in photometry.bands {
      do {
        series.append(
          try TimeSeries(
            times: band.times, values: band.values, errors: band.errors))
        names.append(band.band)
      } catch {
        failure = failure ?? (band.band, error)
        if photometry.bands.count > 1 {
          warnings.append("band \(band.band) left out: \(error)")
        }
      }
    }
    guard !series.isEmpty else {
      let isOne = photometry.bands.count == 1
      throw FileError(
        path: path,
        problem: (isOne ? "" : "in all bands, such as \(failure!.band): ") + "\(failure!.error)")
    }
    (self.series, bandNames, self.warnings) = (series, names, warnings)
  }

  /// All measurements of the bands that are used.
  var count: Int { series.reduce(0) { $0 + $1.count } }

  /// As figures name a band.
  func label(_ band: Int) -> String {
    bandNames[band].isEmpty ? "data" : bandNames[band]
  }
}
