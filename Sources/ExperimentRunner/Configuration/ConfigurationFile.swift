import Foundation

/// An experiment's YAML file, strict about keys, types and duplicates; every error names the line.
public struct ConfigurationFile: Sendable {
  /// The whole configuration, always a mapping.
  public private(set) var root: ConfigurationNode

  /// Reads the file at `path`. Throws `ConfigurationError` when it cannot be read or is not YAML.
  public init(path: String) throws {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw ConfigurationError(file: path, problem: "no such file")
    }
    guard !isDirectory.boolValue else {
      throw ConfigurationError(file: path, problem: "is a folder, expected a YAML file")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ConfigurationError(file: path, problem: "cannot be read; check its permissions")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw ConfigurationError(file: path, problem: "is not UTF-8 text, expected a YAML file")
    }
    try self.init(text: text, name: path)
  }

  /// Parses `text`; errors call it `name`. Throws `ConfigurationError` when it is not YAML.
  public init(text: String, name: String) throws {
    root = try ConfigurationNode.parse(text) { line, column in
      ConfigurationLocation(source: name, line: line, column: column)
    }
    root.content = .mapping(try root.entries)
  }

  /// The value of the top-level `key`; nil where it is absent or null.
  public subscript(key: String) -> ConfigurationNode? { get throws { try root[key] } }

  /// The value of the top-level `key`. Throws `ConfigurationError` when it is absent.
  public func node(_ key: String) throws -> ConfigurationNode { try root.node(key) }

  /// Throws `ConfigurationError` for the first top-level key that is not among `keys`.
  public func requireOnly(keys: some Collection<String>) throws {
    try root.requireOnly(keys: keys)
  }

  /// The settings under the top-level `key` laid over `defaults`; see `ConfigurationNode.section`.
  public func section<C: Codable>(
    _ key: String, defaults: C, besides otherKeys: [String] = []
  ) throws -> C {
    try root.section(key, defaults: defaults, besides: otherKeys)
  }

  /// One text for all spellings of the values of the top-level `keys`, for fingerprints; absent
  /// keys are left out. See `ConfigurationNode.canonicalText`.
  public func canonicalText(
    of keys: [String], keepingOrderOf orderedKeys: Set<String> = []
  ) throws -> String {
    var selection = root
    selection.content = .mapping(try root.entries.filter { keys.contains($0.key) })
    return selection.canonicalText(keepingOrderOf: orderedKeys)
  }
}

// MARK: - Overrides

extension ConfigurationFile {
  /// Replaces or creates one value: `train.epochs=30`, the right side being YAML.
  ///
  /// Errors in the value, now or when it is used, are attributed to `--set train.epochs=30`.
  ///
  /// Throws `ConfigurationError` when the assignment has no key, its value is not YAML, or its path
  /// leads through something that is not a mapping.
  public mutating func set(_ assignment: String) throws {
    let location = ConfigurationLocation(source: "--set \(assignment)")
    let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let keys = parts[0].split(separator: ".", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    guard parts.count == 2, !keys.contains("") else {
      throw ConfigurationError(
        at: location, key: nil, problem: "expected key=value or key.key=value")
    }
    let path = keys.joined(separator: ".")
    let value = try ConfigurationNode.parse(String(parts[1]), path: path) { _, _ in location }
    try root.assign(value, at: keys[...], location: location)
  }
}

extension ConfigurationNode {
  fileprivate mutating func assign(
    _ value: ConfigurationNode, at keys: ArraySlice<String>, location: ConfigurationLocation
  ) throws {
    guard let key = keys.first else {
      self = value
      return
    }
    guard var entries = try? entries else {
      throw ConfigurationError(
        at: location, key: path, problem: "'\(path)' is not a mapping (\(self.location))")
    }
    let index = entries.firstIndex { $0.key == key } ?? entries.endIndex
    if index == entries.endIndex {
      let empty = ConfigurationNode(content: .mapping([]), path: child(key), location: location)
      entries.append(Entry(key: key, keyLocation: location, node: empty))
    }
    try entries[index].node.assign(value, at: keys.dropFirst(), location: location)
    content = .mapping(entries)
  }
}
