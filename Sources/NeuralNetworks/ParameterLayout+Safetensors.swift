import ArrayFiles

extension ParameterLayout {
  /// The blocks of an arena as named tensors without padding.
  public func tensors(
    of values: [Float], prefix: String
  ) -> [(name: String, shape: [Int], values: [Float])] {
    blocks.map { (prefix + $0.name, Self.shape($0), unpadded($0, of: values)) }
  }

  /// In files: a bias is a vector, though stored as a row.
  private static func shape(_ block: ParameterBlock) -> [Int] {
    block.isBias ? [block.columns] : [block.rows, block.columns]
  }

  /// The arena of named tensors. Throws `FileError` where one is missing or has another shape.
  public func values(in file: SafetensorsFile, prefix: String, path: String) throws -> [Float] {
    var values = [Float](repeating: 0, count: storedCount)
    for block in blocks {
      guard let tensor = file.tensors.first(where: { $0.name == prefix + block.name }) else {
        throw FileError(path: path, column: prefix + block.name, problem: "is missing")
      }
      guard tensor.shape == Self.shape(block) else {
        throw FileError(
          path: path, column: prefix + block.name,
          problem: "has shape \(tensor.shape), expected \(Self.shape(block))")
      }
      store(tensor.values, as: block, in: &values)
    }
    return values
  }
}
