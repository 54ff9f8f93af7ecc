import Foundation

/// How probable a drop of χ² as large as one seen is, somewhere in a range of frequencies, in noise alone.
///
/// d = 2 × bands × harmonics amplitudes are fitted at each frequency. The drop is a χ² process of
/// frequency, whose rate of passing a level upwards bounds the probability of its maximum (Rice's
/// method). Where the levels of noise is not known, the drop is compared with the χ² that is left, and its
/// distribution at one frequency is that of Fisher's F.
///
/// The bound is near the truth where it is small. It takes no account of aliases, whose presence lowers
/// the probability.
///
/// Reference: Baluev (2008), MNRAS 385, 1279, eqs 5, 6 and table 1 (d = 2); Baluev (2009), MNRAS 395,
/// 1541 (d above 2).
public struct FalseAlarmProbability: Sendable, Equatable {
  /// d / 2
  private let pairs: Int
  /// The mean rate at which a unit vector of the d amplitudes turns, times the range of frequencies:
  /// W √π of the reference for d = 2.
  private let turns: Double

  /// - Parameters:
  ///   - width: of the range of frequencies.
  ///   - timeVariances: of each band, weighted by 1/error².
  ///   - harmonics: of the Fourier series fitted at each frequency.
  public init(width: Double, timeVariances: [Double], harmonics: Int = 1) {
    precondition(width >= 0 && !timeVariances.isEmpty && harmonics > 0)
    pairs = timeVariances.count * harmonics
    let rates = timeVariances.flatMap { variance in
      (1...harmonics).map { 4 * Double.pi * Double.pi * variance * Double($0 * $0) }
    }
    turns = width * Self.meanRoot(rates)
  }

  /// The probability of a drop of `drop` or more where the errors of the data are true.
  public func probability(drop: Double) -> Double {
    guard drop > 0 else { return 1 }
    let z = drop / 2
    // Q(n, z) = e⁻ᶻ Σ zʲ/j!
    var (term, single) = (1.0, 1.0)
    for j in 1..<max(pairs, 1) {
      term *= z / Double(j)
      single += term
    }
    single *= exp(-z)
    let n = Double(pairs)
    let logarithm: Double = (n - 0.5) * log(z) - z - lgamma(n) - 0.5 * log(Double.pi)
    return combine(single, turns * exp(logarithm))
  }

  /// The same where all errors may be too small or too large by one factor.
  ///
  /// - Parameters:
  ///   - before: χ² without the sinusoid that is tested.
  ///   - degreesOfFreedom: of it.
  public func probability(drop: Double, before: Double, degreesOfFreedom: Int) -> Double {
    let (d, degrees) = (2 * pairs, degreesOfFreedom)
    guard drop > 0, before > 0, degrees > d else { return 1 }
    let share = min(1, drop / before)
    guard share < 1 else { return 0 }
    // I₁₋ₚ(a, n) = (1 − p)ᵃ Σ Γ(a + j) / (Γ(a) j!) pʲ
    let a = Double(degrees - d) / 2
    var (term, single) = (1.0, 1.0)
    for j in 1..<max(pairs, 1) {
      term *= (a + Double(j - 1)) / Double(j) * share
      single += term
    }
    let remaining = log1p(-share)
    single *= exp(a * remaining)
    let half = Double(degrees) / 2
    let power = Double(d - 1) / 2
    let constant = lgamma(half) - lgamma(half - power) - lgamma(Double(pairs))
    let logarithm = constant - 0.5 * log(Double.pi) + power * log(share)
    return combine(single, turns * exp(logarithm + (a - 0.5) * remaining))
  }

  /// Independent frequencies in the range: in noise, the number of trials that the highest of them is of.
  public var independentFrequencies: Double {
    let n = Double(pairs)
    let mean = 2.0.squareRoot() * exp(lgamma(n + 0.5) - lgamma(n))
    return turns * mean / (2 * Double.pi).squareRoot()
  }

  /// The probability that any `modes` frequencies together lower χ² by `drop`, the errors being true.
  ///
  /// The maximum of a Gaussian field over the frequencies and the directions of the amplitudes, to leading
  /// order in the volume of that manifold: Mʲ/j! choices among M independent frequencies, each with χ² of
  /// j (d + 1) degrees of freedom.
  ///
  /// Reference: Adler & Taylor (2007), Random Fields and Geometry, §14.1; Sun (1993), Ann. Probab. 21, 34.
  public func probability(drop: Double, modes: Int) -> Double {
    if modes == 1 { return probability(drop: drop) }
    let a = Double(modes * (2 * pairs + 1)) / 2
    let z = drop / 2
    // Q(a, z) ≤ zᵃ⁻¹ e⁻ᶻ / Γ(a) / (1 − (a − 1)/z)
    let margin = 1 - (a - 1) / z
    guard z > 0, margin > 0.1 else { return 1 }
    return min(1, exp(choices(modes) + (a - 1) * log(z) - z - lgamma(a)) / margin)
  }

  /// The same where all errors may be off by one factor.
  public func probability(
    drop: Double, before: Double, degreesOfFreedom: Int, modes: Int
  ) -> Double {
    if modes == 1 {
      return probability(drop: drop, before: before, degreesOfFreedom: degreesOfFreedom)
    }
    let a = Double(modes * (2 * pairs + 1)) / 2
    let b = Double(degreesOfFreedom) / 2 - a
    let share = min(1, drop / before)
    guard b > 0, share > 0 else { return 1 }
    guard share < 1 else { return 0 }
    // I₁₋ₚ(b, a) ≤ pᵃ⁻¹ (1 − p)ᵇ Γ(a + b) / (Γ(a) Γ(b + 1)) / (1 − (a − 1)(1 − p)/(b p))
    let margin = 1 - (a - 1) * (1 - share) / (b * share)
    guard margin > 0.1 else { return 1 }
    let constant = lgamma(a + b) - lgamma(a) - lgamma(b + 1)
    let exponent = choices(modes) + constant + (a - 1) * log(share) + b * log1p(-share)
    return min(1, exp(exponent) / margin)
  }

  /// The logarithm of Mʲ/j!.
  private func choices(_ modes: Int) -> Double {
    Double(modes) * log(max(1, independentFrequencies)) - lgamma(Double(modes) + 1)
  }

  private func combine(_ single: Double, _ rate: Double) -> Double {
    // 1 − (1 − single) e^(−rate), exact for small ones.
    min(1, max(0, single - (1 - single) * expm1(-rate)))
  }

  /// The mean of (Σ λ nᵢ²)½ over directions n, two components to each λ.
  ///
  /// E Y½ = ∫ (1 − E e^(−sY)) s^(−3/2) ds / 2√π of Y = Σ λ gᵢ², g normal, divided by E |g|.
  private static func meanRoot(_ rates: [Double]) -> Double {
    let largest = rates.max()!
    guard largest > 0 else { return 0 }
    guard rates.contains(where: { $0 != largest }) else { return largest.squareRoot() }
    let step = 0.02
    var sum = 0.0
    for k in -4000...4000 {
      let x = step * Double(k)
      // log of Π (1 + 2 s λ)⁻¹, so that its difference from 1 is exact for small s.
      let logarithm = rates.reduce(0) { $0 - log1p(2 * exp(x) * $1 / largest) }
      sum += -expm1(logarithm) * exp(-x / 2)
    }
    let root = sum * step / (2 * Double.pi.squareRoot()) * largest.squareRoot()
    let n = Double(rates.count)
    return root / (2.0.squareRoot() * exp(lgamma(n + 0.5) - lgamma(n)))
  }
}

extension FalseAlarmProbability {
  /// The drop of χ² that has a probability, where the errors of the data are true.
  public func drop(probability: Double) -> Double {
    precondition(probability > 0 && probability < 1)
    var (low, high) = (0.0, 2000.0)
    for _ in 0..<100 {
      let middle = (low + high) / 2
      if self.probability(drop: middle) > probability { low = middle } else { high = middle }
    }
    return high
  }
}
