import ArrayFiles
import Foundation

extension VisibilitySet {
  /// Writes the columns `u[lambda],v[lambda],re,im,sigma`, with the fewest digits that read back as
  /// the same numbers. Stations, times and everything else stay behind; UVFITS holds them.
  ///
  /// Throws `FileError` if there is no visibility, and if the file cannot be written; then no file is
  /// left behind.
  /// - Complexity: O(rows) time, O(1) memory beside the rows.
  public func writeCSV(to path: String) throws {
    guard !visibilities.isEmpty else {
      throw FileError(path: path, problem: "cannot be written: there are no visibilities")
    }
    try AtomicFile.write(to: path) { sink in
      try sink.write("u[lambda],v[lambda],re,im,sigma\n")
      for (row, visibility) in visibilities.enumerated() {
        let numbers = [
          visibility.u, visibility.v, visibility.value.real, visibility.value.imaginary,
          visibility.sigma,
        ]
        guard numbers.allSatisfy(\.isFinite), visibility.sigma > 0 else {
          throw FileError(
            path: path,
            problem: "cannot be written: visibility \(row + 1): found u \(visibility.u), "
              + "v \(visibility.v), value \(visibility.value), sigma \(visibility.sigma), expected "
              + "finite numbers and a sigma above 0")
        }
        try sink.write(numbers.map { "\($0)" }.joined(separator: ",") + "\n")
      }
    }
  }
}
