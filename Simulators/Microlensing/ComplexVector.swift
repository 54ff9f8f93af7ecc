/// Eight real numbers, one per source position.
typealias Lanes = SIMD8<Double>

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

  @inline(__always) subscript(lane: Int) -> Complex { Complex(re[lane], im[lane]) }

  @inline(__always) var conjugate: ComplexVector { ComplexVector(re, -im) }
  @inline(__always) var normSquared: Lanes { (re * re).addingProduct(im, im) }
  @inline(__always) var reciprocal: ComplexVector {
    let inverse = 1 / normSquared
    return ComplexVector(re * inverse, -im * inverse)
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

  /// `self + a b`.
  @inline(__always) func addingProduct(_ a: Self, _ b: Self) -> Self {
    Self(
      re.addingProduct(a.re, b.re).addingProduct(-a.im, b.im),
      im.addingProduct(a.re, b.im).addingProduct(a.im, b.re))
  }
}
