extension ConfigurationNode {
  /// The same text for all spellings of the same configuration, for fingerprints.
  ///
  /// Comments, layout and the order of keys leave no trace, and numbers have one spelling each;
  /// text that looks like a number must therefore be quoted to be told from it.
  ///
  /// - Parameter orderedKeys: keys, at any depth, in whose mapping the order means something, such
  ///   as the columns of a prior: their direct entries stay in the order of the file.
  public func canonicalText(keepingOrderOf orderedKeys: Set<String> = []) -> String {
    canonicalText(orderedKeys, isOrdered: false)
  }

  private func canonicalText(_ orderedKeys: Set<String>, isOrdered: Bool) -> String {
    switch content {
    case .scalar where isNull: return "null"
    case .scalar(let text, isQuoted: false): return ScalarNumber.canonical(text) ?? quoted(text)
    case .scalar(let text, isQuoted: true): return quoted(text)
    case .sequence(let elements):
      let texts = elements.map { $0.canonicalText(orderedKeys, isOrdered: false) }
      return "[\(texts.joined(separator: ", "))]"
    case .mapping(let entries):
      let written = isOrdered ? entries : entries.sorted { $0.key < $1.key }
      let texts = written.map { entry in
        let isOrdered = orderedKeys.contains(entry.key)
        let text = entry.node.canonicalText(orderedKeys, isOrdered: isOrdered)
        return "\(quoted(entry.key)): \(text)"
      }
      return "{\(texts.joined(separator: ", "))}"
    }
  }

  private func quoted(_ text: String) -> String {
    "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
  }
}
