import ArrayFiles
import Foundation

/// Where the pixels of a FITS image lie on the sky.
///
/// Reference: Calabretta & Greisen 2002, A&A 395, 1077. Fields are small: offsets from the reference
/// pixel are taken as angles, whatever the projection.
struct SkyCoordinates {
  /// Radians; what axis 1 grows by to the east, and axis 2 to the north.
  let eastStep: Double
  let northStep: Double
  /// Counted from zero: (column, row).
  let referencePixel: SIMD2<Double>
  let rightAscension: Double
  let declination: Double

  /// Relative differences of pixels' sides, and rotations, that headers' rounding explains.
  private static let tolerance = 1e-5

  /// Reads the header of an image of `width` times `height` pixels, at which `file` must be.
  ///
  /// Throws `FileError` if the size of pixels is missing, they are not square, or the axes are turned.
  init(_ file: FITSFile, width: Int, height: Int) throws {
    for (axis, names) in [(1, ["RA", "X", ""]), (2, ["DEC", "Y", ""])] {
      let type = (file.string("CTYPE\(axis)") ?? "").uppercased()
      let name = type.split(separator: "-").first.map(String.init) ?? ""
      guard names.contains(name) else {
        throw file.error(
          "CTYPE\(axis): found \(FileError.quoted(type)), expected "
            + (axis == 1 ? "right ascension (RA---SIN)" : "declination (DEC--SIN)"))
      }
    }
    let matrix = try SkyCoordinates.matrix(file)
    let angle = try file.number("CROTA2") ?? file.number("CROTA1") ?? 0
    let turned = max(abs(matrix.1), abs(matrix.2)) / max(abs(matrix.0), abs(matrix.3))
    guard turned < SkyCoordinates.tolerance, abs(angle) < 1e-3 else {
      throw file.error(
        "the image is turned (CROTA2, CD or PC matrix); turn it until north is up, for instance with "
          + "the reproject package of Python")
    }
    let (first, second) = (matrix.0, matrix.3)
    guard first != 0, second != 0 else {
      throw file.error("has no size of pixels (CDELT1 and CDELT2)")
    }
    guard abs(abs(first / second) - 1) < SkyCoordinates.tolerance else {
      throw file.error(
        "found pixels of \(abs(first)) × \(abs(second)) radians, expected square ones")
    }
    eastStep = first
    northStep = second
    referencePixel = SIMD2(
      (try file.number("CRPIX1") ?? Double(width + 1) / 2) - 1,
      (try file.number("CRPIX2") ?? Double(height + 1) / 2) - 1)
    rightAscension = try SkyCoordinates.position(file, "CRVAL1", or: "OBSRA", units: "CUNIT1")
    declination = try SkyCoordinates.position(file, "CRVAL2", or: "OBSDEC", units: "CUNIT2")
  }

  /// Radians per pixel: ∂x/∂1, ∂x/∂2, ∂y/∂1, ∂y/∂2.
  private static func matrix(_ file: FITSFile) throws -> (Double, Double, Double, Double) {
    let x = try degrees(file, "CUNIT1") * .pi / 180
    let y = try degrees(file, "CUNIT2") * .pi / 180
    if let first = try file.number("CD1_1"), let last = try file.number("CD2_2") {
      return (
        first * x, try (file.number("CD1_2") ?? 0) * x, try (file.number("CD2_1") ?? 0) * y,
        last * y
      )
    }
    let first = try (file.number("CDELT1") ?? 0) * x
    let second = try (file.number("CDELT2") ?? 0) * y
    return (
      try (file.number("PC1_1") ?? 1) * first, try (file.number("PC1_2") ?? 0) * first,
      try (file.number("PC2_1") ?? 0) * second, try (file.number("PC2_2") ?? 1) * second
    )
  }

  /// Degrees.
  private static func position(
    _ file: FITSFile, _ keyword: String, or other: String, units: String
  ) throws -> Double {
    if let value = try file.number(keyword) {
      return try value * degrees(file, units)
    }
    return try file.number(other) ?? 0
  }

  /// Degrees in the unit that a keyword names.
  private static func degrees(_ file: FITSFile, _ keyword: String) throws -> Double {
    let units: [String: Double] = [
      "": 1, "deg": 1, "degree": 1, "degrees": 1, "rad": 180 / Double.pi, "arcmin": 1 / 60.0,
      "arcsec": 1 / 3600.0, "mas": 1 / 3.6e6, "uas": 1 / 3.6e9,
    ]
    let unit = (file.string(keyword) ?? "").lowercased()
    guard let factor = units[unit] else {
      throw file.error("\(keyword): found \(FileError.quoted(unit)), expected deg")
    }
    return factor
  }
}
