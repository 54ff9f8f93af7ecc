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
      for visibility in visibilities {
        try sink.write(
          "\(visibility.u),\(visibility.v),\(visibility.value.real),\(visibility.value.imaginary),"
            + "\(visibility.sigma)\n")
      }
    }
  }
}
