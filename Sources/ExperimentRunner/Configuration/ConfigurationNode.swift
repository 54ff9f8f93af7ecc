/// A value of a configuration, which knows its key and where it was written.
public struct ConfigurationNode: Sendable {
  enum Content: Sendable {
    /// Quoted scalars are never null, and never numbers to the canonical text.
    case scalar(String, isQuoted: Bool)
    case sequence([ConfigurationNode])
    case mapping([Entry])
  }

  struct Entry: Sendable {
    var key: String
    var keyLocation: ConfigurationLocation
    var node: ConfigurationNode
  }

  var content: Content
  /// Dotted keys from the top of the file, `train.epochs` or `stages[2].name`; empty at the top.
  public let path: String
  /// Where the value was written.
  public let location: ConfigurationLocation
}

// MARK: - Values

extension ConfigurationNode {
  /// The scalar's text. Throws `ConfigurationError` for lists, mappings and null.
  public var string: String { get throws { try scalar() } }

  /// The number. Throws `ConfigurationError` for anything else; `.nan` is no number.
  public var double: Double { get throws { try scalar() } }

  /// The whole number, also spelt as `1e5`. Throws `ConfigurationError` for anything else.
  public var int: Int { get throws { try scalar() } }

  /// The truth value. Throws `ConfigurationError` for anything else.
  public var bool: Bool { get throws { try scalar() } }

  /// The elements of a list. Throws `ConfigurationError` for anything else.
  public var array: [ConfigurationNode] {
    get throws {
      guard case .sequence(let elements) = content else { throw mismatch(expected: "a list") }
      return elements
    }
  }

  /// The keys and values in the order of the file; none for null, so that a section may be empty.
  /// Throws `ConfigurationError` for lists and other scalars.
  public var mapping: [(key: String, node: ConfigurationNode)] {
    get throws { try entries.map { ($0.key, $0.node) } }
  }

  /// Whether the value is `null`, `~` or left out.
  public var isNull: Bool {
    guard case .scalar(let text, isQuoted: false) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// The value of `key`; nil where it is absent or null. Throws `ConfigurationError` when this is
  /// not a mapping.
  public subscript(key: String) -> ConfigurationNode? {
    get throws {
      let node = try entries.first { $0.key == key }?.node
      return node?.isNull == true ? nil : node
    }
  }

  /// The value of `key`. Throws `ConfigurationError` when it is absent.
  public func node(_ key: String) throws -> ConfigurationNode {
    guard let entry = try entries.first(where: { $0.key == key }) else {
      throw missing(key)
    }
    return entry.node
  }

  /// Throws `ConfigurationError` for the first key that is not among `keys`.
  public func requireOnly(keys: some Collection<String>) throws {
    let valid = Set(keys)
    guard let entry = try entries.first(where: { !valid.contains($0.key) }) else { return }
    throw ConfigurationError.unknownKey(
      entry.key, in: path, at: entry.keyLocation, valid: Array(valid))
  }
}

// MARK: - Building blocks

extension ConfigurationNode {
  var entries: [Entry] {
    get throws {
      if case .mapping(let entries) = content { return entries }
      if isNull { return [] }
      throw mismatch(expected: "a mapping of keys to values")
    }
  }

  func scalar<Value: ScalarValue>(_ type: Value.Type = Value.self) throws -> Value {
    guard case .scalar(let text, _) = content, !isNull, let value = Value(scalar: text) else {
      throw mismatch(expected: Value.expectation)
    }
    return value
  }

  func mismatch(expected: String) -> ConfigurationError {
    error("is \(seen), expected \(expected)")
  }

  func missing(_ key: String) -> ConfigurationError {
    let owner = path.isEmpty ? "" : " in '\(path)'"
    return ConfigurationError(
      at: location, key: child(key), problem: "missing key '\(key)'\(owner)")
  }

  /// An error at this node: `'train.epochs' <problem>`.
  func error(_ problem: String) -> ConfigurationError {
    let subject = path.isEmpty ? "the configuration" : "'\(path)'"
    return ConfigurationError(
      at: location, key: path.isEmpty ? nil : path, problem: "\(subject) \(problem)")
  }

  func child(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// The value as an error message shows it.
  private var seen: String {
    switch content {
    case .scalar where isNull: "empty"
    case .scalar(let text, _): text.count > 60 ? "'\(text.prefix(60))…'" : "'\(text)'"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}
