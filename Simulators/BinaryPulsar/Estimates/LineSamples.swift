/// Polynomials of an orbit's line in their order, and γ² there.
struct LineSamples: ~Copyable {
  struct Sample {
    /// Of the way from the first place to the last, in eccentric anomaly.
    var part: Float
    /// Coefficients of the Legendre polynomials, as those of `PhasePolynomial` but in turns; then γ².
    var values: SIMD4<Float>

    var power: Float { values.w }

    /// The square of the distance of two polynomials, in turns.
    func separation(_ other: Sample) -> Float {
      var difference = values - other.values
      difference.w = 0
      return (difference * difference).sum()
    }
  }

  let samples: UnsafeMutablePointer<Sample>
  var count = 0
  /// Those of the cells chosen last, named by their first sample.
  private let cells: UnsafeMutablePointer<Int>
  private(set) var cellCount = 0

  /// The most cells that are chosen at a time, and the samples that are put into each.
  static let mostCells = 8
  static let cuts = 4

  init(capacity: Int) {
    samples = .allocate(capacity: capacity)
    cells = .allocate(capacity: Self.mostCells)
  }

  deinit {
    samples.deallocate()
    cells.deallocate()
  }

  /// Chooses the cells that promise most of those so long that a parabola does not do.
  mutating func choose() {
    var best: Float = 0
    for index in 0..<count { best = max(best, samples[index].power) }
    // 0.3 radians of root mean square.
    let long: Float = (0.3 / (2 * .pi)) * (0.3 / (2 * .pi))
    cellCount = 0
    for cell in 0..<count - 1 {
      let power = promise(cell)
      if power < 0.3 * best || samples[cell].separation(samples[cell + 1]) < long { continue }
      if cellCount == Self.mostCells {
        if power <= promise(cells[cellCount - 1]) { continue }
        cellCount -= 1
      }
      var place = cellCount
      while place > 0 && promise(cells[place - 1]) < power {
        cells[place] = cells[place - 1]
        place -= 1
      }
      cells[place] = cell
      cellCount += 1
    }
    var chosen = UnsafeMutableBufferPointer(start: cells, count: cellCount)
    chosen.sort()
  }

  private func promise(_ cell: Int) -> Float {
    max(samples[cell].power, samples[cell + 1].power)
  }

  /// Writes the parts that cut the chosen cells into equal pieces, in their order; returns how many there are.
  func cut(into parts: UnsafeMutablePointer<Float>) -> Int {
    for number in 0..<cellCount {
      let from = samples[cells[number]].part
      let step = (samples[cells[number] + 1].part - from) / Float(Self.cuts + 1)
      for cut in 0..<Self.cuts {
        parts[Self.cuts * number + cut] = from + step * Float(cut + 1)
      }
    }
    return Self.cuts * cellCount
  }

  /// Takes up the samples at the cuts.
  mutating func insert(_ added: UnsafeMutablePointer<Sample>) {
    var (last, next) = (count - 1, Self.cuts * cellCount - 1)
    count += Self.cuts * cellCount
    var target = count - 1
    for number in (0..<cellCount).reversed() {
      while last > cells[number] {
        samples[target] = samples[last]
        (last, target) = (last - 1, target - 1)
      }
      for _ in 0..<Self.cuts {
        samples[target] = added[next]
        (next, target) = (next - 1, target - 1)
      }
    }
  }

  /// The largest γ², by a parabola through its neighbours where it has two.
  var peak: Float {
    var best = 0
    for index in 1..<count where samples[index].power > samples[best].power { best = index }
    let power = samples[best].power
    guard best > 0, best < count - 1 else { return power }
    let (before, after) = (samples[best - 1], samples[best + 1])
    let (left, right) = (samples[best].part - before.part, after.part - samples[best].part)
    let (rise, fall) = ((power - before.power) / left, (after.power - power) / right)
    let bend = (fall - rise) / (left + right)
    let slope = (rise * right + fall * left) / (left + right)
    guard bend < 0 else { return power }
    // With equal steps a maximum is no further above its neighbours; with others a parabola is a guess.
    return power
      + min(-slope * slope / (4 * bend), 0.125 * (power - min(before.power, after.power)))
  }
}
