import ArrayFiles
import Foundation
import Observations
import Testing

/// Writes `text` to a file of its own folder and reads it as a light curve.
func lightCurve(
  _ text: String, unit: PhotometricUnit? = nil, file: String = "x.dat"
) throws -> LightCurve {
  let folder = NSTemporaryDirectory() + "/sibyl-" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + file))
  do {
    return try LightCurve.read(folder + "/" + file, unit: unit)
  } catch var error as FileError {
    error.path = file
    throw error
  }
}

@Suite struct LightCurveTests {
  @Test func publishedDataOfOGLE2003BLG235() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Experiments/data/OB03235").path
    // The numbers stand in the files' own headers.
    let ogle = try LightCurve.read(folder + "/OB03235_OGLE.tbl.txt")
    #expect(ogle.name == "OB03235_OGLE")
    #expect(ogle.times.count == 285 && ogle.timeOffset == 0)
    #expect(ogle.times.first == 2452125.68449 && ogle.times.last == 2453315.51341)
    #expect(ogle.magnitudes?.min() == 17.388 && ogle.magnitudes?.max() == 19.577)
    let moa = try LightCurve.read(folder + "/OB03235_MOA.tbl.txt")
    #expect(moa.times.count == 1250 && moa.magnitudes == nil)
    #expect(moa.times.first == 2451647.138264 && moa.times.last == 2453152.209505)
    #expect(moa.flux.min() == -1133.427623 && moa.flux.max() == 7437.7)
    #expect(ogle.warnings.isEmpty && moa.warnings.isEmpty)
    let error = #expect(throws: FileError.self) {
      try LightCurve.read(folder + "/OB03235_OGLE.tbl.txt", unit: .flux)
    }
    #expect(error?.problem.contains("read it as magnitude") == true)
    #expect(throws: FileError.self) {
      try LightCurve.read(folder + "/OB03235_MOA.tbl.txt", unit: .magnitude)
    }
  }

  @Test func fluxOfMagnitudes() throws {
    // MulensModel 3: Utils.get_flux_and_err_from_mag(19.5, 0.1) with its zero point 22; 2.5
    // magnitudes are a factor of 10.
    let curve = try lightCurve("2455000.5 19.5 0.1\n2455001.5 22 0.02\n")
    #expect(abs(curve.flux[0] - 10) < 1e-12 && curve.flux[1] == 1)
    // dF/F = ln(10)/2.5 dm.
    #expect(abs(curve.fluxError[0] - 0.9210340371976183) < 1e-12)
    #expect(abs(curve.fluxError[1] - 0.018420680743952367) < 1e-14)
    #expect(curve.magnitudes == [19.5, 22] && curve.magnitudeErrors == [0.1, 0.02])
  }

  @Test func layoutsAgree() throws {
    let layouts: [(String, String)] = [
      ("MulensModel", "2458000.5 18.5 0.02\n2458001.25 17.5 0.01\n"),
      ("commented header", "# HJD mag err\n8000.5 18.5 0.02\n8001.25 17.5 0.01\n"),
      ("CSV", "err,BJD,magnitude\r\n0.02,2458000.5,18.5\r\n0.01,2458001.25,17.5\r\n"),
      ("CSV, quoted", "\"time\",\"mag\",\"mag_err\"\n2458000.5,18.5,0.02\n2458001.25,17.5,0.01"),
      ("stated offset", "HJD-2450000,mag,err\n8000.5,18.5,0.02\n8001.25,17.5,0.01\n"),
      ("spaced offset", "# HJD - 2457000  I_mag  sigma\n1000.5 18.5 0.02\n1001.25 17.5 0.01\n"),
      ("RTModel", "# Mag err HJD-2450000\n18.5 0.02 8000.5\n17.5 0.01 8001.25\n"),
      ("RTModel, no header", "18.5 0.02 8000.5\n17.5 0.01 8001.25\n"),
      ("OGLE", "2458000.5 18.5 0.02 5.03 452.0\n2458001.25 17.5 0.01 4.79 338.0\n"),
      (
        "KMTNet",
        """
        # HJD  \\Delta_flux flux_err  mag  mag_err
         8000.50 -1844.8 413.8 18.5 0.02
        #8000.75 -5240.7 6412.1 nan nan
         8001.25 104.3 335.6 17.5 0.01
        """
      ),
      (
        "IPAC",
        """
        \\VALUE_UNITS = "mag"
        |        JD|   MAG| MAG_UNCERTAINTY| FLUX|
        |    double|double|          double|   f |
         2458000.5  18.5   0.02
         2458001.25 17.5   0.01
        """
      ),
      ("BTJD", "# BTJD mag err\n1000.5 18.5 0.02\n1001.25 17.5 0.01\n"),
      ("MJD", "# MJD mag err\n58000.0 18.5 0.02\n58000.75 17.5 0.01\n"),
      ("HJD - 2400000", "# HJD mag err\n58000.5 18.5 0.02\n58001.25 17.5 0.01\n"),
    ]
    for (name, text) in layouts {
      let curve = try lightCurve(text)
      #expect(curve.times == [2458000.5, 2458001.25], "\(name)")
      #expect(curve.magnitudes == [18.5, 17.5], "\(name)")
      #expect(curve.magnitudeErrors == [0.02, 0.01], "\(name)")
    }
    let pysis = try lightCurve("8000.5 -1844.8 413.8 18.5 0.02\n", file: "KMTA.pysis")
    #expect(pysis.magnitudes == [18.5] && pysis.name == "KMTA")
  }

  @Test func blankCellsOfTablesKeepTheirColumns() throws {
    let curve = try lightCurve(
      """
      |        JD|   MAG| MAG_ERR| FLUX| FLUX_ERR|
       2458000.5                   12.5      0.5
      """, unit: .flux)
    #expect(curve.flux == [12.5] && curve.fluxError == [0.5])
  }

  @Test func unitsAreToldFromValues() throws {
    #expect(try lightCurve("8000 15.2 0.01\n8001 19.5 0.2\n").magnitudes != nil)
    #expect(try lightCurve("8000 -15.2 3\n8001 19.5 3\n").magnitudes == nil)
    #expect(try lightCurve("8000 15.2 3\n8001 1950 3\n").magnitudes == nil)
    #expect(try lightCurve("# HJD flux flux_err\n8000 15.2 .1\n").flux == [15.2])
    #expect(try lightCurve("8000 0.98 0.01\n8001 1.02 0.01\n", unit: .flux).flux == [0.98, 1.02])
    #expect(try lightCurve("8000 -7.5 0.01\n", unit: .magnitude).magnitudes == [-7.5])
  }

  @Test func timesAreSortedAndDuplicatesKept() throws {
    let curve = try lightCurve(
      "8003 18 0.01\n8001 17 0.02\n8001 16 0.03\n8000 15 0.04\n8003 14 0.05\n")
    #expect(curve.times == [2_458_000, 2_458_001, 2_458_001, 2_458_003, 2_458_003])
    #expect(curve.magnitudes == [15, 17, 16, 18, 14])
    #expect(curve.magnitudeErrors == [0.04, 0.02, 0.03, 0.01, 0.05])
    #expect(curve.warnings.count == 2)
  }
}
