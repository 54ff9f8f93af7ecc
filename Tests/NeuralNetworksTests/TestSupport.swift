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
  var isForbidden = [Float](repeating: 1, count: layout.storedCount)
  for block in layout.blocks {
    let entries = (0..<block.rows * block.columns).map { block.mask?[$0] == false ? Float(1) : 0 }
    layout.store(entries, as: block, in: &isForbidden)
  }
  return isForbidden.indices.filter { isForbidden[$0] == 1 }
}

/// Matrix `[rows, columns]` of a pass with these values, row by row.
///
/// What is in the padding must not matter, as long as it is finite: inputs may have anything there.
func matrix(
  _ values: [Double], rows: Int, columns: Int, padding: Float = 0, _ pass: Pass
) -> Matrix {
  precondition(values.count == rows * columns)
  let matrix = pass.matrix(rows: rows, columns: columns)
  matrix.fill(padding)
  for index in values.indices { matrix[index / columns, index % columns] = Float(values[index]) }
  return matrix
}

extension Matrix {
  /// The entries `[rows · columns]` without padding.
  var entries: [Double] {
    (0..<rows).flatMap { row in (0..<columns).map { Double(self[row, $0]) } }
  }

  var paddingIsZero: Bool {
    (0..<rows).allSatisfy { row in (columns..<stride).allSatisfy { self[row, $0] == 0 } }
  }
}

/// Runs `body` in a pass with these parameters, and adds what it accumulates to `gradients`.
func evaluate<Result>(
  _ parameters: [Float], gradients: inout [Float], _ body: (Pass) -> Result
) -> Result {
  // One more vector, for layers without parameters.
  var (arena, sums) = (parameters + [Float](repeating: 0, count: 16), gradients)
  sums += [Float](repeating: 0, count: 16)
  defer { gradients = Array(sums.prefix(gradients.count)) }
  return arena.withUnsafeMutableBufferPointer { arena in
    sums.withUnsafeMutableBufferPointer { sums in
      let pass = Pass()
      pass.begin(parameters: arena.baseAddress!, gradients: sums.baseAddress!)
      return body(pass)
    }
  }
}

/// Runs `body` in a pass that only evaluates.
func evaluate<Result>(_ parameters: [Float], _ body: (Pass) -> Result) -> Result {
  var arena = parameters + [Float](repeating: 0, count: 16)
  return arena.withUnsafeMutableBufferPointer { arena in
    let pass = Pass()
    pass.begin(parameters: arena.baseAddress!)
    return body(pass)
  }
}

func normals(_ count: Int, using stream: inout RandomStream) -> [Double] {
  (0..<count).map { _ in stream.normal() }
}

func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
  precondition(a.count == b.count)
  return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
