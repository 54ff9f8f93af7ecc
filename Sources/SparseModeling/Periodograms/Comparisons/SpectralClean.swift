import Foundation
import NumericalMethods
import Numerics

/// CLEAN for time series: the spectrum without what gaps between the measurements make of it.
///
/// From the dirty spectrum, the highest peak's sinusoid is taken away again and again with all its aliases, a
/// fraction `gain` at a time. What was taken away, smoothed to the resolution, and what is left make up the
/// amplitudes. The mean is taken away in the same manner. Points count by 1/σ².
///
/// Complexity: O(N log N) for N frequencies and O(N) for each component. Reference: Roberts, Lehár &
/// Dreher (1987), AJ 93, 968, equations 13 and 20–24.
public struct SpectralClean: ComparisonPeriodogram {
  public let gain: Double
  /// Components at most.
  public let iterations: Int
  /// Cleaning ends when noise alone reaches the highest peak that is left with this probability.
  public static let falseAlarmProbability = 0.01

  public init(gain: Double = 0.2, iterations: Int = 1000) {
    precondition(gain > 0 && gain <= 1 && iterations > 0)
    self.gain = gain
    self.iterations = iterations
  }

  public var name: String { "CLEAN" }
  public var quantity: String { "amplitude" }
  public var isBestLowest: Bool { false }

  public func spectrum(of series: TimeSeries, on grid: FrequencyGrid, threads: Int) -> [Double] {
    var residual = DirtySpectrum(series, grid: grid, threads: threads)
    let trials = max(1, (grid.last - grid.first) * series.duration)
    let noise = log(trials / Self.falseAlarmProbability) / residual.totalWeight
    var components = [Int: Complex<Double>]()
    for _ in 0..<iterations {
      let peak = residual.peak
      let mean = residual.mean
      guard max(residual[peak].lengthSquared, mean * mean) > noise else { break }
      if mean * mean > residual[peak].lengthSquared {
        residual.subtract(mean: gain * mean)
      } else {
        let amount = residual.component(at: peak) * Complex(gain)
        components[peak, default: .zero] += amount
        residual.subtract(amount, at: peak)
      }
    }
    // A sinusoid has half its amplitude at its frequency, and half at the negative one.
    return restored(components, residual).map { 2 * $0.length }
  }

  /// The components through a Gaussian as wide as the window's main lobe, and the residual.
  private func restored(
    _ components: [Int: Complex<Double>], _ residual: DirtySpectrum
  ) -> [Complex<Double>] {
    var restored = (0..<residual.count).map { residual[$0] }
    let half = residual.halfWidth
    let reach = Int((4 * half).rounded(.up))
    for (peak, amount) in components.sorted(by: { $0.key < $1.key }) {
      for k in max(0, peak - reach)...min(residual.count - 1, peak + reach) {
        let distance = Double(k - peak) / half
        restored[k] += amount * Complex(exp(-log(2) * distance * distance))
      }
    }
    return restored
  }
}

/// The Fourier transform of weighted values at the frequencies of a grid and at 0, and that of the weights
/// alone: the window.
private struct DirtySpectrum {
  let count: Int
  /// Σ 1/σ²; of white noise, the mean of |D|² is its inverse.
  let totalWeight: Double
  /// At frequency 0.
  private(set) var mean: Double
  private var real: [Double]
  private var imaginary: [Double]
  /// At (k − N + 1) steps; at 2 first + k steps; at the frequencies of the grid.
  private let differences: SplitComplex
  private let sums: SplitComplex
  private let window: SplitComplex

  private struct SplitComplex {
    let real: [Double]
    let imaginary: [Double]

    init(_ values: [Complex<Double>]) {
      real = values.map(\.real)
      imaginary = values.map(\.imaginary)
    }

    subscript(index: Int) -> Complex<Double> { Complex(real[index], imaginary[index]) }
  }

  init(_ series: TimeSeries, grid: FrequencyGrid, threads: Int) {
    let folded = FoldedSums(series)
    let middle = zip(folded.weights, series.times).reduce(0) { $0 + $1.0 * ($1.1 - folded.origin) }
    let times = series.times.map { $0 - folded.origin - middle }
    func transform(_ values: [Double], first: Double, count: Int) -> [Complex<Double>] {
      let plan = NonUniformFFT(modes: [count], tolerance: 1e-10, threads: threads)
      plan.setPoints(x: times.map { 2 * .pi * grid.step * $0 })
      let center = first + grid.step * Double(count / 2)
      let shifted = zip(values, times).map { value, time in
        Complex.exp(Complex(0, -2 * .pi * center * time)) * Complex(value)
      }
      return plan.type1(shifted, sign: .minus)
    }
    count = grid.count
    totalWeight = folded.totalWeight
    mean = 0
    let dirty = transform(
      zip(folded.weights, folded.values).map { $0 * $1 }, first: grid.first, count: count)
    real = dirty.map(\.real)
    imaginary = dirty.map(\.imaginary)
    let weights = folded.weights
    differences = SplitComplex(
      transform(weights, first: -grid.step * Double(count - 1), count: 2 * count - 1))
    sums = SplitComplex(transform(weights, first: 2 * grid.first, count: 2 * count - 1))
    window = SplitComplex(transform(weights, first: grid.first, count: count))
  }

  subscript(index: Int) -> Complex<Double> { Complex(real[index], imaginary[index]) }

  /// The index of the highest peak, the first of those alike.
  var peak: Int {
    var (highest, place) = (SIMD8<Double>(repeating: -1), SIMD8<Double>.zero)
    var position = SIMD8<Double>(0, 1, 2, 3, 4, 5, 6, 7)
    let whole = count / 8 * 8
    real.withUnsafeBytes { real in
      imaginary.withUnsafeBytes { imaginary in
        for k in stride(from: 0, to: 8 * whole, by: 64) {
          let x = real.loadUnaligned(fromByteOffset: k, as: SIMD8<Double>.self)
          let y = imaginary.loadUnaligned(fromByteOffset: k, as: SIMD8<Double>.self)
          let square = x * x + y * y
          let isHigher = square .> highest
          highest.replace(with: square, where: isHigher)
          place.replace(with: position, where: isHigher)
          position += 8
        }
      }
    }
    var best = (square: -1.0, index: 0)
    for lane in 0..<8 where whole > 0 {
      let index = Int(place[lane])
      if highest[lane] > best.square || (highest[lane] == best.square && index < best.index) {
        best = (highest[lane], index)
      }
    }
    for k in whole..<count where self[k].lengthSquared > best.square {
      best = (self[k].lengthSquared, k)
    }
    return best.index
  }

  /// Half the amplitude of the sinusoid that would make this peak (Roberts et al., equation 24).
  func component(at peak: Int) -> Complex<Double> {
    let mirrored = sums[2 * peak]
    let contrast = 1 - mirrored.lengthSquared
    // Cosine and sine cannot be told apart: half of the peak is the negative frequency's.
    guard contrast > 1e-3 else { return self[peak] / Complex(1 + mirrored.length) }
    return (self[peak] - self[peak].conjugate * mirrored) / Complex(contrast)
  }

  mutating func subtract(_ amount: Complex<Double>, at peak: Int) {
    let (a, b) = (amount.real, amount.imaginary)
    mean -= 2 * (amount * window[peak].conjugate).real
    let near = count - 1 - peak
    real.withUnsafeMutableBufferPointer { real in
      imaginary.withUnsafeMutableBufferPointer { imaginary in
        differences.real.withUnsafeBufferPointer { x in
          differences.imaginary.withUnsafeBufferPointer { y in
            sums.real.withUnsafeBufferPointer { u in
              sums.imaginary.withUnsafeBufferPointer { v in
                for k in 0..<count {
                  let (x, y) = (x[near + k], y[near + k])
                  let (u, v) = (u[peak + k], v[peak + k])
                  real[k] -= a * x - b * y + a * u + b * v
                  imaginary[k] -= a * y + b * x + a * v - b * u
                }
              }
            }
          }
        }
      }
    }
  }

  mutating func subtract(mean amount: Double) {
    mean -= amount
    for k in 0..<count {
      real[k] -= amount * window.real[k]
      imaginary[k] -= amount * window.imaginary[k]
    }
  }

  /// Steps of the grid to where the window falls to a half.
  var halfWidth: Double {
    let heights = (0..<count).lazy.map { differences[count - 1 + $0].length }
    guard let below = heights.firstIndex(where: { $0 < 0.5 }) else { return Double(count) }
    let (high, low) = (differences[count - 2 + below].length, differences[count - 1 + below].length)
    return Double(below) - (0.5 - low) / (high - low)
  }
}
