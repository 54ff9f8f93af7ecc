import ArrayFiles
import CCFITSIO

/// The rows of a UVFITS file as numbers, read by blocks.
struct UVFITSGroups {
  private let file: FITSFile
  private let bitsPerValue: Int
  private let rowLength: Int
  private let parameterCount: Int
  private let dataScale: Double
  private let dataZero: Double
  private var bytes: [UInt8] = []

  /// `[rows, rowLength]` of the block last read.
  private(set) var values: [Double] = []
  /// The row that comes next; nil after `end`.
  private(set) var position: Int? = 0

  /// Throws `FileError` if the file ends before its last row.
  init(_ file: FITSFile, _ layout: UVFITSHeader) throws {
    bitsPerValue = layout.bitsPerValue
    guard [-64, -32, 16, 32].contains(bitsPerValue) else {
      throw file.error("BITPIX: found \(bitsPerValue), expected -32")
    }
    self.file = file
    rowLength = layout.rowLength
    parameterCount = layout.parameterCount
    dataScale = layout.dataScale
    dataZero = layout.dataZero
    let rowSize = rowLength * abs(bitsPerValue) / 8
    let available = max(0, try InputFile(file.path).size - file.dataOffset)
    if available / rowSize < layout.groupCount {
      throw FileError(
        path: file.path,
        problem: "truncated: expected \(layout.groupCount) rows of visibilities, the file ends "
          + "after \(available / rowSize)")
    }
  }

  /// Reads the next `count` rows.
  mutating func read(_ count: Int) throws {
    guard let position else { preconditionFailure("read past the end") }
    let rowSize = rowLength * abs(bitsPerValue) / 8
    let size = count * rowSize
    if bytes.count < size { bytes = [UInt8](repeating: 0, count: size) }
    var status: Int32 = 0
    ffgtbb(file.handle, LONGLONG(position + 1), 1, LONGLONG(size), &bytes, &status)
    guard status == 0 else {
      throw file.error("rows from \(position + 1) on cannot be read", status: status)
    }
    convert(count * rowLength)
    self.position = position + count
  }

  mutating func end() {
    position = nil
    bytes = []
    values = []
  }

  private mutating func convert(_ count: Int) {
    if values.count != count { values = [Double](repeating: 0, count: count) }
    values.withUnsafeMutableBufferPointer { values in
      bytes.withUnsafeBytes { bytes in
        switch bitsPerValue {
        case -64:
          for i in 0..<count { values[i] = Double(bitPattern: bytes.bigEndian(i)) }
        case 16:
          for i in 0..<count { values[i] = Double(bytes.bigEndian(i) as Int16) }
        case 32:
          for i in 0..<count { values[i] = Double(bytes.bigEndian(i) as Int32) }
        default:
          for i in 0..<count { values[i] = Double(Float(bitPattern: bytes.bigEndian(i))) }
        }
      }
      guard dataScale != 1 || dataZero != 0 else { return }
      // The parameters have scales of their own.
      for row in Swift.stride(from: 0, to: count, by: rowLength) {
        for i in (row + parameterCount)..<(row + rowLength) {
          values[i] = dataZero + dataScale * values[i]
        }
      }
    }
  }
}

extension UnsafeRawBufferPointer {
  /// The `index`-th number of a big-endian array.
  @inline(__always)
  fileprivate func bigEndian<Value: FixedWidthInteger>(_ index: Int) -> Value {
    Value(
      bigEndian: loadUnaligned(fromByteOffset: index * MemoryLayout<Value>.size, as: Value.self))
  }
}
