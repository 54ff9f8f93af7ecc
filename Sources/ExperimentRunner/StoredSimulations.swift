import ArrayFiles
import Foundation
import Inference
import NumericalMethods
import Probability

/// Simulations as a user names them.
public enum StoredSimulations {
  /// Opens a training set's folder, or an `.npz` with `theta`, `x` and perhaps `names`.
  ///
  /// - Parameter scratch: a folder for what must be expanded.
  /// - Throws: `FileError`, `Interrupted`.
  public static func open(
    _ path: String, scratch: String, monitor: WorkMonitor
  ) throws -> Simulations {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw FileError(path: path, problem: "there is no such file or folder")
    }
    let expected = "expected an .npz file with theta and x, or the folder of a training set"
    if isFolder.boolValue {
      guard FileManager.default.fileExists(atPath: "\(path)/manifest.json") else {
        throw FileError(path: path, problem: "is a folder without manifest.json; \(expected)")
      }
      let set = try TrainingSet(folder: path)
      monitor.note(
        "x is taken as it is stored: noise that an experiment adds to its simulator's signals is "
          + "not added")
      return set.simulations
    }
    guard try isArchive(path) else {
      throw FileError(path: path, problem: "is not an .npz file; \(expected)")
    }
    let simulations = try Simulations(archive: path, scratch: scratch, monitor: monitor)
    if simulations.excludedCount > 0 {
      monitor.note(
        "\(path): left out \(simulations.excludedCount) of "
          + "\(simulations.rowCount + simulations.excludedCount) simulations, whose theta or x is "
          + "not finite")
    }
    return simulations
  }

  /// Whether a file begins as zip archives do; a truncated one does as well.
  private static func isArchive(_ path: String) throws -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw FileError(path: path, problem: "cannot be read; check its permissions")
    }
    defer { try? file.close() }
    return try file.read(upToCount: 2) == Data("PK".utf8)
  }
}

extension JointPrior {
  /// The prior in a YAML file: its `prior` section, as in experiments, or the section alone.
  ///
  /// - Throws: `ConfigurationError`.
  public init(path: String) throws {
    let file = try ConfigurationFile(path: path)
    try self.init(try file["prior"] ?? file.root)
  }
}
