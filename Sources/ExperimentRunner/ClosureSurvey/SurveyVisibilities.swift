import ArrayFiles
import Foundation
import Observations
import SparseModeling

/// Visibilities of one day as images are made of them: bands joined, averaged over scans, without baselines that
/// resolve nothing in the field but may see flux from outside of it.
struct SurveyVisibilities: Sendable {
  /// With thermal noise only.
  let set: VisibilitySet
  let flux: CompactFlux

  /// - Parameters:
  ///   - files: of the bands.
  ///   - field: width of the images, radians.
  /// - Throws: `FileError` for files that cannot be read, joined or averaged, or that show nothing.
  init(_ files: [String], field: Double) throws {
    let joined = try Self.joined(files)
    var set: VisibilitySet
    do { set = try joined.averagedOverScans() } catch {
      throw FileError(path: files[0], problem: "\(error)")
    }
    let shortest = 1 / (10 * field)
    guard let flux = CompactFlux(set.visibilities, shortest: shortest) else {
      throw FileError(
        path: files[0],
        problem: "no visibility that resolves something in the field is above three sigma")
    }
    set.visibilities = set.visibilities.filter { hypot($0.u, $0.v) >= shortest }
    (self.set, self.flux) = (set, flux)
  }

  /// The bands of one observation.
  ///
  /// - Throws: `FileError`.
  static func joined(_ files: [String]) throws -> VisibilitySet {
    var joined = try VisibilitySet.read(files[0])
    for path in files.dropFirst() {
      let band = try VisibilitySet.read(path)
      do { try joined.append(band) } catch { throw FileError(path: path, problem: "\(error)") }
    }
    return joined
  }
}
