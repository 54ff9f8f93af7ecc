import Foundation
import NumericalMethods

/// One frequency with its amplitude and phase in every band.
public struct Mode: Sendable, Equatable {
  /// A cos(2πf(t − epoch)) + B sin(2πf(t − epoch)) = amplitude · cos(2πf(t − epoch) + phase).
  public struct Component: Sendable, Equatable {
    public let cosine: Double
    public let sine: Double
    /// Variances of A and B and their covariance, from the errors of the data.
    public let cosineVariance: Double
    public let sineVariance: Double
    public let covariance: Double

    public var amplitude: Double { (cosine * cosine + sine * sine).squareRoot() }
    /// In (−π, π].
    public var phase: Double { atan2(-sine, cosine) }
    public var amplitudeError: Double {
      guard amplitude > 0 else { return max(cosineVariance, sineVariance).squareRoot() }
      let (u, v) = (cosine / amplitude, sine / amplitude)
      return max(0, u * u * cosineVariance + 2 * u * v * covariance + v * v * sineVariance)
        .squareRoot()
    }
    /// Radians.
    public var phaseError: Double {
      guard amplitude > 0 else { return .infinity }
      let (u, v) = (cosine / amplitude, sine / amplitude)
      return max(0, v * v * cosineVariance - 2 * u * v * covariance + u * u * sineVariance)
        .squareRoot() / amplitude
    }
  }

  public let frequency: Double
  /// From the errors of the data; 0 for a frequency that is given, not fitted.
  public let frequencyError: Double
  /// By band.
  public let components: [Component]

  public var period: Double { 1 / frequency }
  public var periodError: Double { frequencyError / (frequency * frequency) }
  /// The largest of the bands'.
  public var amplitude: Double { components.map(\.amplitude).max()! }
}

/// Sinusoids fitted together to all bands of an object.
///
/// Standard errors are those of a linear model at the best fit, of all parameters together (baselines
/// among them), from the errors of the data. Where these are too small or too large, all of them are to be
/// multiplied by `errorScale`.
public struct SinusoidModel: Sendable {
  /// In order of decreasing amplitude, unless made of an order given.
  public let modes: [Mode]
  public let ties: FrequencyTies
  /// Phases are those at this time.
  public let epoch: Double
  public let chiSquare: Double
  public let degreesOfFreedom: Int
  /// Data less model divided by the errors, `[bands][points]`.
  public let residuals: [[Double]]
  /// Of all frequencies, then of A and B of each mode, band after band: `[parameters, parameters]`.
  public let covariance: [Double]

  public var frequencies: [Double] { modes.map(\.frequency) }
  /// The square root of χ² by degrees of freedom: what the errors of the data, and all that follow from
  /// them, have to be multiplied by for χ² to be what it should.
  public var errorScale: Double {
    degreesOfFreedom > 0 ? (chiSquare / Double(degreesOfFreedom)).squareRoot() : .nan
  }
  public var parameterCount: Int { modes.count * (1 + 2 * (modes.first?.components.count ?? 1)) }

  /// The model of least χ² near `frequencies`, in their order.
  ///
  /// - Parameter refined: false takes the frequencies as they are; their errors are still those of a fit.
  public init(
    _ series: WhitenedSeries, frequencies start: [Double], ties: FrequencyTies = FrequencyTies(),
    refined: Bool = true
  ) {
    let count = start.count
    let frequencies =
      refined
      ? FrequencyRefinement(series, modes: count).refine(start, ties: ties, tolerance: 1e-9)
        .frequencies : start
    let fit = VariableProjection(series, modes: count)
    chiSquare = fit.evaluate(frequencies)
    fit.differentiate()
    self.ties = ties
    epoch = series.epoch
    residuals = fit.bands.map { band in (0..<band.points).map { band.residual[$0] } }
    let free = ties.free(of: count)
    let tied = ties.matrix(modes: count)
    let baselines = series.bands.reduce(0) { $0 + $1.baseline.columns.count }
    degreesOfFreedom =
      series.count - baselines - 2 * count * series.bands.count - free.count
    let width = count * (1 + 2 * series.bands.count)
    var covariance = [Double](repeating: 0, count: width * width)
    let frequencyCovariance = Self.covariance(normal: fit.normal, tied, free.count, count)
    for i in 0..<count {
      for j in 0..<count { covariance[i * width + j] = frequencyCovariance[i * count + j] }
    }
    // β = R⁻¹ Qᵀ(y − X'β δf): amplitudes follow the frequencies by −R⁻¹ Qᵀ X'β.
    let slopes = fit.bands.map { band in
      (0..<count).map { mode in
        band.solve((0..<2 * count).map { -band.derivativeParts[mode * 2 * count + $0] })
      }
    }
    let responses = slopes.map { slope in
      // Their covariance with the frequencies, `[2 modes][modes]`.
      (0..<2 * count).map { row in
        (0..<count).map { j in
          (0..<count).reduce(0) { $0 + slope[$1][row] * frequencyCovariance[$1 * count + j] }
        }
      }
    }
    for band in fit.bands.indices {
      let offset = count + band * 2 * count
      let own = fit.bands[band].inverseNormal
      for row in 0..<2 * count {
        for j in 0..<count {
          covariance[(offset + row) * width + j] = responses[band][row][j]
          covariance[j * width + offset + row] = responses[band][row][j]
        }
        for other in fit.bands.indices {
          for column in 0..<2 * count {
            var sum = other == band ? own[row * 2 * count + column] : 0
            for j in 0..<count { sum += responses[band][row][j] * slopes[other][j][column] }
            covariance[(offset + row) * width + count + other * 2 * count + column] = sum
          }
        }
      }
    }
    self.covariance = covariance
    modes = (0..<count).map { mode in
      Mode(
        frequency: frequencies[mode],
        frequencyError: max(0, covariance[mode * width + mode]).squareRoot(),
        components: fit.bands.indices.map { band in
          let place = count + band * 2 * count + 2 * mode
          return Mode.Component(
            cosine: fit.bands[band].coefficients[2 * mode],
            sine: fit.bands[band].coefficients[2 * mode + 1],
            cosineVariance: covariance[place * width + place],
            sineVariance: covariance[(place + 1) * width + place + 1],
            covariance: covariance[place * width + place + 1])
        })
    }
  }

  /// The sum of the modes, or of some of them, at `times` in a band, without its baseline.
  public func signal(
    of chosen: [Int]? = nil, at times: [Double], band: Int = 0
  ) -> [Double] {
    let shown = chosen.map { $0.map { modes[$0] } } ?? modes
    return times.map { time in
      shown.reduce(0) { sum, mode in
        let angle = 2 * Double.pi * mode.frequency * (time - epoch)
        let component = mode.components[band]
        return sum + component.cosine * cos(angle) + component.sine * sin(angle)
      }
    }
  }

  /// M (Mᵀ H M)⁻¹ Mᵀ of frequencies f = M φ; infinite where the data do not tell a frequency.
  private static func covariance(
    normal: [Double], _ matrix: [Double], _ width: Int, _ count: Int
  ) -> [Double] {
    guard count > 0 else { return [] }
    var reduced = [Double](repeating: 0, count: width * width)
    for j in 0..<width {
      for l in 0..<width {
        for a in 0..<count {
          for b in 0..<count {
            reduced[j * width + l] +=
              matrix[a * width + j] * normal[a * count + b] * matrix[b * width + l]
          }
        }
      }
    }
    guard let inverse = SmallCholesky(reduced, count: width)?.inverse else {
      return [Double](repeating: .infinity, count: count * count)
    }
    var result = [Double](repeating: 0, count: count * count)
    for a in 0..<count {
      for b in 0..<count {
        for j in 0..<width {
          for l in 0..<width {
            result[a * count + b] +=
              matrix[a * width + j] * inverse[j * width + l] * matrix[b * width + l]
          }
        }
      }
    }
    return result
  }
}

extension VariableProjection.Workspace {
  /// R⁻¹ of a vector, `[2 modes]`.
  func solve(_ right: [Double]) -> [Double] {
    let width = 2 * modes
    var x = right
    for j in (0..<width).reversed() {
      for l in j + 1..<max(width, j + 1) { x[j] -= triangle[j * width + l] * x[l] }
      let diagonal = triangle[j * width + j]
      x[j] = diagonal > 0 ? x[j] / diagonal : 0
    }
    return x
  }

  /// R⁻¹ R⁻ᵀ, the covariance of the amplitudes at known frequencies, `[2 modes, 2 modes]`.
  var inverseNormal: [Double] {
    let width = 2 * modes
    let inverse = (0..<width).map { column in solve((0..<width).map { $0 == column ? 1 : 0 }) }
    return (0..<width).flatMap { i in
      (0..<width).map { j in (0..<width).reduce(0) { $0 + inverse[$1][i] * inverse[$1][j] } }
    }
  }
}
