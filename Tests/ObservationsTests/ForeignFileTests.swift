import ArrayFiles
import Foundation
import Observations
import Testing

/// Files that hold no visibilities, or hide what they are.
@Suite struct ForeignFileTests {
  static func complaint(_ name: String, _ contents: Data) throws -> String {
    try ObservationFiles.complaint(name, contents) { _ = try VisibilitySet.read($0) }
  }

  @Test func measurementSetsAndFolders() throws {
    try ObservationFiles.withTemporary("3C273.ms") { path in
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      var error = #expect(throws: FileError.self) { try VisibilitySet.read(path) }
      #expect(error?.problem == "is a folder, expected a file of visibilities")
      try Data("Type = Measurement Set".utf8).write(
        to: URL(fileURLWithPath: path + "/table.dat"))
      error = #expect(throws: FileError.self) { try VisibilitySet.read(path) }
      #expect(
        error?.problem
          == "is a CASA Measurement Set; export it with CASA: exportuvfits(vis='3C273.ms', "
          + "fitsfile='3C273.uvfits', datacolumn='data', multisource=False, combinespw=True, "
          + "writestation=True)")
    }
    let missing = #expect(throws: FileError.self) { try VisibilitySet.read("/nowhere/x.uvfits") }
    #expect(missing?.description == "/nowhere/x.uvfits: cannot open: no such file or directory")
  }

  @Test func otherKinds() throws {
    let expected = "expected visibilities (UVFITS, OIFITS or CSV)"
    #expect(try ForeignFileTests.complaint("a.uvfits", Data()) == ": is empty, \(expected)")
    #expect(
      try ForeignFileTests.complaint("a.csv", Data([0x89] + Array("HDF\r\n".utf8)))
        == ": is an HDF5 file, \(expected)")
    #expect(
      try ForeignFileTests.complaint("a.uvfits", Data([0x1F, 0x8B, 8, 0]))
        == ": is compressed with gzip: unpack it with gunzip, \(expected)")
    #expect(
      try ForeignFileTests.complaint("a.uvfits", Data([0x50, 0x4B, 3, 4]))
        == ": is a zip or npz archive, \(expected)")
    #expect(
      try ForeignFileTests.complaint("a.csv", Data([1, 2, 0, 3]))
        == ": is a binary file of unknown kind, \(expected)")
  }

  @Test func otherFITSFiles() throws {
    let image = MadeUpFITS.image([3, 2], [0, 1, 2, 3, 4, 5], SkyImageFileTests.cards)
    #expect(
      try ForeignFileTests.complaint("a.uvfits", image)
        == ": is an image (3 × 2), expected visibilities")
    var file = MadeUpFITS()
    let primary: MadeUpFITS.Cards = [("SIMPLE", "T"), ("BITPIX", "8"), ("NAXIS", "0")]
    file.append(primary)
    #expect(
      try ForeignFileTests.complaint("a.uvfits", file.data)
        == ": is a FITS file without visibilities")
    file.append(table: "EVENTS", columns: [("X", "1D")], rows: [MadeUpFITS.bytes([1.0])])
    #expect(
      try ForeignFileTests.complaint("a.oifits", file.data)
        == ": is no visibility file: it holds the FITS extensions EVENTS, expected UVFITS random "
        + "groups or OIFITS tables")
    file = MadeUpFITS()
    file.append(primary)
    file.append(table: "UV_DATA", columns: [("X", "1D")], rows: [MadeUpFITS.bytes([1.0])])
    #expect(try ForeignFileTests.complaint("a.fits", file.data).contains("importfitsidi"))
    file = MadeUpFITS()
    file.append([
      ("SIMPLE", "T"), ("BITPIX", "8"), ("NAXIS", "2"), ("NAXIS1", "777777701"), ("NAXIS2", "0"),
    ])
    #expect(try ForeignFileTests.complaint("a.fits", file.data).contains("AIPS FITTP"))
  }

  /// The contents decide, not the name; nor is the name more than a name.
  @Test(arguments: ["x.csv", "x.fits[1]", "x+2.txt", "no extension", "a 'quoted' name", "é.uvfits"])
  func namesAreLiteral(name: String) throws {
    var file = MadeUpUVFITS()
    file.rows = [MadeUpUVFITS.row(1, 2) + UVFITSTests.bothHands]
    let found = try ObservationFiles.withTemporary(name, file.data) { try VisibilitySet.read($0) }
    #expect(found.visibilities.count == 1)
  }

  /// Damaged files give an error or what is left of them, never a crash.
  @Test func damagedBytes() throws {
    var file = MadeUpUVFITS()
    file.rows = (0..<5).map { _ in MadeUpUVFITS.row(1, 2) + UVFITSTests.bothHands }
    file.setups = [(1, [0])]
    let good = try [
      file.data, OIFITSTests.made(),
      Data(
        contentsOf: URL(fileURLWithPath: ObservationFiles.data("oifitslib_OIFITS2_bigtest2.fits"))),
    ]
    var state: UInt64 = 1
    func random(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    var failures = 0
    for round in 0..<150 {
      var data = good[round % good.count]
      for _ in 0...random(8) {
        data[data.startIndex + random(data.count)] = UInt8(
          round % 2 == 0 ? random(256) : 48 + random(10))
      }
      try ObservationFiles.withTemporary("x.fits", data) { path in
        do {
          for row in try VisibilitySet.read(path).visibilities {
            #expect(row.sigma > 0 && (row.u + row.v + row.value.real).isFinite)
          }
        } catch let error as FileError {
          failures += 1
          #expect(!error.description.contains("\n"))
        }
      }
    }
    #expect(failures > 20)
  }
}
