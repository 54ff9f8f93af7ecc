import Foundation

/// FITS files made up for tests, byte by byte, independently of what they test.
struct MadeUpFITS {
  private(set) var data = Data()

  /// Values of keywords as they stand in the header: `'text'`, `1.5`, `T`.
  typealias Cards = [(String, String)]

  mutating func append(_ cards: Cards, _ contents: [UInt8] = []) {
    var text = ""
    for (keyword, value) in cards {
      text += (keyword.padding(toLength: 8, withPad: " ", startingAt: 0) + "= " + value)
        .padding(toLength: 80, withPad: " ", startingAt: 0)
    }
    text += "END"
    data.append(Data(text.utf8))
    data.append(Data(repeating: 0x20, count: (2880 - data.count % 2880) % 2880))
    data.append(Data(contents))
    data.append(Data(repeating: 0, count: (2880 - data.count % 2880) % 2880))
  }

  static func bytes(_ values: [Float]) -> [UInt8] {
    values.flatMap { value in withUnsafeBytes(of: value.bitPattern.bigEndian) { Array($0) } }
  }

  static func bytes(_ values: [Double]) -> [UInt8] {
    values.flatMap { value in withUnsafeBytes(of: value.bitPattern.bigEndian) { Array($0) } }
  }

  static func bytes(_ value: Int32) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }

  /// A binary table of the columns (name, format), and its rows.
  mutating func append(
    table name: String, columns: [(String, String)], rows: [[UInt8]], cards: Cards = []
  ) {
    var header: Cards = [
      ("XTENSION", "'BINTABLE'"), ("BITPIX", "8"), ("NAXIS", "2"),
      ("NAXIS1", "\(rows.first?.count ?? 0)"), ("NAXIS2", "\(rows.count)"), ("PCOUNT", "0"),
      ("GCOUNT", "1"), ("TFIELDS", "\(columns.count)"), ("EXTNAME", "'\(name)'"),
    ]
    for (number, (name, format)) in zip(1..., columns) {
      header.append(("TTYPE\(number)", "'\(name)'"))
      header.append(("TFORM\(number)", "'\(format)'"))
    }
    append(header + cards, rows.flatMap { $0 })
  }

  /// An image of double precision.
  static func image(_ axes: [Int], _ pixels: [Double], _ cards: Cards) -> Data {
    var file = MadeUpFITS()
    var header: Cards = [("SIMPLE", "T"), ("BITPIX", "-64"), ("NAXIS", "\(axes.count)")]
    for (number, length) in zip(1..., axes) { header.append(("NAXIS\(number)", "\(length)")) }
    file.append(header + cards, bytes(pixels))
    return file.data
  }
}

/// A UVFITS file made up for tests.
struct MadeUpUVFITS {
  /// Name, PSCAL and PZERO.
  var parameters: [(String, Double, Double)] = [
    ("UU---SIN", 1, 0), ("VV---SIN", 1, 0), ("WW---SIN", 1, 0), ("BASELINE", 1, 0),
    ("DATE", 1, 0), ("DATE", 1, 0), ("INTTIM", 1, 0),
  ]
  /// Of the Stokes axis, value and increment.
  var stokes = (count: 2, first: -1, step: -1)
  var channels = 1
  var bands = 1
  var frequency = 1e9
  var channelWidth = 1e6
  /// `[rows, parameters + 3 stokes channels bands]`.
  var rows: [[Double]] = []
  /// Number, name, and subarray.
  var antennas: [(number: Int32, name: String, subarray: Int)] = [
    (1, "A", 1), (2, "B", 1), (3, "C", 1),
  ]
  /// Frequencies of the subarrays where they are not `frequency`.
  var subarrayFrequencies: [Int: Double] = [:]
  /// Number and frequency offsets of each IF.
  var setups: [(Int32, [Double])] = []
  var cards: MadeUpFITS.Cards = []
  var isDouble = false

  /// The parameters of `parameters` as they are at first, u and v in light-seconds.
  static func row(
    _ first: Double, _ second: Double, u: Double = 1e-3, v: Double = 2e-3, day: Double = 2457848.5,
    fraction: Double = 0.25
  ) -> [Double] {
    [u, v, 0, 256 * first + second, day, fraction, 10]
  }

  var data: Data {
    var file = MadeUpFITS()
    var header: MadeUpFITS.Cards = [
      ("SIMPLE", "T"), ("BITPIX", isDouble ? "-64" : "-32"), ("NAXIS", "7"), ("NAXIS1", "0"),
      ("NAXIS2", "3"), ("NAXIS3", "\(stokes.count)"), ("NAXIS4", "\(channels)"),
      ("NAXIS5", "\(bands)"), ("NAXIS6", "1"), ("NAXIS7", "1"), ("EXTEND", "T"), ("GROUPS", "T"),
      ("PCOUNT", "\(parameters.count)"), ("GCOUNT", "\(rows.count)"), ("OBJECT", "'SRC'"),
      ("CTYPE2", "'COMPLEX'"), ("CRVAL2", "1.0"), ("CDELT2", "1.0"), ("CRPIX2", "1.0"),
      ("CTYPE3", "'STOKES'"), ("CRVAL3", "\(stokes.first).0"), ("CDELT3", "\(stokes.step).0"),
      ("CRPIX3", "1.0"), ("CTYPE4", "'FREQ'"), ("CRVAL4", "\(frequency)"),
      ("CDELT4", "\(channelWidth)"), ("CRPIX4", "1.0"), ("CTYPE5", "'IF'"), ("CRVAL5", "1.0"),
      ("CTYPE6", "'RA'"), ("CRVAL6", "12.5"), ("CTYPE7", "'DEC'"), ("CRVAL7", "-3.25"),
    ]
    for (number, (name, scale, zero)) in zip(1..., parameters) {
      header.append(("PTYPE\(number)", "'\(name)'"))
      header.append(("PSCAL\(number)", "\(scale)"))
      header.append(("PZERO\(number)", "\(zero)"))
    }
    let values = rows.flatMap { $0 }
    file.append(
      header + cards,
      isDouble ? MadeUpFITS.bytes(values) : MadeUpFITS.bytes(values.map { Float($0) }))
    for subarray in Set(antennas.map(\.subarray)).sorted() {
      file.append(
        table: "AIPS AN", columns: [("ANNAME", "8A"), ("STABXYZ", "3D"), ("NOSTA", "1J")],
        rows: antennas.filter { $0.subarray == subarray }.map {
          Array($0.name.padding(toLength: 8, withPad: " ", startingAt: 0).utf8)
            + MadeUpFITS.bytes([Double($0.number), 2, 3]) + MadeUpFITS.bytes($0.number)
        },
        cards: [
          ("EXTVER", "\(subarray)"), ("FREQ", "\(subarrayFrequencies[subarray] ?? frequency)"),
        ])
    }
    if !setups.isEmpty {
      file.append(
        table: "AIPS FQ", columns: [("FRQSEL", "1J"), ("IF FREQ", "\(bands)D")],
        rows: setups.map { MadeUpFITS.bytes($0.0) + MadeUpFITS.bytes($0.1) })
    }
    return file.data
  }
}
