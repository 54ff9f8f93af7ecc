import Probability

/// Where one weight matrix or bias lives in the parameter arena, and how it starts.
public struct ParameterBlock: Sendable {
  public let name: String
  public let rows: Int
  public let columns: Int
  public let offset: Int
  /// Half-width of the uniform distribution of the initial values; 0 starts at zero.
  public let initialBound: Float
  /// Connections that exist, `[rows, columns]` row-major; nil where all do.
  public let mask: [Bool]?
  /// Whether it is added and not multiplied with: such parameters do not decay.
  public let isBias: Bool

  var storedCount: Int { rows * Matrix.padded(columns) }

  /// The block as a matrix inside an arena that starts at `base`.
  public func matrix(in base: UnsafeMutablePointer<Float>) -> Matrix {
    Matrix(elements: base + offset, rows: rows, columns: columns)
  }
}

/// The map of one contiguous arena that holds every parameter of a model.
///
/// Gradients and the optimiser's moments use the same map, so that clipping and Adam are loops over
/// plain vectors.
public struct ParameterLayout: Sendable {
  public private(set) var blocks: [ParameterBlock] = []
  public private(set) var storedCount = 0

  public init() {}

  /// Reserves weights `[rows, columns]`.
  public mutating func reserve(
    _ name: String, rows: Int, columns: Int, initialBound: Float, mask: [Bool]? = nil
  ) -> ParameterBlock {
    precondition(mask == nil || mask!.count == rows * columns)
    return append(
      ParameterBlock(
        name: name, rows: rows, columns: columns, offset: storedCount, initialBound: initialBound,
        mask: mask, isBias: false))
  }

  /// Reserves a bias `[1, count]`.
  public mutating func reserveBias(
    _ name: String, count: Int, initialBound: Float
  ) -> ParameterBlock {
    append(
      ParameterBlock(
        name: name, rows: 1, columns: count, offset: storedCount, initialBound: initialBound,
        mask: nil, isBias: true))
  }

  private mutating func append(_ block: ParameterBlock) -> ParameterBlock {
    precondition(!blocks.contains { $0.name == block.name }, "two parameters named \(block.name)")
    blocks.append(block)
    storedCount += block.storedCount
    return block
  }

  /// Initial values `[storedCount]`; zero where a mask or the padding forbids a weight.
  public func initialValues(using generator: inout some RandomNumberGenerator) -> [Float] {
    var values = [Float](repeating: 0, count: storedCount)
    for block in blocks where block.initialBound > 0 {
      for row in 0..<block.rows {
        for column in 0..<block.columns {
          let draw = Float(2 * generator.uniform() - 1) * block.initialBound
          if let mask = block.mask, !mask[row * block.columns + column] { continue }
          values[block.offset + row * Matrix.padded(block.columns) + column] = draw
        }
      }
    }
    return values
  }

  /// A block's values without padding `[rows · columns]`.
  public func unpadded(_ block: ParameterBlock, of values: [Float]) -> [Float] {
    let stride = Matrix.padded(block.columns)
    return (0..<block.rows).flatMap { row in
      values[(block.offset + row * stride)...].prefix(block.columns)
    }
  }

  /// Writes a block's values `[rows · columns]` into the arena.
  public func store(_ unpadded: [Float], as block: ParameterBlock, in values: inout [Float]) {
    precondition(unpadded.count == block.rows * block.columns)
    let stride = Matrix.padded(block.columns)
    for row in 0..<block.rows {
      for column in 0..<block.columns {
        values[block.offset + row * stride + column] = unpadded[row * block.columns + column]
      }
    }
  }
}

/// The parts of an arena that threads work on: whole vectors, and as many as its size alone decides.
public func arenaParts(_ count: Int) -> [Range<Int>] {
  let vectors = count / 16
  let parts = min(max(vectors / 512, 1), 16)
  return (0..<parts).map { 16 * (vectors * $0 / parts)..<16 * (vectors * ($0 + 1) / parts) }
}
