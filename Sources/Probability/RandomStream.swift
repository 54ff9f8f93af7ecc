/// What a stream of random numbers is for; streams of different purposes are independent.
public enum RandomPurpose: UInt64, Sendable {
  case simulation = 1
  case noise, validationNoise, shuffle, initialization, posterior, calibration
  case calibrationNoise, calibrationPosterior, predictive, split, reference, gain, bootstrap
  case design
}

/// A counter-based random stream keyed by (seed, purpose, index): any stream can be opened directly,
/// in any order and on any thread, and always yields the same numbers.
///
/// Philox 4×32 with ten rounds.
///
/// Reference: Salmon, Moraes, Dror & Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3",
/// SC'11, doi:10.1145/2063384.2063405.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private let key: SIMD2<UInt32>
  private let index: SIMD2<UInt32>
  private var block: UInt64 = 0
  private var pending: UInt64 = 0
  private var hasPending = false

  public init(seed: UInt64, purpose: RandomPurpose, index: UInt64 = 0) {
    let mixed = Self.mix(seed ^ Self.mix(purpose.rawValue))
    key = SIMD2(UInt32(truncatingIfNeeded: mixed), UInt32(truncatingIfNeeded: mixed >> 32))
    self.index = SIMD2(UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32))
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    if hasPending {
      hasPending = false
      return pending
    }
    let low = UInt32(truncatingIfNeeded: block)
    let high = UInt32(truncatingIfNeeded: block >> 32)
    let words = Self.philox(counter: SIMD4(low, high, index.x, index.y), key: key)
    block &+= 1
    pending = UInt64(words.z) | UInt64(words.w) << 32
    hasPending = true
    return UInt64(words.x) | UInt64(words.y) << 32
  }

  /// The Philox 4×32-10 bijection of a 128-bit counter under a 64-bit key.
  public static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (c0, c1, c2, c3) = (counter.x, counter.y, counter.z, counter.w)
    var (k0, k1) = (key.x, key.y)
    for _ in 0..<10 {
      let p0 = UInt64(0xD251_1F53) &* UInt64(c0)
      let p1 = UInt64(0xCD9E_8D57) &* UInt64(c2)
      (c0, c2) = (
        UInt32(truncatingIfNeeded: p1 >> 32) ^ c1 ^ k0,
        UInt32(truncatingIfNeeded: p0 >> 32) ^ c3 ^ k1
      )
      c1 = UInt32(truncatingIfNeeded: p1)
      c3 = UInt32(truncatingIfNeeded: p0)
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return SIMD4(c0, c1, c2, c3)
  }

  /// The SplitMix64 finaliser: turns related seeds into unrelated keys.
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
