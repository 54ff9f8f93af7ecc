import Foundation
import NumericalMethods
import SparseModeling
import Testing

@Suite struct SinusoidPairsTests {
  private let bands: [TimeSeries]
  private let bases: [OrthonormalColumns]
  private let residuals: [[Double]]
  private let grid = FrequencyGrid(first: 0, step: 1.0 / 3000, count: 20_001)

  init() throws {
    bands = [
      try LombScargleReference.series(120, seed: 21),
      try LombScargleReference.series(77, seed: 22, duration: 222),
    ]
    bases = bands.map { OrthonormalColumns(polynomial: 1, times: $0.times, errors: $0.errors) }
    residuals = zip(bands, bases).map { band, basis in
      basis.projectingOut(from: zip(band.values, band.errors).map { $0 / $1 })
    }
  }

  private func pairs(threads: Int = 1) -> SinusoidPairs {
    SinusoidPairs(
      bands: bands.map { ($0.times, $0.errors) }, bases: bases, grid: grid, threads: threads)
  }

  @Test func squaresAreDropsOfChiSquare() {
    let periodogram = LombScargle.periodogram(of: bands, degree: 1, grid: grid)
    let pairs = pairs()
    let squares = pairs.squares(of: residuals)
    #expect(
      zip(squares, periodogram.drop).allSatisfy { abs($0 - $1) < 1e-9 * periodogram.chiSquare })
    #expect(pairs.singular == [0])
    #expect(periodogram.singular == [0])
  }

  @Test func columnsAreOrthonormalAndGiveTheSquares() {
    let pairs = pairs()
    let squares = pairs.squares(of: residuals)
    for index in [0, 1, 2, 7, 100, 2_141, 5_555, 20_000] {
      let columns = pairs.columns(at: index)
      var sum = 0.0
      for (band, pair) in columns.enumerated() {
        let norm = index == 0 ? 0.0 : 1.0
        #expect(abs(dot(pair[0], pair[0]) - norm) < 1e-12)
        #expect(abs(dot(pair[1], pair[1]) - norm) < 1e-12)
        #expect(abs(dot(pair[0], pair[1])) < 1e-12)
        for other in bases[band].columns {
          #expect(abs(dot(pair[0], other)) < 1e-12 && abs(dot(pair[1], other)) < 1e-12)
        }
        for column in pair { sum += dot(column, residuals[band]) * dot(column, residuals[band]) }
      }
      #expect(abs(sum - squares[index]) < 1e-9 * squares.max()!)
    }
  }

  @Test func blocksAreUpdatedAlone() {
    let pairs = pairs()
    let squares = pairs.squares(of: residuals)
    #expect(pairs.blockCount > 2)
    #expect((0..<pairs.blockCount).flatMap { pairs.indices(ofBlock: $0) } == Array(0..<grid.count))
    var some = [Double](repeating: -1, count: grid.count)
    pairs.update(&some, with: residuals, blocks: [1])
    let block = pairs.indices(ofBlock: 1)
    for index in some.indices {
      #expect(some[index] == (block.contains(index) ? squares[index] : -1))
    }
  }

  @Test func threadsChangeNothing() {
    #expect(pairs().squares(of: residuals) == pairs(threads: 3).squares(of: residuals))
  }
}
