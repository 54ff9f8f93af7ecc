import Foundation
import NumericalMethods

/// What sinusoids at the frequencies of a grid have in common with a band's baseline and with sinusoids at
/// any other frequencies, without sums over points: products of two are the window at the difference and
/// at the sum of their frequencies, which is interpolated from a table.
///
/// A scan beside any number of modes then takes one transform, that of the residual, and the products only
/// where they matter.
///
/// Memory: 104 bytes a frequency with one baseline column.
final class SinusoidOverlaps: Sendable {
  typealias Lanes = SIMD8<Double>

  let count: Int
  private let band: WhitenedSeries.Band
  private let grid: FrequencyGrid
  private let threads: Int
  private let spectra: BlockSpectra
  /// Products of cosine and sine beside the baseline, then their sums with its columns, `[grid]` each, in
  /// whole vectors.
  private let pairs: (cc: [Double], ss: [Double], cs: [Double])
  private let baselines: [(cosine: [Double], sine: [Double])]
  /// Σ w exp(2πi k step t) for k from −`origin` on.
  private let window: (real: [Double], imaginary: [Double])
  private let origin: Int
  private let total: Double

  /// Lagrange's polynomials through eight points: of five to each 1/T, exact to 3e-5.
  private static let taps = 8
  /// The largest product of `step` and T for which they are used.
  static let largestStep = 1.0 / 4

  init(_ band: WhitenedSeries.Band, grid: FrequencyGrid, threads: Int) {
    let times = OrderedTimes(band.times)
    let middle = band.times.min()! + times.duration / 2
    self.band = WhitenedSeries.Band(
      times: band.times.map { $0 - middle }, whitening: band.whitening, values: band.values,
      baseline: band.baseline)
    (self.grid, self.threads) = (grid, threads)
    let padded = (grid.count + 7) / 8 * 8
    count = padded
    let layout = FrequencyBlocks(
      grid: grid, duration: times.duration, points: band.times.count, multiple: 2)
    let spectra = BlockSpectra(times, layout: layout, multiples: [1, 2])
    self.spectra = spectra
    let weights = band.whitening.map { $0 * $0 }
    let total = weights.reduce(0, +)
    self.total = total
    let columns = band.baseline.columns.count
    let terms =
      [spectra.term(weights, multiple: 2)]
      + band.baseline.columns.map { column in
        spectra.term(zip(column, band.whitening).map { $0 * $1 }, multiple: 1)
      }
    var planes = Self.planes(3 + 2 * columns, padded) { planes in
      nonisolated(unsafe) let planes = planes
      spectra.run(terms, blocks: Array(0..<layout.count), threads: threads) { chunk in
        for vector in chunk.vectors {
          let pair = chunk.geometry(vector, total: total, window: 0, others: 1..<terms.count)
          chunk.write(pair.cc, vector, to: planes[0])
          chunk.write(pair.ss, vector, to: planes[1])
          chunk.write(pair.cs, vector, to: planes[2])
          for column in 0..<columns {
            chunk.write(chunk.real(1 + column, vector), vector, to: planes[3 + 2 * column])
            chunk.write(chunk.imaginary(1 + column, vector), vector, to: planes[4 + 2 * column])
          }
        }
      }
    }
    pairs = (planes[0], planes[1], planes[2])
    baselines = (0..<columns).map { (planes[3 + 2 * $0], planes[4 + 2 * $0]) }
    let top = Int((grid.last / grid.step).rounded(.up)) + Self.taps + 8
    let wide = FrequencyGrid(first: 0, step: grid.step, count: 2 * top)
    let wideLayout = FrequencyBlocks(
      grid: wide, duration: times.duration, points: band.times.count, multiple: 1)
    let wideSpectra = BlockSpectra(times, layout: wideLayout, multiples: [1])
    planes = Self.planes(2, 3 * top) { planes in
      nonisolated(unsafe) let planes = planes
      let term = wideSpectra.term(weights, multiple: 1)
      wideSpectra.run([term], blocks: Array(0..<wideLayout.count), threads: threads) { chunk in
        for vector in chunk.vectors {
          chunk.write(chunk.real(0, vector), vector, to: planes[0] + top)
          chunk.write(chunk.imaginary(0, vector), vector, to: planes[1] + top)
        }
      }
      for k in 1...top {
        planes[0][top - k] = planes[0][top + k]
        planes[1][top - k] = -planes[1][top + k]
      }
    }
    window = (planes[0], planes[1])
    origin = top
  }

  private static func planes(
    _ count: Int, _ length: Int, _ fill: ([UnsafeMutablePointer<Double>]) -> Void
  ) -> [[Double]] {
    var planes = [[Double]](repeating: [], count: count)
    func next(_ pointers: [UnsafeMutablePointer<Double>]) {
      if pointers.count == count { return fill(pointers) }
      let index = pointers.count
      planes[index] = largeArray(length) { pointer in
        // What fills the last vector is not of the grid.
        for k in max(0, length - 8)..<length { pointer[k] = 0 }
        next(pointers + [pointer])
      }
    }
    next([])
    return planes
  }

  /// Differences of frequencies, in steps of the grid, at which the window's power is above a share of
  /// what it is at 0: there a sinusoid may be explained by another.
  func aliases(above share: Double) -> [Int] {
    let least = share * total * total
    return (0..<2 * origin).filter { k in
      let (real, imaginary) = (window.real[origin + k], window.imaginary[origin + k])
      return real * real + imaginary * imaginary > least
    }
  }

  /// A residual's sums with cosine and sine, and the modes it is beside.
  struct Beside: Sendable {
    fileprivate let basis: OrthonormalColumns
    fileprivate let residual: [Double]
    fileprivate let cosine: [Double]
    fileprivate let sine: [Double]
    fileprivate let shifts: [(difference: Shift, sum: Shift)]
    /// Products of the modes' columns with all of the basis: lower triangular beside the baseline.
    fileprivate let triangle: [[Double]]
  }

  /// From the grid to the window's table, and how it is interpolated there.
  fileprivate struct Shift {
    let offset: Int
    var weights = InlineArray<8, Double>(repeating: 1)

    /// - Parameter steps: from the window's table to the grid.
    init(_ steps: Double) {
      let floor = steps.rounded(.down)
      offset = Int(floor) - 3
      let place = steps - floor + 3
      for tap in 0..<8 {
        for other in 0..<8 where other != tap {
          weights[tap] *= (place - Double(other)) / Double(tap - other)
        }
      }
    }
  }

  /// Adds to `drop`, `[count]`, what a sinusoid lowers χ² by if modes in the model did not stand in for a part
  /// of it: a lower bound. Nil where the model's sinusoids depend on each other.
  func bound(
    beside frequencies: [Double], adding drop: UnsafeMutablePointer<Double>
  ) -> Beside? {
    let basis = ModeScan.basis(band, frequencies)
    let columns = band.baseline.columns.count
    guard basis.columns.count == columns + 2 * frequencies.count else { return nil }
    let triangle = frequencies.flatMap { frequency in
      ModeScan.sinusoid(band, frequency).map { column in
        basis.columns.map { zip($0, column).reduce(0) { $0 + $1.0 * $1.1 } }
      }
    }
    let residual = basis.projectingOut(from: band.values)
    let term = spectra.term(zip(residual, band.whitening).map { $0 * $1 }, multiple: 1)
    let sums = Self.planes(2, count) { planes in
      nonisolated(unsafe) let planes = planes
      let blocks = Array(0..<spectra.layout.count)
      spectra.run([term], blocks: blocks, threads: threads) { chunk in
        for vector in chunk.vectors {
          chunk.write(chunk.real(0, vector), vector, to: planes[0])
          chunk.write(chunk.imaginary(0, vector), vector, to: planes[1])
        }
      }
    }
    let beside = Beside(
      basis: basis, residual: residual, cosine: sums[0], sine: sums[1],
      shifts: frequencies.map { frequency in
        let start = Double(origin) + grid.first / grid.step
        return (Shift(start - frequency / grid.step), Shift(start + frequency / grid.step))
      }, triangle: triangle)
    let least = Lanes(repeating: PairGeometry.leastShare * total * total)
    for first in stride(from: 0, to: count, by: 8) {
      let pair = pair(first)
      let (c, s) = (load(beside.cosine, first), load(beside.sine, first))
      // What transforms do not tell is left to sums over points.
      let value = pair.drop(c, s).replacing(with: 0, where: pair.determinant .< least)
      store(load(drop, first) + value, drop, first)
    }
    return beside
  }

  /// The drops at eight frequencies from `first` on.
  func drop(_ first: Int, _ beside: Beside) -> Lanes {
    var pair = pair(first)
    let width = baselines.count + 2 * beside.shifts.count
    let value = withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 2 * width) { products in
      let (cosines, sines) = (products.baseAddress!, products.baseAddress! + width)
      for (index, column) in baselines.enumerated() {
        cosines[index] = load(column.cosine, first)
        sines[index] = load(column.sine, first)
      }
      for (mode, shift) in beside.shifts.enumerated() {
        let difference = window(first, shift.difference)
        let sum = window(first, shift.sum)
        let place = baselines.count + 2 * mode
        cosines[place] = (difference.real + sum.real) * 0.5
        sines[place] = (difference.imaginary + sum.imaginary) * 0.5
        cosines[place + 1] = (sum.imaginary - difference.imaginary) * 0.5
        sines[place + 1] = (difference.real - sum.real) * 0.5
        for column in place...place + 1 {
          let row = beside.triangle[column - baselines.count]
          var (c, s) = (cosines[column], sines[column])
          for other in 0..<column {
            let amount = Lanes(repeating: -row[other])
            c = c.addingProduct(amount, cosines[other])
            s = s.addingProduct(amount, sines[other])
          }
          let scale = 1 / row[column]
          (cosines[column], sines[column]) = (c * scale, s * scale)
          pair.project(c * scale, s * scale)
        }
      }
      return pair.drop(load(beside.cosine, first), load(beside.sine, first))
    }
    let least = PairGeometry.leastShare * total * total
    var drop = value
    let determinant = pair.determinant
    for lane in 0..<8 where determinant[lane] < least && first + lane < grid.count {
      var fit = SinusoidFit(spectra.times, whitening: band.whitening, basis: beside.basis)
      drop[lane] =
        fit.drop(of: spectra.times.arranged(beside.residual), at: grid[first + lane]) ?? 0
    }
    return drop
  }

  @inline(__always) private func pair(_ first: Int) -> PairGeometry {
    var pair = PairGeometry(total: 0, windowReal: .zero, windowImaginary: .zero)
    pair.cc = load(pairs.cc, first)
    pair.ss = load(pairs.ss, first)
    pair.cs = load(pairs.cs, first)
    return pair
  }

  @inline(__always)
  private func window(_ first: Int, _ shift: Shift) -> (real: Lanes, imaginary: Lanes) {
    var (real, imaginary) = (Lanes.zero, Lanes.zero)
    for tap in 0..<8 {
      let weight = Lanes(repeating: shift.weights[tap])
      real = real.addingProduct(weight, load(window.real, first + shift.offset + tap))
      imaginary = imaginary.addingProduct(
        weight, load(window.imaginary, first + shift.offset + tap))
    }
    return (real, imaginary)
  }
}

@inline(__always) private func load(_ values: [Double], _ first: Int) -> SIMD8<Double> {
  values.withUnsafeBufferPointer { load($0.baseAddress!, first) }
}

@inline(__always)
private func load(_ values: UnsafePointer<Double>, _ first: Int) -> SIMD8<Double> {
  UnsafeRawPointer(values + first).loadUnaligned(as: SIMD8<Double>.self)
}

@inline(__always)
private func store(_ value: SIMD8<Double>, _ values: UnsafeMutablePointer<Double>, _ first: Int) {
  UnsafeMutableRawPointer(values + first).storeBytes(of: value, as: SIMD8<Double>.self)
}
