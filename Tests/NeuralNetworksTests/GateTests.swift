import Foundation
import NeuralNetworks
import Probability
import Testing

/// Derivatives are among those of all layers.
@Suite struct GateTests {
  @Test(arguments: [1, 16, 35], [false, true]) func addsWhatTheGateLetsThrough(
    batch: Int, isShared: Bool
  ) {
    let width = 7
    var stream = RandomStream(seed: 16, purpose: .initialization)
    let skip = normals(width * batch, using: &stream)
    let values = normals(width * batch, using: &stream)
    let gate = normals(width * (isShared ? 1 : batch), using: &stream).map { 3 * $0 }
    let output = evaluate([]) { pass in
      Gate.forward(
        skip: matrix(skip, rows: width, columns: batch, pass),
        values: matrix(values, rows: width, columns: batch, pass),
        gate: matrix(gate, rows: width, columns: isShared ? 1 : batch, pass), pass
      ).entries
    }
    let expected = skip.indices.map { index in
      skip[index] + values[index] / (1 + exp(-gate[isShared ? index / batch : index]))
    }
    #expect(largestDifference(output, expected) < 2e-6)
  }
}
