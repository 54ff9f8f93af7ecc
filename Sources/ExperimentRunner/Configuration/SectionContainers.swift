/// A mapping of `SectionDecoder`: the user's keys in snake_case over the defaults' own keys.
struct KeyedSection<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: SectionDecoder
  var codingPath: [any CodingKey] { decoder.codingPath }

  /// The keys that were written or, where nothing was, those of the default: a dictionary, or the
  /// case of an enumeration, replaces its default as a whole.
  var allKeys: [Key] {
    let source = decoder.written?.isNull == false ? decoder.written : decoder.fallback
    return ((try? source?.entries) ?? []).compactMap { entry in
      Key(stringValue: entry.key) ?? Key(stringValue: camelCase(entry.key))
    }
  }

  func contains(_ key: Key) -> Bool { child(key) != nil }

  func decodeNil(forKey key: Key) throws -> Bool { try required(key).node.isNull }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    try required(key).value(type)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try required(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try required(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { decoder }

  func superDecoder(forKey key: Key) throws -> any Decoder { try required(key) }

  private func required(_ key: Key) throws -> SectionDecoder {
    guard let child = child(key) else { throw decoder.node.missing(name(of: key)) }
    return child
  }

  /// The decoder standing on `key`, nil where neither the user nor the defaults have it.
  private func child(_ key: Key) -> SectionDecoder? {
    let name = name(of: key)
    if let written = decoder.written { decoder.keys.record([name], of: written) }
    let written = entry(name, of: decoder.written)
    let fallback = entry(key.stringValue, of: decoder.fallback)
    guard written != nil || fallback != nil else { return nil }
    return SectionDecoder(
      written: written, fallback: fallback, keys: decoder.keys, usesVerbatimKeys: false,
      codingPath: codingPath + [key])
  }

  private func entry(_ key: String, of node: ConfigurationNode?) -> ConfigurationNode? {
    (try? node?.entries)?.first { $0.key == key }?.node
  }

  private func name(of key: Key) -> String {
    decoder.usesVerbatimKeys ? key.stringValue : SnakeCase.from(key.stringValue)
  }

  private func camelCase(_ name: String) -> String {
    name.replacing(/([a-z0-9])_([a-z0-9])/) { "\($0.1)\($0.2.uppercased())" }
  }
}

/// A list of `SectionDecoder`, which replaces the default list as a whole.
struct SectionList: UnkeyedDecodingContainer {
  let decoder: SectionDecoder
  let elements: [ConfigurationNode]
  var currentIndex = 0
  var codingPath: [any CodingKey] { decoder.codingPath }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex == elements.count }

  init(decoder: SectionDecoder, elements: [ConfigurationNode]) {
    self.decoder = decoder
    self.elements = elements
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, elements[currentIndex].isNull else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next().value(type) }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    try next().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try next().unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder { try next() }

  private mutating func next() throws -> SectionDecoder {
    guard !isAtEnd else {
      throw decoder.node.error("has \(elements.count) elements, expected more")
    }
    defer { currentIndex += 1 }
    let isWritten = decoder.written != nil
    let element = elements[currentIndex]
    return SectionDecoder(
      written: isWritten ? element : nil, fallback: isWritten ? nil : element, keys: decoder.keys,
      usesVerbatimKeys: false, codingPath: codingPath)
  }
}

/// A value of `SectionDecoder` for types that decode from a single one.
struct SingleSectionValue: SingleValueDecodingContainer {
  let decoder: SectionDecoder
  var codingPath: [any CodingKey] { decoder.codingPath }

  func decodeNil() -> Bool { decoder.node.isNull }
  func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.value(type) }
}
