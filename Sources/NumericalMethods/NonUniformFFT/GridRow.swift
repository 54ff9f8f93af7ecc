import CVector

/// A stretch of a row of the grid that lies in vector registers: 4 complex numbers a vector.
protocol GridRow: Sendable {
  static var vectorCount: Int { get }

  static var zero: Self { get }

  /// Each of 16 kernel values twice, for the real and the imaginary part, from where `lanes` says.
  init(_ low: SIMD8<Double>, _ high: SIMD8<Double>, lanes: UnsafePointer<SIMD8<Int>>)

  /// The complex number that `value` holds four times, times each element, which is real.
  func scaled(by value: SIMD8<Double>) -> Self

  func add(times factor: Double, to memory: UnsafeMutablePointer<SIMD8<Double>>)

  mutating func accumulate(times factor: Double, _ memory: UnsafePointer<SIMD8<Double>>)

  /// Products of the elements, added over the vectors.
  func dot(_ other: Self) -> SIMD8<Double>
}

extension SIMD8<Double>: GridRow {
  static var vectorCount: Int { 1 }

  @inline(__always)
  init(_ low: SIMD8<Double>, _ high: SIMD8<Double>, lanes: UnsafePointer<SIMD8<Int>>) {
    self = f64x8_select(low, high, unsafeBitCast(lanes.pointee, to: SIMD8<Int64>.self))
  }

  @inline(__always) func scaled(by value: SIMD8<Double>) -> SIMD8<Double> { self * value }

  @inline(__always) func add(times factor: Double, to memory: UnsafeMutablePointer<SIMD8<Double>>) {
    memory.pointee = memory.pointee.addingProduct(self, SIMD8(repeating: factor))
  }

  @inline(__always)
  mutating func accumulate(times factor: Double, _ memory: UnsafePointer<SIMD8<Double>>) {
    self = addingProduct(memory.pointee, SIMD8(repeating: factor))
  }

  @inline(__always) func dot(_ other: SIMD8<Double>) -> SIMD8<Double> { self * other }
}

/// Two stretches, one after the other.
struct GridRowPair<First: GridRow, Second: GridRow>: GridRow {
  var first: First
  var second: Second

  @inline(__always) static var vectorCount: Int { First.vectorCount + Second.vectorCount }
  @inline(__always) static var zero: Self { Self(first: .zero, second: .zero) }

  @inline(__always) init(first: First, second: Second) {
    self.first = first
    self.second = second
  }

  @inline(__always)
  init(_ low: SIMD8<Double>, _ high: SIMD8<Double>, lanes: UnsafePointer<SIMD8<Int>>) {
    first = First(low, high, lanes: lanes)
    second = Second(low, high, lanes: lanes + First.vectorCount)
  }

  @inline(__always) func scaled(by value: SIMD8<Double>) -> Self {
    Self(first: first.scaled(by: value), second: second.scaled(by: value))
  }

  @inline(__always) func add(times factor: Double, to memory: UnsafeMutablePointer<SIMD8<Double>>) {
    first.add(times: factor, to: memory)
    second.add(times: factor, to: memory + First.vectorCount)
  }

  @inline(__always)
  mutating func accumulate(times factor: Double, _ memory: UnsafePointer<SIMD8<Double>>) {
    first.accumulate(times: factor, memory)
    second.accumulate(times: factor, memory + First.vectorCount)
  }

  @inline(__always) func dot(_ other: Self) -> SIMD8<Double> {
    first.dot(other.first) + second.dot(other.second)
  }
}
