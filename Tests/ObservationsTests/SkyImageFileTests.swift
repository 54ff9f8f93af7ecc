import ArrayFiles
import Foundation
import Observations
import Testing

@Suite struct SkyImageFileTests {
  static let degree = Double.pi / 180

  static func read(_ data: Data) throws -> SkyImage {
    try ObservationFiles.withTemporary("x.fits", data) { try SkyImage.read($0) }
  }

  static func complaint(_ data: Data) throws -> String {
    try ObservationFiles.complaint("x.fits", data) { _ = try SkyImage.read($0) }
  }

  /// 3 × 2 pixels 0…5, the first in the south-east.
  static let pixels: [Double] = [0, 1, 2, 3, 4, 5]
  static let cards: MadeUpFITS.Cards = [
    ("CTYPE1", "'RA---SIN'"), ("CTYPE2", "'DEC--SIN'"), ("CRVAL1", "10.0"), ("CRVAL2", "-60.0"),
    ("CDELT1", "-0.5"), ("CDELT2", "0.5"), ("CRPIX1", "1.0"), ("CRPIX2", "2.0"),
  ]

  static func replaced(_ changes: [String: String]) -> MadeUpFITS.Cards {
    let known = Set(cards.map(\.0))
    return cards.map { ($0.0, changes[$0.0] ?? $0.1) }
      + changes.filter { !known.contains($0.key) }.sorted { $0.key < $1.key }.map { ($0, $1) }
  }

  static func image(_ changes: [String: String] = [:]) -> Data {
    MadeUpFITS.image([3, 2], pixels, replaced(changes))
  }

  @Test func ringOfEhtImaging() throws {
    let image = try SkyImage.read(ObservationFiles.data("ring_truth.fits"))
    #expect(image.width == 64 && image.height == 64 && abs(image.flux - 0.6) < 1e-12)
    // 2 μas; the header has fifteen digits.
    #expect(abs(image.pixelSize / (2e-6 / 3600 * SkyImageFileTests.degree) - 1) < 1e-12)
    #expect(image.referencePixel == SIMD2(31.5, 31.5) && image.unit == .janskyPerPixel)
    #expect(image.source == "RING" && image.frequency == 227.0707e9 && image.mjd == 57854)
    #expect(abs(image.rightAscension - 187.70593075752262) < 1e-12)
    #expect(image.declination == 12.39112323919932)
    let brightest = image.pixels.indices.max { image.pixels[$0] < image.pixels[$1] }
    #expect(brightest == 22 * 64 + 36)
  }

  @Test func roundTrip() throws {
    var image = SkyImage(
      width: 5, height: 3, pixels: (0..<15).map { sin(Double($0)) * 1e-7 }, pixelSize: 1.25e-11,
      referencePixel: SIMD2(1.25, -3), source: "Sgr A*", rightAscension: 266.4168370833333,
      declination: -28.99218944444445, frequency: 230e9, mjd: 57854.75)
    for unit in [
      SkyImage.Unit.janskyPerPixel,
      .janskyPerBeam(Beam(majorAxis: 2e-10, minorAxis: 1e-10, positionAngle: 0.3)),
    ] {
      image.unit = unit
      let found = try ObservationFiles.withTemporary("x.fits") { path in
        try image.write(to: path)
        return try SkyImage.read(path)
      }
      #expect(abs(found.pixelSize / image.pixelSize - 1) < 1e-15)
      var same = found
      same.pixelSize = image.pixelSize
      if case .janskyPerBeam(let beam) = found.unit {
        #expect(abs(beam.majorAxis / 2e-10 - 1) < 1e-15 && abs(beam.minorAxis / 1e-10 - 1) < 1e-15)
        #expect(abs(beam.positionAngle - 0.3) < 1e-15)
        same.unit = unit
      }
      #expect(same == image)
    }
    image.pixels[7] = .nan
    try ObservationFiles.withTemporary("x.fits") { path in
      let error = #expect(throws: FileError.self) { try image.write(to: path) }
      #expect(error?.problem.hasPrefix("cannot be written: pixel (3, 2): found nan") == true)
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test func orientation() throws {
    let plain = try SkyImageFileTests.read(SkyImageFileTests.image())
    #expect(plain.pixels == SkyImageFileTests.pixels && plain.referencePixel == SIMD2(0, 1))
    #expect(plain.pixelSize == 0.5 * SkyImageFileTests.degree && plain.mjd == nil)
    #expect(plain.rightAscension == 10 && plain.declination == -60 && plain.frequency == nil)
    // Columns to the west lie at smaller x.
    #expect(plain.x(column: 2) == -2 * plain.pixelSize && plain.y(row: 0) == -plain.pixelSize)
    let mirrored = try SkyImageFileTests.read(SkyImageFileTests.image(["CDELT1": "0.5"]))
    #expect(mirrored.pixels == [2, 1, 0, 5, 4, 3] && mirrored.referencePixel == SIMD2(2, 1))
    let southUp = try SkyImageFileTests.read(SkyImageFileTests.image(["CDELT2": "-0.5"]))
    #expect(southUp.pixels == [3, 4, 5, 0, 1, 2] && southUp.referencePixel == SIMD2(0, 0))
    // What the matrices say in place of CDELT.
    for matrix in [
      ["CD1_1": "-0.25", "CD2_2": "0.25", "CD1_2": "0.0"],
      ["CDELT1": "-0.25", "CDELT2": "0.25", "PC1_1": "1.0", "PC2_2": "1.0", "PC2_1": "0.0"],
      [
        "CDELT1": "-900.0", "CDELT2": "900.0", "CUNIT1": "'arcsec'", "CUNIT2": "'arcsec'",
        "CRVAL1": "36000.0", "CRVAL2": "-216000.0",
      ],
    ] {
      let found = try SkyImageFileTests.read(SkyImageFileTests.image(matrix))
      #expect(abs(found.pixelSize / (0.25 * SkyImageFileTests.degree) - 1) < 1e-14)
      #expect(abs(found.rightAscension - 10) < 1e-12 && abs(found.declination + 60) < 1e-12)
    }
  }

  @Test func fourAxesAndUnits() throws {
    var cards = SkyImageFileTests.replaced(["BUNIT": "'Jy/beam'", "BMAJ": "2.0", "BMIN": "1.0"])
    cards += [
      ("CTYPE3", "'FREQ'"), ("CRVAL3", "4.3E10"), ("CTYPE4", "'STOKES'"), ("CRVAL4", "2.0"),
      ("CDELT4", "-1.0"), ("CRPIX4", "1.0"), ("DATE-OBS", "'2017-04-11T06:00:00'"),
    ]
    // Q, then I.
    let image = try SkyImageFileTests.read(
      MadeUpFITS.image(
        [3, 2, 1, 2], SkyImageFileTests.pixels.map { -$0 } + SkyImageFileTests.pixels, cards))
    #expect(image.pixels == SkyImageFileTests.pixels && image.frequency == 4.3e10)
    #expect(image.mjd == 57854.25)
    let degree = SkyImageFileTests.degree
    #expect(
      image.unit
        == .janskyPerBeam(Beam(majorAxis: 2 * degree, minorAxis: degree, positionAngle: 0)))
    let steradian = try SkyImageFileTests.read(SkyImageFileTests.image(["BUNIT": "'Jy/sr'"]))
    #expect(abs(steradian.pixels[5] / (5 * pow(0.5 * degree, 2)) - 1) < 1e-15)
  }

  @Test(arguments: [
    (["CDELT1": "-0.6"], "expected square ones"),
    (["CROTA2": "30.0"], "the image is turned"),
    (["CD1_1": "-0.4", "CD1_2": "0.3", "CD2_1": "0.3", "CD2_2": "0.4"], "the image is turned"),
    (["CDELT1": "0.0", "CDELT2": "0.0"], "the image is turned"),
    (["CTYPE1": "'GLON-SIN'"], "CTYPE1: found 'GLON-SIN', expected right ascension"),
    (["CTYPE2": "'RA---SIN'"], "CTYPE2: found 'RA---SIN', expected declination"),
    (["BUNIT": "'K'"], "BUNIT: found 'K', expected JY/PIXEL or JY/BEAM"),
    (["BUNIT": "'JY/BEAM'"], "is in Jy per beam without a beam"),
    (["CUNIT1": "'furlong'"], "CUNIT1: found 'furlong', expected deg"),
    (["CDELT1": "'abc'"], "CDELT1: found 'abc', expected a number"),
  ])
  func imagesThatCannotBeRead(changes: [String: String], problem: String) throws {
    #expect(try SkyImageFileTests.complaint(SkyImageFileTests.image(changes)).contains(problem))
  }

  @Test func pixelsAndPlanes() throws {
    let cards = SkyImageFileTests.cards
    #expect(
      try SkyImageFileTests.complaint(MadeUpFITS.image([3, 2], [0, 1, 2, 3, .nan, 5], cards))
        .contains("pixel (2, 2): found nan, as in 1 of 6 pixels, expected finite numbers"))
    #expect(
      try SkyImageFileTests.complaint(
        MadeUpFITS.image(
          [3, 2, 2], [Double](repeating: 0, count: 12), cards + [("CTYPE3", "'FREQ'")])
      ).contains("found 2 images along axis 3 ('FREQ'), expected one"))
    #expect(
      try SkyImageFileTests.complaint(MadeUpFITS.image([6], SkyImageFileTests.pixels, []))
        .contains("holds no image"))
    #expect(
      try SkyImageFileTests.complaint(SkyImageFileTests.image().prefix(2900))
        .contains("truncated: expected 2928 bytes, the file ends at 2900"))
    #expect(
      try SkyImageFileTests.complaint(
        Data(
          contentsOf: URL(fileURLWithPath: ObservationFiles.data("ehtim_sample.uvfits")))
      )
      .contains("holds visibilities (UVFITS), expected an image"))
    #expect(try SkyImageFileTests.complaint(Data("hello".utf8)).contains("cannot read as FITS"))
  }
}
