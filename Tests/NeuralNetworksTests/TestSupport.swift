import NeuralNetworks
import Probability

/// An arena of normal random values; zero where a mask or the padding forbids a weight.
func randomArena(
  _ layout: ParameterLayout, scale: Double, using stream: inout RandomStream
) -> [Float] {
  var values = [Float](repeating: 0, count: layout.storedCount)
  for block in layout.blocks {
    let entries = (0..<block.rows * block.columns).map { index in
      block.mask?[index] == false ? 0 : Float(scale * stream.normal())
    }
    layout.store(entries, as: block, in: &values)
  }
  return values
}

/// The places of an arena that must stay zero: padding and masked weights.
func forbiddenPlaces(_ layout: ParameterLayout) -> [Int] {
  layout.blocks.flatMap { block in
    let stride = Matrix.padded(block.columns)
    return (0..<block.rows * stride).compactMap { place in
      let (row, column) = (place / stride, place % stride)
      let exists =
        column < block.columns && block.mask?[row * block.columns + column] != false
      return exists ? nil : block.offset + place
    }
  }
}

/// Matrix `[rows, columns]` of a pass with these values, padding zero.
func matrix(_ values: [Double], rows: Int, columns: Int, _ pass: Pass) -> Matrix {
  let matrix = pass.matrix(rows: rows, columns: columns)
  matrix.fill(0)
  for index in values.indices { matrix[index / columns, index % columns] = Float(values[index]) }
  return matrix
}

extension Matrix {
  /// The entries `[rows · columns]` without padding.
  var entries: [Double] {
    (0..<rows).flatMap { row in (0..<columns).map { Double(self[row, $0]) } }
  }

  var paddingIsZero: Bool {
    (0..<rows).allSatisfy { row in
      (columns..<stride).allSatisfy { elements[row * stride + $0] == 0 }
    }
  }
}

func normals(_ count: Int, using stream: inout RandomStream) -> [Double] {
  (0..<count).map { _ in stream.normal() }
}

func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
