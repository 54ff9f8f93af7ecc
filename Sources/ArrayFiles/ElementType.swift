/// The number types that array files may hold, with NumPy's codes.
public enum ElementType: String, Sendable, CaseIterable {
  case float64 = "f8"
  case float32 = "f4"
  case int64 = "i8"
  case int32 = "i4"
  case int16 = "i2"
  case int8 = "i1"
  case uint64 = "u8"
  case uint32 = "u4"
  case uint16 = "u2"
  case uint8 = "u1"
  case bool = "b1"

  /// Bytes of one element.
  public var size: Int { Int(rawValue.dropFirst())! }
}

/// Reads `count` little- or big-endian elements of type `type` at `source` as `Scalar`.
///
/// Returns the first element (its index and value) that `Scalar` cannot hold: a fraction, NaN or
/// out-of-range value for an integer type, an overflow for Float; nil when all went well.
func convertElements<Scalar: ArrayScalar>(
  _ source: UnsafeRawPointer, type: ElementType, swapped: Bool, count: Int,
  into destination: UnsafeMutablePointer<Scalar>
) -> (index: Int, value: String)? {
  // Going through concrete types here lets the compiler specialise every pair of types.
  let raw = UnsafeMutableRawPointer(destination)
  switch Scalar.elementType {
  case .float64:
    return convert(source, type, swapped, count, raw, Double.self) {
      $0
    } _: {
      Double($0)
    }
  case .float32:
    return convert(source, type, swapped, count, raw, Float.self) {
      let value = Float($0)
      return value.isInfinite && $0.isFinite ? nil : value
    } _: {
      Float($0)
    }
  case .int64:
    return convert(source, type, swapped, count, raw, Int64.self) {
      Int64(exactly: $0)
    } _: {
      $0
    }
  case .int32:
    return convert(source, type, swapped, count, raw, Int32.self) {
      Int32(exactly: $0)
    } _: {
      Int32(exactly: $0)
    }
  case .uint8:
    return convert(source, type, swapped, count, raw, UInt8.self) {
      UInt8(exactly: $0)
    } _: {
      UInt8(exactly: $0)
    }
  default:
    preconditionFailure("\(Scalar.self) is not one of Double, Float, Int64, Int32, UInt8")
  }
}

@inline(__always)
private func convert<To>(
  _ source: UnsafeRawPointer, _ type: ElementType, _ swapped: Bool, _ count: Int,
  _ raw: UnsafeMutableRawPointer, _: To.Type,
  _ fromDouble: (Double) -> To?, _ fromInteger: (Int64) -> To?
) -> (index: Int, value: String)? {
  let destination = raw.assumingMemoryBound(to: To.self)

  @inline(__always)
  func integers<Source: FixedWidthInteger>(_: Source.Type) -> (index: Int, value: String)? {
    for i in 0..<count {
      var value = source.loadUnaligned(
        fromByteOffset: i * MemoryLayout<Source>.size, as: Source.self)
      if swapped { value = value.byteSwapped }
      // Only UInt64 exceeds Int64; then a floating-point destination can still hold it.
      let result = Int64(exactly: value).map(fromInteger) ?? fromDouble(Double(value))
      guard let result else { return (i, "\(value)") }
      destination[i] = result
    }
    return nil
  }

  switch type {
  case .float64:
    for i in 0..<count {
      let bits = source.loadUnaligned(fromByteOffset: i * 8, as: UInt64.self)
      let value = Double(bitPattern: swapped ? bits.byteSwapped : bits)
      guard let result = fromDouble(value) else { return (i, "\(value)") }
      destination[i] = result
    }
    return nil
  case .float32:
    for i in 0..<count {
      let bits = source.loadUnaligned(fromByteOffset: i * 4, as: UInt32.self)
      let value = Float(bitPattern: swapped ? bits.byteSwapped : bits)
      guard let result = fromDouble(Double(value)) else { return (i, "\(value)") }
      destination[i] = result
    }
    return nil
  case .int64: return integers(Int64.self)
  case .int32: return integers(Int32.self)
  case .int16: return integers(Int16.self)
  case .int8: return integers(Int8.self)
  case .uint64: return integers(UInt64.self)
  case .uint32: return integers(UInt32.self)
  case .uint16: return integers(UInt16.self)
  case .uint8, .bool: return integers(UInt8.self)
  }
}
