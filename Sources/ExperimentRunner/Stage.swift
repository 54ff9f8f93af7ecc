import ArrayFiles
import Foundation
import Inference

/// A stage of an experiment; it has a folder of its name.
public struct Stage: Sendable, Hashable {
  public let name: String
  /// Sections of the experiment file that it depends on, those of the stages before it included.
  let sections: [String]

  init(_ name: String, sections: [String]) { (self.name, self.sections) = (name, sections) }
}

/// `stage.json`: what a stage's folder holds. Written when the stage starts and again when it is done.
struct StageRecord: Codable, Sendable {
  let fingerprint: String
  var finished = false
  var seconds = 0.0
  var metrics: [String: Double] = [:]

  static func path(_ folder: String) -> String { "\(folder)/stage.json" }

  static func read(in folder: String) throws -> StageRecord? {
    guard FileManager.default.fileExists(atPath: path(folder)) else { return nil }
    return try JSONFile.read(StageRecord.self, path(folder))
  }

  func write(in folder: String) throws { try JSONFile.write(self, to: Self.path(folder)) }
}

/// Why a results folder cannot be used as asked.
public struct ResultsError: Error, CustomStringConvertible, Sendable {
  public let description: String

  init(_ folder: String, _ problem: String) { description = "\(folder): \(problem)" }
}

/// What to do with results that are already there.
public enum ExistingResults: Sendable {
  /// Keep finished stages of the same configuration, refuse everything else.
  case keep
  /// Also go on with stages that were interrupted.
  case resume
  /// Replace whatever the configuration has outgrown.
  case replace
  /// Go on where the configuration is the same, replace where it is not: for folders of Sibyl's own.
  case renew
}
