/// The columns that a register tile works on at once.
protocol ColumnGroup {
  static var width: Int { get }
  init(_ source: UnsafePointer<Float>)
  init(repeating value: Float)
  func store(_ target: UnsafeMutablePointer<Float>)
  /// this += scalar · columns
  mutating func add(_ scalar: Float, times columns: Self)
}

struct HalfVector: ColumnGroup {
  @inline(__always) static var width: Int { 8 }
  var value: SIMD8<Float>

  @inline(__always)
  init(_ source: UnsafePointer<Float>) {
    value = UnsafeRawPointer(source).loadUnaligned(as: SIMD8<Float>.self)
  }

  @inline(__always) init(repeating value: Float) { self.value = SIMD8(repeating: value) }

  @inline(__always)
  func store(_ target: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(target).storeBytes(of: value, as: SIMD8<Float>.self)
  }

  @inline(__always)
  mutating func add(_ scalar: Float, times columns: Self) {
    value.addProduct(SIMD8(repeating: scalar), columns.value)
  }
}

struct OneVector: ColumnGroup {
  @inline(__always) static var width: Int { 16 }
  var value: SIMD16<Float>

  @inline(__always) init(_ source: UnsafePointer<Float>) { value = source.vector }
  @inline(__always) init(repeating value: Float) { self.value = SIMD16(repeating: value) }
  @inline(__always) func store(_ target: UnsafeMutablePointer<Float>) { target.storeVector(value) }

  @inline(__always)
  mutating func add(_ scalar: Float, times columns: Self) {
    value.addProduct(SIMD16(repeating: scalar), columns.value)
  }
}

struct TwoVectors: ColumnGroup {
  @inline(__always) static var width: Int { 32 }
  var first: SIMD16<Float>
  var second: SIMD16<Float>

  @inline(__always)
  init(_ source: UnsafePointer<Float>) {
    first = source.vector
    second = (source + 16).vector
  }

  @inline(__always)
  init(repeating value: Float) {
    first = SIMD16(repeating: value)
    second = first
  }

  @inline(__always)
  func store(_ target: UnsafeMutablePointer<Float>) {
    target.storeVector(first)
    (target + 16).storeVector(second)
  }

  @inline(__always)
  mutating func add(_ scalar: Float, times columns: Self) {
    first.addProduct(SIMD16(repeating: scalar), columns.first)
    second.addProduct(SIMD16(repeating: scalar), columns.second)
  }
}
