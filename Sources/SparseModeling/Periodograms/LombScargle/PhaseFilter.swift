/// Interpolates a spectrum between its coarse frequencies: the same weights for all of them.
///
/// Complexity: `width` products a frequency, for its real and its imaginary part.
struct PhaseFilter: Sendable {
  let phases: Int
  let width: Int
  /// `[phases / group][width][group]`
  private let weights: [Double]

  private typealias Lanes = SIMD8<Double>

  /// None between coarse frequencies if `kernel` is nil.
  init(_ kernel: KaiserBesselKernel?, phases: Int) {
    precondition(FrequencyBlocks.choices.contains(phases) && (phases == 1) == (kernel == nil))
    self.phases = phases
    guard let kernel else {
      (width, weights) = (1, [1])
      return
    }
    width = kernel.width
    let group = min(phases, 4)
    let width = kernel.width
    weights = (0..<phases / group).flatMap { part in
      (0..<width).flatMap { tap in
        (0..<group).map { k in
          kernel.value(at: Double(part * group + k) / Double(phases) - Double(tap - width / 2 + 1))
        }
      }
    }
  }

  /// Coarse frequencies that are needed before the first one.
  var lead: Int { max(0, width / 2 - 1) }

  /// Writes `chunk` coarse frequencies and those between, `[real, imaginary][phases][chunk]`, from
  /// `real` and `imaginary`, which begin `lead` before the first one.
  @inline(__always)
  func apply(
    _ real: UnsafePointer<Double>, _ imaginary: UnsafePointer<Double>,
    to planes: UnsafeMutablePointer<Double>
  ) {
    let chunk = FrequencyBlocks.chunk
    let other = planes + phases * chunk
    weights.withUnsafeBufferPointer { weights in
      let weights = weights.baseAddress!
      switch phases {
      case 1:
        planes.update(from: real, count: chunk)
        other.update(from: imaginary, count: chunk)
      case 2: two(real, imaginary, weights, planes, other)
      default:
        for part in 0..<phases / 4 {
          four(
            real, imaginary, weights + 4 * width * part, planes + 4 * chunk * part,
            other + 4 * chunk * part)
        }
      }
    }
  }

  @inline(__always)
  private func two(
    _ real: UnsafePointer<Double>, _ imaginary: UnsafePointer<Double>,
    _ weights: UnsafePointer<Double>, _ planes: UnsafeMutablePointer<Double>,
    _ other: UnsafeMutablePointer<Double>
  ) {
    let chunk = FrequencyBlocks.chunk
    var j = 0
    while j < chunk {
      var (a0, a1, b0, b1) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
      for tap in 0..<width {
        let (a, b) = (Self.load(real + j + tap), Self.load(imaginary + j + tap))
        let w = weights + 2 * tap
        let (w0, w1) = (Lanes(repeating: w[0]), Lanes(repeating: w[1]))
        a0 = a0.addingProduct(a, w0)
        a1 = a1.addingProduct(a, w1)
        b0 = b0.addingProduct(b, w0)
        b1 = b1.addingProduct(b, w1)
      }
      Self.store(a0, planes + j)
      Self.store(a1, planes + chunk + j)
      Self.store(b0, other + j)
      Self.store(b1, other + chunk + j)
      j += 8
    }
  }

  @inline(__always)
  private func four(
    _ real: UnsafePointer<Double>, _ imaginary: UnsafePointer<Double>,
    _ weights: UnsafePointer<Double>, _ planes: UnsafeMutablePointer<Double>,
    _ other: UnsafeMutablePointer<Double>
  ) {
    let chunk = FrequencyBlocks.chunk
    var j = 0
    while j < chunk {
      var (a0, a1, a2, a3) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
      var (b0, b1, b2, b3) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
      for tap in 0..<width {
        let (a, b) = (Self.load(real + j + tap), Self.load(imaginary + j + tap))
        let w = weights + 4 * tap
        let (w0, w1) = (Lanes(repeating: w[0]), Lanes(repeating: w[1]))
        let (w2, w3) = (Lanes(repeating: w[2]), Lanes(repeating: w[3]))
        a0 = a0.addingProduct(a, w0)
        a1 = a1.addingProduct(a, w1)
        a2 = a2.addingProduct(a, w2)
        a3 = a3.addingProduct(a, w3)
        b0 = b0.addingProduct(b, w0)
        b1 = b1.addingProduct(b, w1)
        b2 = b2.addingProduct(b, w2)
        b3 = b3.addingProduct(b, w3)
      }
      Self.store(a0, planes + j)
      Self.store(a1, planes + chunk + j)
      Self.store(a2, planes + 2 * chunk + j)
      Self.store(a3, planes + 3 * chunk + j)
      Self.store(b0, other + j)
      Self.store(b1, other + chunk + j)
      Self.store(b2, other + 2 * chunk + j)
      Self.store(b3, other + 3 * chunk + j)
      j += 8
    }
  }

  @inline(__always) private static func load(_ at: UnsafePointer<Double>) -> Lanes {
    UnsafeRawPointer(at).loadUnaligned(as: Lanes.self)
  }

  @inline(__always)
  private static func store(_ value: Lanes, _ at: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(at).storeBytes(of: value, as: Lanes.self)
  }
}
