/// Numbers as FITS files hold them.
struct BigEndianBytes {
  private(set) var bytes: [UInt8] = []

  mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  mutating func append(_ value: Float) { append(integer: value.bitPattern) }

  mutating func append(_ value: Double) { append(integer: value.bitPattern) }

  mutating func append(_ value: Int32) { append(integer: value) }

  /// Text filled up with blanks to `width` bytes.
  mutating func append(_ text: String, width: Int) {
    let ascii = text.unicodeScalars.prefix(width).map { $0.isASCII ? UInt8($0.value) : 0x3F }
    bytes += ascii + [UInt8](repeating: 0x20, count: width - ascii.count)
  }

  /// Fills up to whole blocks.
  mutating func pad() {
    bytes += [UInt8](repeating: 0, count: FITSCards.padding(after: bytes.count))
  }

  @inline(__always)
  private mutating func append(integer: some FixedWidthInteger) {
    withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
  }
}

/// A binary table that is being written.
struct FITSTable {
  /// A column's name, FITS format, unit, and its cells one after another.
  private struct Column {
    let name: String
    let format: String
    let unit: String
    let width: Int
    let cells: [UInt8]
  }

  let name: String
  let rowCount: Int
  /// Keywords of its own, after those of the columns.
  var cards: [(String, CardValue)] = []
  private var columns: [Column] = []

  enum CardValue {
    case integer(Int)
    case number(Double)
    case text(String)
  }

  init(name: String, rowCount: Int) {
    self.name = name
    self.rowCount = rowCount
  }

  /// Appends a column whose cells `cell` writes.
  mutating func append(
    _ name: String, format: String, unit: String = "",
    _ cell: (_ row: Int, _ bytes: inout BigEndianBytes) -> Void
  ) {
    var bytes = BigEndianBytes()
    for row in 0..<rowCount { cell(row, &bytes) }
    precondition(bytes.bytes.count % rowCount == 0)
    columns.append(
      Column(
        name: name, format: format, unit: unit, width: bytes.bytes.count / rowCount,
        cells: bytes.bytes))
  }

  /// Header and data, filled up to whole blocks.
  var bytes: [UInt8] {
    var header = FITSCards()
    header.append("XTENSION", "BINTABLE")
    header.append("BITPIX", 8)
    header.append("NAXIS", 2)
    header.append("NAXIS1", columns.reduce(0) { $0 + $1.width })
    header.append("NAXIS2", rowCount)
    header.append("PCOUNT", 0)
    header.append("GCOUNT", 1)
    header.append("TFIELDS", columns.count)
    header.append("EXTNAME", name)
    header.append("EXTVER", 1)
    for (number, column) in zip(1..., columns) {
      header.append("TTYPE\(number)", column.name)
      header.append("TFORM\(number)", column.format)
      if !column.unit.isEmpty { header.append("TUNIT\(number)", column.unit) }
    }
    for (keyword, value) in cards {
      switch value {
      case .integer(let value): header.append(keyword, value)
      case .number(let value): header.append(keyword, value)
      case .text(let value): header.append(keyword, value)
      }
    }
    var bytes = header.bytes
    for row in 0..<rowCount {
      for column in columns {
        bytes += column.cells[(row * column.width)..<((row + 1) * column.width)]
      }
    }
    return bytes + [UInt8](repeating: 0, count: FITSCards.padding(after: bytes.count))
  }
}
