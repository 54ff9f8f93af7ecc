/// A complex number in double precision.
struct Complex: Sendable, Equatable {
  var re: Double
  var im: Double

  @inline(__always) init(_ re: Double, _ im: Double = 0) {
    self.re = re
    self.im = im
  }

  @inline(__always) var conjugate: Complex { Complex(re, -im) }
  @inline(__always) var normSquared: Double { re * re + im * im }
  @inline(__always) var magnitude: Double { normSquared.squareRoot() }
  @inline(__always) var isFinite: Bool { re.isFinite && im.isFinite }

  /// The principal square root, without cancellation on either side of the cut.
  var squareRoot: Complex {
    let norm = magnitude
    guard norm > 0 else { return Complex(0) }
    let larger = ((norm + abs(re)) / 2).squareRoot()
    let smaller = im / (2 * larger)
    return re >= 0 ? Complex(larger, smaller) : Complex(abs(smaller), im < 0 ? -larger : larger)
  }

  @inline(__always) static func + (a: Complex, b: Complex) -> Complex {
    Complex(a.re + b.re, a.im + b.im)
  }
  @inline(__always) static func - (a: Complex, b: Complex) -> Complex {
    Complex(a.re - b.re, a.im - b.im)
  }
  @inline(__always) static prefix func - (a: Complex) -> Complex { Complex(-a.re, -a.im) }
  @inline(__always) static func * (a: Complex, b: Complex) -> Complex {
    Complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
  }
  @inline(__always) static func * (a: Double, b: Complex) -> Complex {
    Complex(a * b.re, a * b.im)
  }
  @inline(__always) static func / (a: Complex, b: Complex) -> Complex {
    let inverse = 1 / b.normSquared
    return Complex(
      (a.re * b.re + a.im * b.im) * inverse, (a.im * b.re - a.re * b.im) * inverse)
  }
  @inline(__always) static func += (a: inout Complex, b: Complex) { a = a + b }
  @inline(__always) static func -= (a: inout Complex, b: Complex) { a = a - b }
}
