import NeuralNetworks
import Probability
import Testing

@Suite struct ParameterLayoutTests {
  private func makeLayout() -> ParameterLayout {
    var layout = ParameterLayout()
    _ = layout.reserve("a", rows: 3, columns: 17, initialBound: 0.5)
    _ = layout.reserve(
      "b", rows: 7, columns: 5, initialBound: 2, mask: (0..<35).map { $0 % 4 != 0 })
    _ = layout.reserveBias("c", count: 17, initialBound: 0)
    return layout
  }

  @Test func blocksDoNotOverlap() {
    let layout = makeLayout()
    var owners = [Int](repeating: 0, count: layout.storedCount)
    for block in layout.blocks {
      for place in 0..<block.rows * Matrix.padded(block.columns) {
        owners[block.offset + place] += 1
      }
    }
    #expect(owners.allSatisfy { $0 == 1 })
  }

  @Test func initialValuesFillTheirBounds() {
    let layout = makeLayout()
    var stream = RandomStream(seed: 11, purpose: .initialization)
    var largest = [Float](repeating: 0, count: 3)
    for _ in 0..<50 {
      let values = layout.initialValues(using: &stream)
      #expect(forbiddenPlaces(layout).allSatisfy { values[$0] == 0 })
      for (index, block) in layout.blocks.enumerated() {
        let entries = layout.unpadded(block, of: values)
        #expect(entries.allSatisfy { abs($0) <= block.initialBound })
        largest[index] = max(largest[index], entries.map(abs).max()!)
        let existing = block.mask.map { $0.count { $0 } } ?? entries.count
        #expect(block.initialBound == 0 || entries.count { $0 != 0 } == existing)
      }
    }
    #expect(largest[0] > 0.49 && largest[1] > 1.9 && largest[2] == 0)
  }

  @Test func storedBlocksComeBack() {
    let layout = makeLayout()
    var values = [Float](repeating: 0, count: layout.storedCount)
    for (number, block) in layout.blocks.enumerated() {
      let entries = (0..<block.rows * block.columns).map { Float(number * 100 + $0 + 1) }
      layout.store(entries, as: block, in: &values)
      #expect(layout.unpadded(block, of: values) == entries)
    }
    // Later blocks did not overwrite earlier ones.
    #expect(layout.unpadded(layout.blocks[0], of: values).first == 1)
    #expect(layout.unpadded(layout.blocks[1], of: values).last == 135)
  }
}
