import ArrayFiles
import Foundation

/// The photometry of one object as one file has it, in each of its bands: what a periodogram is made of.
public struct Photometry: Sendable {
  /// As the file calls it, or else the file's name without its endings.
  public var name: String
  public var path: String
  /// In the order in which the file begins with them; magnitudes where it has magnitudes.
  public var bands: [LightCurve]
  /// What the times are, such as `HJD, the file's times + 2450000`.
  public var timeSystem: String
  /// False if the file has none: all errors are 1 then.
  public var hasErrors: Bool
  /// What was left out or done to the data that their owner should know.
  public var warnings: [String]

  /// Reads a table of text or a FITS light curve; what it is, its contents tell.
  ///
  /// Text: time, brightness and, if there is one, error, with or without a line of names; OGLE, ASAS-SN,
  /// ZTF, and whatever `LightCurve.read` understands. A column of bands (`band`, `filter`, …) makes
  /// a light curve of each. FITS: `LIGHTCURVE` tables of Kepler, K2 and TESS, the quick-look
  /// pipeline's among them. Upper limits, missing magnitudes and measurements that the survey flags
  /// are left out and counted in `warnings`.
  ///
  /// Times become full Julian dates where the file says what they are, and stay as they are otherwise.
  ///
  /// Throws `FileError` with line or row and the value for a missing column, what is not a finite number,
  /// or an error that is not above 0; for files without measurements and those of other kinds.
  public static func read(_ path: String) throws -> Photometry {
    let bytes = try FileContents.read(path)
    if bytes.isEmpty {
      throw FileError(path: path, problem: "is empty: no line holds a measurement")
    }
    if bytes.starts(with: Array("SIMPLE  =".utf8)) { return try Photometry(fits: FITSFile(path)) }
    if bytes.starts(with: [0x1F, 0x8B]) {
      throw FileError(path: path, problem: "is compressed, expected text or FITS: unpack it first")
    }
    return try Photometry(LightCurveTable(path: path, bytes: bytes, needsErrors: false))
  }

  /// All measurements of all bands.
  public var count: Int { bands.reduce(0) { $0 + $1.times.count } }

  /// A line for each band about its order and repetitions goes to `warnings`.
  init(
    name: String, path: String, bands: [LightCurve], timeSystem: String, hasErrors: Bool,
    warnings: [String]
  ) {
    self.name = name
    self.path = path
    self.bands = bands
    self.timeSystem = timeSystem
    self.hasErrors = hasErrors
    self.warnings = warnings
    if !hasErrors {
      self.warnings.append("no column of errors: every measurement counts alike, with error 1")
    }
    for band in bands {
      let prefix = band.band.isEmpty ? "" : "band \(band.band): "
      self.warnings += band.warnings.map { prefix + $0 }
    }
  }
}

/// Measurements left out, by reason.
struct LeftOut {
  private var counts: [(reason: String, count: Int)] = []

  mutating func add(_ reason: String) {
    if let index = counts.firstIndex(where: { $0.reason == reason }) {
      counts[index].count += 1
    } else {
      counts.append((reason, 1))
    }
  }

  /// `12 of 100 measurements left out: 10 flagged in 'catflags', 2 upper limits`; nil if there are none.
  func description(of total: Int) -> String? {
    guard !counts.isEmpty else { return nil }
    let all = counts.reduce(0) { $0 + $1.count }
    return "\(all) of \(total) measurements left out: "
      + counts.map { "\($0.count) \($0.reason)" }.joined(separator: ", ")
  }
}
