import Foundation

/// What experiment files of all kinds have in common.
public struct ExperimentFile: Sendable {
  public let path: String
  public let title: String
  /// Topic and name, from the file's folder and name.
  public let topic: String
  public let name: String
  public let seed: UInt64
  public let configuration: ConfigurationFile

  static let keys: Set<String> = ["kind", "seed", "title"]

  init(_ configuration: ConfigurationFile, path: String) throws {
    self.configuration = configuration
    self.path = path
    let url = URL(fileURLWithPath: path).standardizedFileURL
    name = url.deletingPathExtension().lastPathComponent
    topic = url.deletingLastPathComponent().lastPathComponent
    title = try configuration["title"]?.string ?? name
    let seedNode = try configuration.node("seed")
    guard let seed = UInt64(exactly: try seedNode.int) else {
      throw ConfigurationError(
        at: seedNode.location, key: "seed", problem: "'\(try seedNode.int)' is below 0")
    }
    self.seed = seed
  }

  /// A file that the experiment names, relative to its own folder.
  func path(_ name: String) -> String {
    let folder = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent().path
    return name.hasPrefix("/") ? name : "\(folder)/\(name)"
  }
}

/// An experiment file, read and checked: everything its stages need.
public struct Experiment: Sendable {
  public let file: ExperimentFile
  public let kind: any ExperimentKind

  public var topic: String { file.topic }
  public var name: String { file.name }

  /// In order.
  public var stages: [Stage] { type(of: kind).stages }

  /// Reads `path`, with `overrides` such as `train.epochs=30` laid over it.
  ///
  /// - Throws: `ConfigurationError` naming line and key, `FileError` for the data it names.
  public init(path: String, overrides: [String] = [], seed: UInt64? = nil) throws {
    var configuration = try ConfigurationFile(path: path)
    for override in overrides { try configuration.set(override) }
    if let seed { try configuration.set("seed=\(seed)") }
    let kind = try configuration["kind"].map(Catalog.kind) ?? PosteriorExperiment.self
    try configuration.requireOnly(keys: ExperimentFile.keys.union(kind.sections))
    file = try ExperimentFile(configuration, path: path)
    self.kind = try kind.init(file)
  }

  /// What a stage depends on, upstream stages included.
  func fingerprint(of stage: Stage) throws -> String {
    // The order of a prior is that of the columns of theta.
    let text = try file.configuration.canonicalText(
      of: stage.sections, keepingOrderOf: ["prior"])
    return Sibyl.fingerprint([Sibyl.version, "\(file.seed)", kind.fingerprint, text])
  }
}
