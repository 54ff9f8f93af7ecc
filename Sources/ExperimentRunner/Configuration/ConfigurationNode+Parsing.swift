import Foundation
import Yams

extension ConfigurationNode {
  /// Parses one YAML document; empty text is an empty mapping.
  ///
  /// - Parameters:
  ///   - path: the dotted path of the node within the configuration.
  ///   - locate: turns a position in `text` into a location.
  static func parse(
    _ text: String, path: String = "",
    locate: (_ line: Int, _ column: Int) -> ConfigurationLocation
  ) throws -> ConfigurationNode {
    do {
      guard let root = try Yams.compose(yaml: text) else {
        return ConfigurationNode(
          content: .scalar("", isQuoted: false), path: path, location: locate(1, 1))
      }
      return try ConfigurationNode(root, path: path, locate: locate)
    } catch let error as YamlError {
      throw syntaxError(error, locate: locate)
    }
  }

  private init(
    _ node: Node, path: String, locate: (Int, Int) -> ConfigurationLocation
  ) throws {
    func location(of node: Node) -> ConfigurationLocation {
      locate(node.mark?.line ?? 1, node.mark?.column ?? 1)
    }
    self.path = path
    self.location = location(of: node)
    switch node {
    case .scalar(let scalar):
      content = .scalar(scalar.string, isQuoted: scalar.style != .plain)
    case .sequence(let elements):
      content = .sequence(
        try elements.enumerated().map { index, element in
          try ConfigurationNode(element, path: "\(path)[\(index)]", locate: locate)
        })
    case .mapping(let pairs):
      content = .mapping([])
      var entries: [Entry] = []
      for (key, value) in pairs {
        let keyLocation = location(of: key)
        guard let name = key.scalar?.string else {
          throw ConfigurationError(
            at: keyLocation, key: path.isEmpty ? nil : path,
            problem: "a key is a list or a mapping, expected text")
        }
        if let first = entries.first(where: { $0.key == name }) {
          throw ConfigurationError(
            at: keyLocation, key: child(name),
            problem: "key '\(name)' is given twice, first at \(first.keyLocation)")
        }
        let node = try ConfigurationNode(value, path: child(name), locate: locate)
        entries.append(Entry(key: name, keyLocation: keyLocation, node: node))
      }
      content = .mapping(entries)
    case .alias:
      preconditionFailure("the parser resolves aliases")
    }
  }

  private static func syntaxError(
    _ error: YamlError, locate: (Int, Int) -> ConfigurationLocation
  ) -> ConfigurationError {
    func at(
      _ line: Int, _ column: Int, key: String? = nil, _ problem: String
    ) -> ConfigurationError {
      let location = locate(line, column)
      return ConfigurationError(
        file: location.source, line: location.line, column: location.column, key: key,
        problem: problem)
    }
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      return at(
        mark.line, mark.column,
        [context?.text, problem].compactMap(\.self).joined(separator: ": "))
    case .duplicatedKeysInMapping(let keys, let context):
      let key = keys.first ?? ""
      return at(
        context.mark.line, context.mark.column, key: key,
        "key '\(key)' is given twice, first here")
    case .reader(let problem, let offset, _, let text):
      let before = text.prefix(offset ?? 0)
      let line = before.count { $0.isNewline } + 1
      let column = before.reversed().prefix { !$0.isNewline }.count + 1
      return at(line, column, problem)
    default:
      return ConfigurationError(file: locate(1, 1).source, problem: "cannot be read: \(error)")
    }
  }
}
