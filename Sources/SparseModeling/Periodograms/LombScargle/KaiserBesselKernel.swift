import Foundation

/// The Kaiser–Bessel kernel, φ(t) = I₀(β √(1 − (2t/w)²)) / I₀(β) for |t| ≤ w/2, t in steps of samples.
///
/// Reference: Beatty, Nishimura & Pauly (2005), IEEE Trans. Med. Imaging 24, 799, Eq. 5.
struct KaiserBesselKernel: Sendable {
  /// Samples that a value is made of, even.
  let width: Int
  let beta: Double
  private let scale: Double

  /// - Parameter oversampling: how much denser the samples are than a signal of that band needs.
  init(width: Int, oversampling: Double) {
    precondition(width >= 4 && width % 2 == 0 && oversampling > 1)
    self.width = width
    let share = Double(width) * (1 - 1 / (2 * oversampling))
    beta = .pi * (share * share - 0.8).squareRoot()
    scale = 1 / Self.besselI0(beta)
  }

  /// The least wide kernel whose images of the signal stay below `tolerance` of it.
  init(tolerance: Double, oversampling: Double) {
    let decay = Double.pi * (1 - 1 / oversampling).squareRoot()
    // Twice the images of a kernel cut where its transform has its first zero.
    let width = -log(tolerance / (2 * oversampling * oversampling)) / decay
    self.init(width: max(4, 2 * Int((width / 2).rounded(.up))), oversampling: oversampling)
  }

  func value(at t: Double) -> Double {
    let z = 2 * t / Double(width)
    return z * z < 1 ? scale * Self.besselI0(beta * (1 - z * z).squareRoot()) : 0
  }

  /// ∫ φ(t) exp(2πiξt) dt within the signal's band, where it is positive.
  func transform(at xi: Double) -> Double {
    let phase = .pi * Double(width) * xi
    let root = max(beta * beta - phase * phase, 1e-12).squareRoot()
    return scale * Double(width) * sinh(root) / root
  }

  /// Its series has positive terms only.
  private static func besselI0(_ x: Double) -> Double {
    let quarter = x * x / 4
    var (sum, term, k) = (1.0, 1.0, 1.0)
    while term > 1e-17 * sum {
      term *= quarter / (k * k)
      sum += term
      k += 1
    }
    return sum
  }
}
