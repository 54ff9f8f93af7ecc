/// A number that array files hold. The conformers are Double, Float, Int64, Int32 and UInt8.
public protocol ArrayScalar: Sendable, BitwiseCopyable {
  static var elementType: ElementType { get }
}

extension Double: ArrayScalar { public static var elementType: ElementType { .float64 } }
extension Float: ArrayScalar { public static var elementType: ElementType { .float32 } }
extension Int64: ArrayScalar { public static var elementType: ElementType { .int64 } }
extension Int32: ArrayScalar { public static var elementType: ElementType { .int32 } }
extension UInt8: ArrayScalar { public static var elementType: ElementType { .uint8 } }

/// A dense array in row-major (C) order.
public struct NDArray<Scalar: ArrayScalar>: Sendable {
  /// Lengths of the dimensions; empty for a scalar.
  public var shape: [Int]
  /// All elements, the last dimension running fastest.
  public var values: [Scalar]

  /// The product of `shape` must be the number of values.
  public init(shape: [Int], values: [Scalar]) {
    precondition(
      shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == values.count,
      "shape \(shape) does not hold \(values.count) values")
    self.shape = shape
    self.values = values
  }

  /// Length of the first dimension; 1 for a scalar.
  public var rowCount: Int { shape.first ?? 1 }

  /// Elements of one row: the product of the other dimensions.
  public var rowLength: Int { shape.dropFirst().reduce(1, *) }
}
