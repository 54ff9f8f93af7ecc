import Foundation
import NumericalMethods
import Numerics

/// One band of a `SinusoidDictionary`.
struct SinusoidBand: Sendable {
  let series: TimeSeries
  let degree: Int
  let times: [Double]
  let whitening: [Double]
  let baseline: OrthonormalColumns
  /// Whitened, baseline projected out.
  let response: [Double]
  /// The place of the band's first point among those of all bands.
  let start: Int
  let origin: Double
  private let transform: SinusoidTransform
  /// What makes cosine and sine orthonormal, for each frequency: with the columns c and s beside the
  /// baseline, q₁ = c · `first`, q₂ = (s − c · `slope`) · `second`.
  private var first: [Double]
  private var slope: [Double]
  private var second: [Double]

  private var grid: FrequencyGrid { transform.grid }

  /// Of the determinant of whitened sine and cosine, relative to their lengths: below it their part beside
  /// the baseline has too few digits.
  private static let leastDeterminant = 1e-7

  init(
    _ series: TimeSeries, degree: Int, grid: FrequencyGrid, blockLength: Int, start: Int,
    threads: Int
  ) {
    self.series = series
    self.degree = degree
    self.start = start
    times = series.times
    whitening = series.errors.map { 1 / $0 }
    baseline = OrthonormalColumns(
      polynomial: degree, times: series.times, errors: series.errors)
    response = baseline.projectingOut(from: zip(series.values, whitening).map { $0 * $1 })
    origin = (series.times.min()! + series.times.max()!) / 2
    transform = SinusoidTransform(
      times: times, origin: origin, grid: grid, blockLength: blockLength, threads: threads)
    let window = SinusoidTransform(
      times: times, origin: origin, grid: grid, blockLength: blockLength, threads: threads,
      multiple: 2)
    let blocks = Array(0..<(grid.count + blockLength - 1) / blockLength)
    let squares = whitening.map { $0 * $0 }
    let total = squares.reduce(0, +)
    var cc = [Double](repeating: 0, count: grid.count)
    var ss = cc
    var cs = cc
    Self.accumulate(window, blocks, squares, grid.count, &cc, &ss, &cs) { value in
      ((total + value.real) / 2, (total - value.real) / 2, value.imaginary / 2)
    }
    for column in baseline.columns {
      let strengths = zip(column, whitening).map { $0 * $1 }
      Self.accumulate(transform, blocks, strengths, grid.count, &cc, &ss, &cs) { value in
        (-value.real * value.real, -value.imaginary * value.imaginary, -value.real * value.imaginary)
      }
    }
    // In place: 1e6 frequencies are 24 MB.
    for k in 0..<grid.count {
      let determinant = cc[k] * ss[k] - cs[k] * cs[k]
      if determinant > Self.leastDeterminant * total * total, cc[k] > 0 {
        let ratio = cs[k] / cc[k]
        ss[k] = 1 / (determinant / cc[k]).squareRoot()
        cc[k] = 1 / cc[k].squareRoot()
        cs[k] = ratio
      } else {
        (cc[k], ss[k], cs[k]) = (0, 0, 0)
      }
    }
    (first, second, slope) = (cc, ss, cs)
  }

  func isSingular(_ index: Int) -> Bool { first[index] == 0 }

  private static func accumulate(
    _ transform: SinusoidTransform, _ blocks: [Int], _ strengths: [Double], _ count: Int,
    _ cc: inout [Double], _ ss: inout [Double], _ cs: inout [Double],
    _ products: @Sendable (Complex<Double>) -> (Double, Double, Double)
  ) {
    cc.withUnsafeMutableBufferPointer { cc in
      ss.withUnsafeMutableBufferPointer { ss in
        cs.withUnsafeMutableBufferPointer { cs in
          // Each block has frequencies of its own.
          nonisolated(unsafe) let (cc, ss, cs) = (cc, ss, cs)
          let length = transform.blockLength
          transform.forEach(of: blocks, strengths: strengths) { block, values in
            for k in block * length..<min((block + 1) * length, count) {
              let (c, s, m) = products(values[k - block * length])
              cc[k] += c
              ss[k] += s
              cs[k] += m
            }
          }
        }
      }
    }
  }

  /// Adds ‖Qᵀ r‖² of the pairs in `blocks` to `values`.
  func addDrops(
    of residual: [Double], blocks: [Int], to values: UnsafeMutableBufferPointer<Double>
  ) {
    let strengths = times.indices.map { residual[start + $0] * whitening[$0] }
    let (length, count) = (transform.blockLength, grid.count)
    first.withUnsafeBufferPointer { first in
      slope.withUnsafeBufferPointer { slope in
        second.withUnsafeBufferPointer { second in
          // Each block has frequencies of its own.
          nonisolated(unsafe) let (values, first, slope, second) = (values, first, slope, second)
          transform.forEach(of: blocks, strengths: strengths) { block, spectrum in
            for k in block * length..<min((block + 1) * length, count) {
              let value = spectrum[k - block * length]
              let one = value.real * first[k]
              let other = (value.imaginary - slope[k] * value.real) * second[k]
              values[k] += one * one + other * other
            }
          }
        }
      }
    }
  }

  /// The whitened cosine and sine at frequency `index` beside the baseline.
  private func rawPair(at index: Int) -> ([Double], [Double]) {
    let frequency = grid[index]
    var (cosine, sine) = (whitening, whitening)
    for k in times.indices {
      let turns = frequency * (times[k] - origin)
      let angle = 2 * .pi * (turns - turns.rounded())
      cosine[k] *= cos(angle)
      sine[k] *= sin(angle)
    }
    return (
      baseline.projectingOut(from: baseline.projectingOut(from: cosine)),
      baseline.projectingOut(from: baseline.projectingOut(from: sine))
    )
  }

  /// An orthonormal pair that spans cosine and sine beside the baseline, with T for which the pair is
  /// (cosine, sine) · T, `[2, 2]`; zeros at singular frequencies.
  func pair(at index: Int) -> (columns: [[Double]], transform: [Double]) {
    let nothing = [Double](repeating: 0, count: times.count)
    guard !isSingular(index) else { return ([nothing, nothing], [0, 0, 0, 0]) }
    var (cosine, sine) = rawPair(at: index)
    let scale = 1 / dot(cosine, cosine).squareRoot()
    for k in cosine.indices { cosine[k] *= scale }
    var amount = 0.0
    for _ in 0..<2 {
      let product = dot(cosine, sine)
      for k in sine.indices { sine[k] -= product * cosine[k] }
      amount += product
    }
    let length = 1 / dot(sine, sine).squareRoot()
    for k in sine.indices { sine[k] *= length }
    return ([cosine, sine], [scale, -amount * scale * length, 0, length])
  }
}
