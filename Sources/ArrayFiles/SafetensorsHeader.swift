import Foundation

/// The JSON header of a safetensors file.
struct SafetensorsHeader: Decodable {
  struct Entry: Decodable {
    var dtype: String
    var shape: [Int]
    var dataOffsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case dataOffsets = "data_offsets"
    }

    var elementType: SafetensorsType? { SafetensorsType(rawValue: dtype) }

    /// The product of the shape; nil if it is negative somewhere or overflows.
    var elementCount: Int? {
      var count = 1
      for length in shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: length)
        guard length >= 0, !overflow else { return nil }
        count = product
      }
      return count
    }
  }

  private struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  var metadata: [String: String] = [:]
  var entries: [String: Entry] = [:]

  init(from decoder: Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    for key in container.allKeys {
      if key.stringValue == "__metadata__" {
        metadata = try container.decode([String: String].self, forKey: key)
      } else {
        entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
      }
    }
  }
}

/// The tensor types that are read, by their names in the file.
enum SafetensorsType: String {
  case float64 = "F64"
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"

  var size: Int {
    switch self {
    case .float64: 8
    case .float32: 4
    case .float16, .bfloat16: 2
    }
  }

  func read(count: Int, from source: inout FileSource) throws -> [Float] {
    switch self {
    case .float64, .float32:
      return try [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        try NPY.readElements(
          from: &source, type: self == .float64 ? .float64 : .float32, swapped: false,
          firstIndex: 0, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        initialized = count
      }
    case .float16, .bfloat16:
      var bits = [UInt16](repeating: 0, count: count)
      try bits.withUnsafeMutableBytes { try source.read(into: $0) }
      return bits.map {
        self == .bfloat16 ? Float(bitPattern: UInt32($0) << 16) : Self.halfToFloat($0)
      }
    }
  }

  /// IEEE 754 binary16 by hand: Swift has no Float16 on some platforms.
  private static func halfToFloat(_ bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10 & 0x1F)
    let fraction = UInt32(bits & 0x3FF)
    switch exponent {
    case 0:
      let magnitude = Float(fraction) * 0x1p-24
      return sign == 0 ? magnitude : -magnitude
    case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
