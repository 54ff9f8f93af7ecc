import ArrayFiles
import Foundation

extension SkyImage {
  /// Writes the image as FITS in double precision, with its place on the sky (orthographic
  /// projection), unit, beam, frequency and day.
  ///
  /// Throws `FileError` if a pixel is not finite or the file cannot be written; then no file is left
  /// behind.
  public func write(to path: String) throws {
    if let bad = pixels.firstIndex(where: { !$0.isFinite }) {
      throw FileError(
        path: path,
        problem: "cannot be written: pixel (\(bad % width + 1), \(bad / width + 1)): found "
          + "\(pixels[bad]), expected finite numbers")
    }
    try AtomicFile.write(to: path) { sink in
      try sink.write(header)
      var bytes = BigEndianBytes()
      bytes.reserve(width * 8)
      for row in 0..<height {
        bytes.removeAll()
        for pixel in pixels[(row * width)..<((row + 1) * width)] { bytes.append(pixel) }
        try sink.write(bytes.bytes)
      }
      try sink.write([UInt8](repeating: 0, count: FITSCards.padding(after: pixels.count * 8)))
    }
  }

  private var header: [UInt8] {
    let degree = Double.pi / 180
    var cards = FITSCards()
    cards.append("SIMPLE", true)
    cards.append("BITPIX", -64)
    cards.append("NAXIS", 2)
    cards.append("NAXIS1", width)
    cards.append("NAXIS2", height)
    cards.append("OBJECT", source)
    let axes = [
      ("RA---SIN", rightAscension, -pixelSize / degree, referencePixel.x),
      ("DEC--SIN", declination, pixelSize / degree, referencePixel.y),
    ]
    for (number, (type, value, step, pixel)) in zip(1..., axes) {
      cards.append("CTYPE\(number)", type)
      cards.append("CRVAL\(number)", value)
      cards.append("CDELT\(number)", step)
      cards.append("CRPIX\(number)", pixel + 1)
      cards.append("CUNIT\(number)", "deg")
    }
    cards.append("OBSRA", rightAscension)
    cards.append("OBSDEC", declination)
    cards.append("RADESYS", "FK5")
    cards.append("EQUINOX", 2000.0)
    cards.append("STOKES", "I")
    switch unit {
    case .janskyPerPixel: cards.append("BUNIT", "JY/PIXEL")
    case .janskyPerBeam(let beam):
      cards.append("BUNIT", "JY/BEAM")
      cards.append("BMAJ", beam.majorAxis / degree)
      cards.append("BMIN", beam.minorAxis / degree)
      cards.append("BPA", beam.positionAngle / degree)
    }
    if let frequency {
      cards.append("FREQ", frequency)
      cards.append("RESTFRQ", frequency)
    }
    if let mjd {
      cards.append("DATE-OBS", CalendarDate.text(mjd: Int(mjd.rounded(.down))))
      cards.append("MJD", mjd)
      cards.append("MJD-OBS", mjd)
    }
    return cards.bytes
  }
}
