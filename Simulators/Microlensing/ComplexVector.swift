import CVector

/// Eight real numbers, one per source position.
typealias Lanes = SIMD8<Double>

/// A choice of lanes.
typealias LaneMask = SIMDMask<Lanes.MaskStorage>

/// Eight complex numbers, one per source position, in structure-of-arrays form.
struct ComplexVector: Sendable {
  var re: Lanes
  var im: Lanes

  @inline(__always) init(_ re: Lanes, _ im: Lanes) {
    self.re = re
    self.im = im
  }
  @inline(__always) init(repeating value: Complex) {
    re = Lanes(repeating: value.re)
    im = Lanes(repeating: value.im)
  }

  /// Unit vectors at the angles `angle`, |angle| ≤ π/2.
  @inline(__always) init(angle: Lanes) {
    // Taylor series at half the angle, then doubled.
    let x = 0.5 * angle
    let square = x * x
    var sine = Lanes(repeating: 1 / 355_687_428_096_000)
    var cosine = Lanes(repeating: 1 / 20_922_789_888_000)
    sine = Lanes(repeating: -1 / 1_307_674_368_000).addingProduct(sine, square)
    cosine = Lanes(repeating: -1 / 87_178_291_200).addingProduct(cosine, square)
    sine = Lanes(repeating: 1 / 6_227_020_800).addingProduct(sine, square)
    cosine = Lanes(repeating: 1 / 479_001_600).addingProduct(cosine, square)
    sine = Lanes(repeating: -1 / 39_916_800).addingProduct(sine, square)
    cosine = Lanes(repeating: -1 / 3_628_800).addingProduct(cosine, square)
    sine = Lanes(repeating: 1 / 362_880).addingProduct(sine, square)
    cosine = Lanes(repeating: 1 / 40_320).addingProduct(cosine, square)
    sine = Lanes(repeating: -1 / 5_040).addingProduct(sine, square)
    cosine = Lanes(repeating: -1 / 720).addingProduct(cosine, square)
    sine = Lanes(repeating: 1 / 120).addingProduct(sine, square)
    cosine = Lanes(repeating: 1 / 24).addingProduct(cosine, square)
    sine = Lanes(repeating: -1 / 6).addingProduct(sine, square)
    cosine = Lanes(repeating: -1 / 2).addingProduct(cosine, square)
    sine = x * Lanes(repeating: 1).addingProduct(sine, square)
    cosine = Lanes(repeating: 1).addingProduct(cosine, square)
    self.init((-2 * sine * sine) + 1, 2 * sine * cosine)
  }

  @inline(__always) subscript(lane: Int) -> Complex {
    get { Complex(re[lane], im[lane]) }
    set {
      re[lane] = newValue.re
      im[lane] = newValue.im
    }
  }

  @inline(__always) var conjugate: ComplexVector { ComplexVector(re, -im) }
  @inline(__always) var normSquared: Lanes { (re * re).addingProduct(im, im) }
  @inline(__always) var reciprocal: ComplexVector {
    let inverse = 1 / normSquared
    return ComplexVector(re * inverse, -im * inverse)
  }

  /// The principal square root.
  @inline(__always) var squareRoot: ComplexVector {
    let norm = f64x8_sqrt(normSquared)
    let isLeft = re .< 0
    let larger = f64x8_sqrt(0.5 * (norm + re.replacing(with: -re, where: isLeft)))
    let smaller = 0.5 * im / larger.replacing(with: 1, where: larger .== 0)
    let size = smaller.replacing(with: -smaller, where: smaller .< 0)
    return ComplexVector(
      larger.replacing(with: size, where: isLeft),
      smaller.replacing(
        with: larger.replacing(with: -larger, where: im .< 0), where: isLeft))
  }

  /// Minus `self` in the lanes of `mask`.
  @inline(__always) func negated(where mask: LaneMask) -> ComplexVector {
    ComplexVector(re.replacing(with: -re, where: mask), im.replacing(with: -im, where: mask))
  }

  @inline(__always) func replacing(with other: Self, where mask: LaneMask) -> ComplexVector {
    ComplexVector(
      re.replacing(with: other.re, where: mask), im.replacing(with: other.im, where: mask))
  }

  @inline(__always) static func + (a: Self, b: Self) -> Self { Self(a.re + b.re, a.im + b.im) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { Self(a.re - b.re, a.im - b.im) }
  @inline(__always) static func + (a: Self, b: Double) -> Self { Self(a.re + b, a.im) }
  @inline(__always) static func - (a: Self, b: Double) -> Self { Self(a.re - b, a.im) }
  @inline(__always) static prefix func - (a: Self) -> Self { Self(-a.re, -a.im) }
  @inline(__always) static func * (a: Double, b: Self) -> Self { Self(a * b.re, a * b.im) }
  @inline(__always) static func * (a: Lanes, b: Self) -> Self { Self(a * b.re, a * b.im) }
  @inline(__always) static func * (a: Self, b: Self) -> Self {
    Self(
      (a.re * b.re).addingProduct(-a.im, b.im), (a.re * b.im).addingProduct(a.im, b.re))
  }

  /// |re| + |im|.
  @inline(__always) var size: Lanes { re.magnitude + im.magnitude }

  /// The lanes' sum, weighted.
  @inline(__always) func dot(_ weights: Lanes) -> Complex {
    Complex((re * weights).sum(), (im * weights).sum())
  }

  /// `self + a b`.
  @inline(__always) func addingProduct(_ a: Self, _ b: Self) -> Self {
    Self(
      re.addingProduct(a.re, b.re).addingProduct(-a.im, b.im),
      im.addingProduct(a.re, b.im).addingProduct(a.im, b.re))
  }
}
