import Foundation
import NumericalMethods

extension ConfigurationNode {
  /// The settings under `key` laid over `defaults`; `defaults` itself where the key is absent.
  ///
  /// The YAML keys are the snake_case names of the stored properties, nested ones included. A list
  /// replaces its default as a whole, as the keys of a dictionary do; an explicit null empties an
  /// optional.
  ///
  /// - Parameter otherKeys: keys of the section that belong to somebody else, such as `kind`.
  ///
  /// Throws `ConfigurationError` for unknown keys, for values of the wrong type, and for numbers outside
  /// the ranges of `CheckedSettings`.
  public func section<C: Codable>(
    _ key: String, defaults: C, besides otherKeys: [String] = []
  ) throws -> C {
    guard let node = try self[key] else { return defaults }
    return try node.decoded(over: defaults, besides: otherKeys)
  }

  /// This node's settings laid over `defaults`; see `section`.
  public func decoded<C: Codable>(over defaults: C, besides otherKeys: [String] = []) throws -> C {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: ".inf", negativeInfinity: "-.inf", nan: ".nan")
    // JSON is YAML, so that the defaults become a tree of the same kind as the settings.
    let json = String(decoding: try encoder.encode(defaults), as: UTF8.self)
    let fallback = try ConfigurationNode.parse(json, path: path) { _, _ in
      ConfigurationLocation(source: "default of \(C.self)")
    }
    let keys = RequestedKeys()
    if !otherKeys.isEmpty { keys.record(otherKeys, of: self) }
    let decoder = SectionDecoder(
      written: self, fallback: fallback, keys: keys, usesVerbatimKeys: false, codingPath: [])
    let value = try decoder.value(C.self)
    try keys.check()
    if let settings = value as? any CheckedSettings { try check(settings.ranges) }
    return value
  }

  /// Throws `ConfigurationError` for the first number outside its range, at the place of its key.
  private func check(_ ranges: [SettingRange]) throws {
    for setting in ranges where !setting.isKept {
      var place = self
      for part in setting.key.split(separator: ".") { place = try place[String(part)] ?? place }
      throw ConfigurationError(
        at: place.location, key: child(setting.key),
        problem: "'\(child(setting.key))' is \(Self.text(setting.value)), expected "
          + "\(Self.text(setting.range.lowerBound)) to \(Self.text(setting.range.upperBound))")
    }
  }

  private static func text(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? "\(number)"
  }
}

/// The keys that decoding asked for, by mapping: what is not among them is unknown.
///
/// Asking the decoding rather than the encoding finds optionals too, which are not encoded when nil.
final class RequestedKeys {
  private var keys: [String: (node: ConfigurationNode, names: Set<String>)] = [:]
  private var paths: [String] = []

  func record(_ names: [String], of node: ConfigurationNode) {
    if keys[node.path] == nil { paths.append(node.path) }
    keys[node.path, default: (node, [])].names.formUnion(names)
  }

  func check() throws {
    for path in paths {
      if let (node, names) = keys[path] { try node.requireOnly(keys: names) }
    }
  }
}

/// Decodes what the user wrote laid over the defaults, and records every key asked for.
struct SectionDecoder: Decoder {
  /// The user's value; nil where there is none.
  let written: ConfigurationNode?
  /// The encoded default, with the property names as keys; nil where there is none.
  let fallback: ConfigurationNode?
  let keys: RequestedKeys
  /// True inside a dictionary, whose keys are data rather than property names.
  let usesVerbatimKeys: Bool
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  /// The value that counts.
  var node: ConfigurationNode {
    guard let node = written ?? fallback else {
      preconditionFailure("a decoder always stands on a value")
    }
    return node
  }

  func value<T: Decodable>(_ type: T.Type) throws -> T {
    if let scalar = type as? any ScalarValue.Type, let value = try node.scalar(scalar) as? T {
      return value
    }
    if let choices = type as? any (CaseIterable & RawRepresentable<String>).Type,
      let value = try choice(choices) as? T
    {
      return value
    }
    do {
      return try T(
        from: SectionDecoder(
          written: written, fallback: fallback, keys: keys,
          usesVerbatimKeys: type is any StringKeyed.Type, codingPath: codingPath))
    } catch let error as ConfigurationError {
      throw error
    } catch DecodingError.valueNotFound(_, let context),
      DecodingError.typeMismatch(_, let context), DecodingError.dataCorrupted(let context)
    {
      throw node.error("cannot be used: \(context.debugDescription)")
    } catch {
      throw node.error("cannot be used: \(error)")
    }
  }

  /// An enumeration's case by its raw value, camelCase as declared or in snake_case.
  private func choice<C: CaseIterable & RawRepresentable<String>>(_ type: C.Type) throws -> C {
    let text: String = try node.scalar()
    let names = C.allCases.map { SnakeCase.from($0.rawValue) }
    if let match = zip(C.allCases, names).first(where: { $0.rawValue == text || $1 == text }) {
      return match.0
    }
    let hint = NearestName.suggest(text, among: names).map { "; did you mean '\($0)'?" } ?? ""
    throw node.error("is '\(text)', expected one of \(names.joined(separator: ", "))\(hint)")
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    // Reading the entries rejects what is neither a mapping nor null.
    if let written {
      _ = try written.entries
      keys.record([], of: written)
    }
    return KeyedDecodingContainer(KeyedSection<Key>(decoder: self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    SectionList(decoder: self, elements: try node.array)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer {
    SingleSectionValue(decoder: self)
  }
}

/// Marks the dictionaries whose keys are data.
private protocol StringKeyed {}
extension Dictionary: StringKeyed where Key == String {}

/// Property names as YAML keys.
enum SnakeCase {
  /// `batchSize` → `batch_size`, `usesNSFFlow` → `uses_nsf_flow`, `l1Weight` → `l1_weight`.
  static func from(_ name: String) -> String {
    name
      .replacing(/([a-z0-9])([A-Z])/) { "\($0.1)_\($0.2)" }
      .replacing(/([A-Z])([A-Z][a-z])/) { "\($0.1)_\($0.2)" }
      .lowercased()
  }
}
