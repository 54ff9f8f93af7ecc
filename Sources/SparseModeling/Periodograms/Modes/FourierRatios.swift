import Foundation

/// The shape of a light curve from a mode and its harmonics: R_k1 = A_k / A₁ and
/// φ_k1 = φ_k − k φ₁, of cosines, with standard errors from the full covariance.
///
/// φ_k1 is from 0 to 2π. φ₂₁ of a sine series is larger by π/2, φ₃₁ by π.
///
/// Reference: Simon & Lee (1981), ApJ 248, 291.
public struct FourierRatios: Sendable, Equatable {
  public struct Ratio: Sendable, Equatable, Encodable {
    /// k
    public let harmonic: Int
    public let amplitudeRatio: Double
    public let amplitudeRatioError: Double
    /// Radians.
    public let phaseDifference: Double
    public let phaseDifferenceError: Double
  }

  public let ratios: [Ratio]

  /// - Parameters:
  ///   - first: the mode of the first harmonic.
  ///   - harmonics: (k, mode).
  public init(
    _ model: SinusoidModel, first: Int, harmonics: [(harmonic: Int, mode: Int)], band: Int = 0
  ) {
    let count = model.modes.count
    let width = model.parameterCount
    func place(_ mode: Int) -> Int { count + band * 2 * count + 2 * mode }
    /// The variance of Σ gradient × (A, B).
    func deviation(_ gradient: [(place: Int, value: Double)]) -> Double {
      var sum = 0.0
      for a in gradient {
        for b in gradient {
          sum += a.value * model.covariance[a.place * width + b.place] * b.value
        }
      }
      return max(0, sum).squareRoot()
    }
    /// d amplitude and d phase by A and B.
    func gradients(_ mode: Int) -> (amplitude: [(Int, Double)], phase: [(Int, Double)]) {
      let component = model.modes[mode].components[band]
      let amplitude = component.amplitude
      let (u, v) = (component.cosine / amplitude, component.sine / amplitude)
      return (
        [(place(mode), u), (place(mode) + 1, v)],
        [(place(mode), v / amplitude), (place(mode) + 1, -u / amplitude)]
      )
    }
    let one = model.modes[first].components[band]
    let base = gradients(first)
    ratios = harmonics.map { harmonic, mode in
      let component = model.modes[mode].components[band]
      let own = gradients(mode)
      let ratio = component.amplitude / one.amplitude
      let k = Double(harmonic)
      let turn = 2 * Double.pi
      let difference = (component.phase - k * one.phase).truncatingRemainder(dividingBy: turn)
      let ratioGradient =
        own.amplitude.map { ($0.0, $0.1 / one.amplitude) }
        + base.amplitude.map { ($0.0, -ratio * $0.1 / one.amplitude) }
      return Ratio(
        harmonic: harmonic, amplitudeRatio: ratio,
        amplitudeRatioError: deviation(ratioGradient.map { (place: $0.0, value: $0.1) }),
        phaseDifference: difference < 0 ? difference + turn : difference,
        phaseDifferenceError: deviation(
          (own.phase + base.phase.map { ($0.0, -k * $0.1) }).map { (place: $0.0, value: $0.1) }))
    }
  }
}
