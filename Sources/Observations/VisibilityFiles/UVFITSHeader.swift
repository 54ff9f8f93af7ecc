import ArrayFiles

/// How the groups of a UVFITS file are laid out: which numbers stand where in each row.
///
/// Reference: AIPS Memo 117, Greisen, section 3.
struct UVFITSHeader {
  /// One number in front of each row's visibilities: value = zero + scale · stored.
  struct Parameter {
    let index: Int
    let scale: Double
    let zero: Double
  }

  /// Rows in the file.
  let groupCount: Int
  let bitsPerValue: Int
  let parameterCount: Int
  /// Numbers in a row, parameters included.
  let rowLength: Int
  let dataScale: Double
  let dataZero: Double

  /// Distance in a row from the real to the imaginary part, and to the weight.
  let complexStride: Int
  /// Where in a row the real parts of each hand stand, one for each channel of each IF; two hands of
  /// which Stokes I is the mean, or one alone.
  let hands: [[Int]]
  /// `RR` and `LL`, `XX` and `YY`, or `I`.
  let handNames: [String]
  let channelCount: Int
  let bandCount: Int

  let u: Parameter
  let v: Parameter
  let baseline: Parameter?
  let antennas: (Parameter, Parameter)?
  let subarray: Parameter?
  /// Days; their sum is the Julian date.
  let dates: [Parameter]
  let integration: Parameter?
  let frequencySetup: Parameter?
  let sourceNumber: Parameter?

  /// Hz.
  let referenceFrequency: Double?
  let channelWidth: Double
  /// Of the middle of all channels from the reference frequency, Hz.
  let channelOffsets: [Double]

  let source: String
  let rightAscension: Double
  let declination: Double

  /// Reads the header of the first HDU, at which `file` must be. Throws `FileError`.
  init(_ file: FITSFile) throws {
    let lengths = try file.axes
    guard let groupCount = try file.integer("GCOUNT"), groupCount > 0,
      let parameterCount = try file.integer("PCOUNT"), (1..<1000).contains(parameterCount)
    else {
      throw file.error("holds no rows of visibilities (GCOUNT or PCOUNT is missing or zero)")
    }
    self.groupCount = groupCount
    self.parameterCount = parameterCount
    bitsPerValue = try file.integer("BITPIX") ?? -32
    dataScale = try file.number("BSCALE") ?? 1
    dataZero = try file.number("BZERO") ?? 0

    var axes: [String: Axis] = [:]
    var stride = 1
    for (number, length) in zip(2..., lengths.dropFirst()) {
      let axis = try Axis(file, number: number, length: length, stride: stride)
      guard length <= 1 || Axis.known.contains(axis.name) else {
        throw file.error(
          "axis \(number) (\(FileError.quoted(axis.name))) has \(length) values, expected one")
      }
      axes[axis.name] = axis
      stride *= length
      // Damaged headers ask for anything.
      guard length > 0, stride < 1 << 30 else {
        throw file.error("found \(lengths) values a row, expected fewer")
      }
    }
    rowLength = parameterCount + stride
    guard let complex = axes["COMPLEX"], complex.length == 3 else {
      let found = axes["COMPLEX"].map { "\($0.length)" } ?? "none"
      throw file.error(
        "found \(found) numbers a visibility, expected 3 (real, imaginary, weight); "
          + "compressed files are expanded by AIPS FITTP")
    }
    complexStride = complex.stride
    let stokes = axes["STOKES"]
    let frequency = axes["FREQ"]
    let band = axes["IF"]
    channelCount = frequency?.length ?? 1
    bandCount = band?.length ?? 1

    let codes = try (0..<(stokes?.length ?? 1)).map { index in
      guard let stokes else { return 1 }
      guard let code = Int(exactly: stokes.value(at: index).rounded()) else {
        throw file.error("found the Stokes parameter \(stokes.value(at: index))")
      }
      return code
    }
    let chosen = try UVFITSHeader.hands(codes, file)
    handNames = chosen.map { UVFITSHeader.stokesNames[codes[$0]] ?? "?" }
    let (channels, bands) = (channelCount, bandCount)
    hands = chosen.map { hand in
      (0..<bands).flatMap { number in
        (0..<channels).map { channel in
          parameterCount + hand * (stokes?.stride ?? 0) + number * (band?.stride ?? 0)
            + channel * (frequency?.stride ?? 0)
        }
      }
    }
    referenceFrequency = frequency?.reference
    channelWidth = abs(frequency?.increment ?? 0)
    channelOffsets = (0..<channels).map {
      (frequency?.value(at: $0) ?? 0) - (frequency?.reference ?? 0)
    }

    let parameters = try Parameters(file, count: parameterCount)
    guard let u = parameters.coordinate("UU"), let v = parameters.coordinate("VV") else {
      throw file.error(
        "has no parameters 'UU' and 'VV'; it has \(parameters.list), so is no visibility file")
    }
    (self.u, self.v) = (u, v)
    baseline = parameters["BASELINE"]
    if let first = parameters["ANTENNA1"], let second = parameters["ANTENNA2"] {
      antennas = (first, second)
    } else {
      antennas = nil
    }
    subarray = parameters["SUBARRAY"]
    dates = parameters.all("DATE") + parameters.all("_DATE")
    integration = parameters["INTTIM"]
    frequencySetup = parameters["FREQSEL"]
    sourceNumber = parameters["SOURCE"]

    source = file.string("OBJECT") ?? ""
    rightAscension = try file.number("OBSRA") ?? axes["RA"]?.reference ?? 0
    declination = try file.number("OBSDEC") ?? axes["DEC"]?.reference ?? 0
  }

  private static let stokesNames = [
    1: "I", 2: "Q", 3: "U", 4: "V", -1: "RR", -2: "LL", -3: "RL", -4: "LR", -5: "XX", -6: "YY",
    -7: "XY", -8: "YX",
  ]

  /// The positions on the Stokes axis of which Stokes I is the mean.
  private static func hands(_ codes: [Int], _ file: FITSFile) throws -> [Int] {
    if let total = codes.firstIndex(of: 1) { return [total] }
    for pair in [[-1, -2], [-5, -6]] {
      let found = pair.compactMap { codes.firstIndex(of: $0) }
      if !found.isEmpty { return found }
    }
    let names = codes.map { stokesNames[$0] ?? "\($0)" }.joined(separator: ", ")
    throw file.error("holds \(names) only, of which Stokes I cannot be made")
  }
}

extension UVFITSHeader {
  /// One axis of a row's visibilities.
  private struct Axis {
    static let known: Set = ["COMPLEX", "STOKES", "FREQ", "IF"]

    let name: String
    let length: Int
    /// Distance in a row between neighbours on this axis.
    let stride: Int
    let reference: Double
    let referencePixel: Double
    let increment: Double

    init(_ file: FITSFile, number: Int, length: Int, stride: Int) throws {
      let full = (file.string("CTYPE\(number)") ?? "AXIS\(number)").uppercased()
      // RA---SIN and the like are known by what precedes the projection.
      name = full.split(separator: "-").first.map(String.init) ?? full
      self.length = length
      self.stride = stride
      reference = try file.number("CRVAL\(number)") ?? 0
      referencePixel = try file.number("CRPIX\(number)") ?? 1
      // Negative Stokes codes count downwards.
      increment = try file.number("CDELT\(number)") ?? (reference < 0 ? -1 : 1)
    }

    func value(at index: Int) -> Double {
      reference + (Double(index + 1) - referencePixel) * increment
    }
  }

  /// The parameters by name; a name may occur twice.
  private struct Parameters {
    private var names: [String] = []
    private var entries: [Parameter] = []

    init(_ file: FITSFile, count: Int) throws {
      for index in 0..<count {
        names.append((file.string("PTYPE\(index + 1)") ?? "").uppercased())
        entries.append(
          Parameter(
            index: index, scale: try file.number("PSCAL\(index + 1)") ?? 1,
            zero: try file.number("PZERO\(index + 1)") ?? 0))
      }
    }

    subscript(name: String) -> Parameter? { all(name).first }

    func all(_ name: String) -> [Parameter] {
      zip(names, entries).filter { $0.0 == name }.map(\.1)
    }

    /// `UU`, whatever projection is appended: `UU--`, `UU---SIN`.
    func coordinate(_ name: String) -> Parameter? {
      zip(names, entries).first { $0.0 == name || $0.0.hasPrefix(name + "-") }?.1
    }

    var list: String {
      names.isEmpty ? "none" : names.map { FileError.quoted($0) }.joined(separator: ", ")
    }
  }
}
