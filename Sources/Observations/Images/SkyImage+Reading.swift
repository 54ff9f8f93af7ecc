import ArrayFiles
import CCFITSIO
import Foundation

extension SkyImage {
  /// Reads the first image of a FITS file: two axes of pixels, of further axes the Stokes I plane.
  ///
  /// Images stored with the west first or the north first are flipped. Without CRPIX the middle is the
  /// phase centre, without BUNIT pixels are in Jy.
  ///
  /// Throws `FileError` for what is no image, is turned, has pixels that are not square or not finite,
  /// several frequencies or another unit than Jy per pixel, beam or steradian.
  public static func read(_ path: String) throws -> SkyImage {
    if FileKind.isFolder(path) {
      throw FileError(
        path: path,
        problem: "is a folder, expected a FITS image; a CASA image is exported with "
          + "exportfits(imagename=..., fitsimage=...)")
    }
    let file = try FITSFile(path)
    let axes = try moveToImage(file)
    let (width, height) = (axes[0], axes[1])
    let coordinates = try SkyCoordinates(file, width: width, height: height)
    var pixels = try plane(file, axes)
    var reference = coordinates.referencePixel
    if coordinates.eastStep > 0 {
      for row in 0..<height { pixels[(row * width)..<((row + 1) * width)].reverse() }
      reference.x = Double(width - 1) - reference.x
    }
    if coordinates.northStep < 0 {
      pixels = (0..<height).reversed().flatMap { pixels[($0 * width)..<(($0 + 1) * width)] }
      reference.y = Double(height - 1) - reference.y
    }
    let size = abs(coordinates.northStep)
    let unit = try unit(file, pixelSize: size, &pixels)
    let mjd =
      try file.number("MJD-OBS") ?? file.number("MJD")
      ?? file.string("DATE-OBS").flatMap(CalendarDate.mjd)
    if let mjd, !(abs(mjd) < 1e6) {
      throw FileError(path: path, column: "MJD", problem: "found \(mjd), expected a date")
    }
    return SkyImage(
      width: width, height: height, pixels: pixels, pixelSize: size, referencePixel: reference,
      unit: unit, source: file.string("OBJECT") ?? "", rightAscension: coordinates.rightAscension,
      declination: coordinates.declination, frequency: try frequency(file, axes.count), mjd: mjd)
  }

  /// Goes to the first HDU that holds an image, whose axes are returned.
  private static func moveToImage(_ file: FITSFile) throws -> [Int] {
    for unit in 1...file.unitCount {
      try file.move(to: unit)
      if file.isTable { continue }
      if unit == 1, file.flag("GROUPS"), try file.axes.first == 0 {
        throw FileError(path: file.path, problem: "holds visibilities (UVFITS), expected an image")
      }
      let axes = try file.axes
      if axes.count >= 2 && axes[0] > 1 && axes[1] > 1 && !axes.contains(0) { return axes }
    }
    throw FileError(path: file.path, problem: "holds no image, expected two axes of pixels")
  }

  /// The pixels of the Stokes I plane.
  private static func plane(_ file: FITSFile, _ axes: [Int]) throws -> [Double] {
    let size = axes[0] * axes[1]
    var plane = 0
    var stride = 1
    for (number, length) in zip(3..., axes.dropFirst(2)) {
      let type = (file.string("CTYPE\(number)") ?? "").uppercased()
      if length > 1 {
        guard type.hasPrefix("STOKES") else {
          throw file.error(
            "found \(length) images along axis \(number) (\(FileError.quoted(type))), expected one")
        }
        let reference = try file.number("CRVAL\(number)") ?? 1
        let pixel = try file.number("CRPIX\(number)") ?? 1
        let step = try file.number("CDELT\(number)") ?? 1
        let total = ((1 - reference) / step + pixel - 1).rounded()
        guard total >= 0, total < Double(length) else {
          throw file.error("axis \(number) has no Stokes I")
        }
        plane += Int(total) * stride
      }
      stride *= length
    }
    var pixels = [Double](repeating: 0, count: size)
    var status: Int32 = 0
    var found: Int32 = 0
    ffgpvd(
      file.handle, 1, LONGLONG(plane * size + 1), LONGLONG(size), .nan, &pixels, &found, &status)
    guard status == 0 else { throw file.error("the pixels cannot be read", status: status) }
    if let first = pixels.firstIndex(where: { !$0.isFinite }) {
      let count = pixels.count { !$0.isFinite }
      throw file.error(
        "pixel (\(first % axes[0] + 1), \(first / axes[0] + 1)): found \(pixels[first]), as in "
          + "\(count) of \(size) pixels, expected finite numbers; replace blank pixels by zeros")
    }
    return pixels
  }

  /// The unit as the header states it; brightness per steradian becomes flux per pixel.
  private static func unit(
    _ file: FITSFile, pixelSize: Double, _ pixels: inout [Double]
  ) throws -> Unit {
    let text = file.string("BUNIT") ?? ""
    switch text.uppercased().filter({ !$0.isWhitespace }) {
    case "", "JY/PIXEL", "JY/PIX", "JY", "JYPIXEL-1": return .janskyPerPixel
    case "JY/SR", "JYSR-1":
      for index in pixels.indices { pixels[index] *= pixelSize * pixelSize }
      return .janskyPerPixel
    case "JY/BEAM", "JYBEAM-1":
      guard let major = try file.number("BMAJ"), let minor = try file.number("BMIN"), major > 0,
        minor > 0
      else { throw file.error("is in Jy per beam without a beam (BMAJ, BMIN)") }
      let degree = Double.pi / 180
      return .janskyPerBeam(
        Beam(
          majorAxis: major * degree, minorAxis: minor * degree,
          positionAngle: try (file.number("BPA") ?? 0) * degree))
    default:
      throw file.error("BUNIT: found \(FileError.quoted(text)), expected JY/PIXEL or JY/BEAM")
    }
  }

  private static func frequency(_ file: FITSFile, _ axisCount: Int) throws -> Double? {
    let axis = (1...max(1, axisCount)).first {
      file.string("CTYPE\($0)")?.uppercased().hasPrefix("FREQ") == true
    }
    let value =
      try axis.flatMap { try file.number("CRVAL\($0)") } ?? file.number("FREQ")
      ?? file.number("RESTFRQ") ?? file.number("RESTFREQ")
    return value.flatMap { $0 > 0 ? $0 : nil }
  }
}
