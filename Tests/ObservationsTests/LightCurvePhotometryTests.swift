import ArrayFiles
import Foundation
import Observations
import Testing

/// Reads `contents` as photometry from a file of this name.
func photometry(_ contents: Data, file: String = "star.dat") throws -> Photometry {
  try ObservationFiles.withTemporary(file, contents) { try Photometry.read($0) }
}

func photometry(_ text: String, file: String = "star.dat") throws -> Photometry {
  try photometry(Data(text.utf8), file: file)
}

@Suite struct LightCurvePhotometryTests {
  private func complaint(_ text: String) throws -> String {
    try ObservationFiles.complaint("x.csv", Data(text.utf8)) { _ = try Photometry.read($0) }
  }

  @Test func columnsOfText() throws {
    let layouts: [(String, String)] = [
      ("named", "time,mag,err\n2450627.5,4.5,0.01\n2450628.25,4.25,0.02\n"),
      ("unnamed", "2450627.5 14.5 0.01\n2450628.25 14.25 0.02\n"),
      ("OGLE II", "2450627.5 14.5 0.01 1.2 300\n2450628.25 14.25 0.02 1.3 301\n"),
      ("unsorted", "# HJD I err\n2450628.25 14.25 0.02\n2450627.5 14.5 0.01\n"),
      ("MJD", "MJD,mag,err\n50627.0,14.5,0.01\n50627.75,14.25,0.02\n"),
      ("OGLE IV", "HJD-2450000,mag,err\n627.5,14.5,0.01\n628.25,14.25,0.02\n"),
      ("BTJD", "BTJD mag err\n-6372.5 14.5 0.01\n-6371.75 14.25 0.02\n"),
    ]
    for (name, text) in layouts {
      let photometry = try photometry(text)
      #expect(photometry.name == "star" && photometry.bands.count == 1, "\(name)")
      let curve = photometry.bands[0]
      #expect(curve.times == [2450627.5, 2450628.25], "\(name)")
      #expect(curve.unit == .magnitude && curve.band.isEmpty, "\(name)")
      #expect(curve.values == (name == "named" ? [4.5, 4.25] : [14.5, 14.25]), "\(name)")
      #expect(curve.errors == [0.01, 0.02] && photometry.hasErrors, "\(name)")
      #expect(photometry.warnings.isEmpty == (name != "unsorted"), "\(name)")
    }
  }

  @Test func timesThatAreNotSaidStayAsTheyAre() throws {
    // Days since JD 2440000, 2450000 and 2400000.5 look alike.
    for times in [[7866.59658, 7884.90348], [920.7471, 920.7512], [51075.307203, 52196.3]] {
      let photometry = try photometry("time,mag,err\n\(times[0]),8,0.01\n\(times[1]),9,0.01\n")
      #expect(photometry.bands[0].times == times)
      #expect(photometry.bands[0].timeOffset == 0 && photometry.timeSystem == "as in the file")
      #expect(photometry.warnings.isEmpty)
    }
    let reduced = try photometry("HJD,mag,err\n7866.5,8,0.01\n")
    #expect(reduced.bands[0].times == [7866.5])
    #expect(reduced.timeSystem == "HJD less a constant that the file does not state")
    #expect(
      try photometry("HJD-2440000 mag err\n7866.5 8 0.01\n").timeSystem
        == "HJD, the file's times + 2440000")
    #expect(
      try photometry("MJD mag err\n57866.5 8 0.01\n").timeSystem
        == "JD, the file's modified Julian dates + 2400000.5")
    #expect(try photometry("BJD mag err\n2457866.5 8 0.01\n").timeSystem == "BJD")
    let seconds = try photometry("time mag err\n1.5e9 8 0.01\n1.6e9 9 0.01\n")
    #expect(seconds.warnings.count == 1 && seconds.warnings[0].contains("look like seconds"))
  }

  @Test func aColumnOfBandsMakesALightCurveOfEach() throws {
    let rows = [("1.5", "18.0", "r"), ("1.6", "17.9", "i"), ("2.5", "18.1", "r")]
    let named =
      "time,mag,err,band\n" + rows.map { "\($0),\($1),0.01,\($2)\n" }.joined()
    let unnamed = rows.map { "\($0) \($1) 0.01 \($2)\n" }.joined()
    for text in [named, unnamed] {
      let photometry = try photometry(text)
      #expect(photometry.bands.map(\.band) == ["r", "i"] && photometry.count == 3)
      #expect(photometry.bands[0].times == [1.5, 2.5] && photometry.bands[0].values == [18, 18.1])
      #expect(photometry.bands[1].values == [17.9])
    }
    #expect(try complaint(named + "3,18,0.01,\n").contains("5: column 'band': is empty"))
  }

  @Test func errorsMayBeMissing() throws {
    for text in ["time,mag\n1.5,8\n2.5,9\n", "1.5 8\n2.5 9\n"] {
      let photometry = try photometry(text)
      #expect(!photometry.hasErrors && photometry.bands[0].errors == [1, 1])
      #expect(photometry.warnings.count == 1 && photometry.warnings[0].contains("no column of err"))
    }
  }

  @Test func fluxesStayFluxes() throws {
    let stated = try photometry("time,flux,flux_err\n1.5,1.01,0.01\n2.5,0.99,0.01\n")
    #expect(stated.bands[0].unit == .flux && stated.bands[0].values == [1.01, 0.99])
    #expect(stated.warnings.isEmpty)
    let doubtful = try photometry("1.5 1.01 0.01\n2.5 0.99 0.01\n")
    #expect(doubtful.bands[0].unit == .flux)
    #expect(
      doubtful.warnings == ["brightness taken as flux: name its column 'mag' if it is magnitudes"])
  }

  @Test func badInputIsNamed() throws {
    let good = "time,mag,err\n1.5,8,0.01\n"
    #expect(try complaint(good + "2.5,8\n") == ":3: found 2 columns, expected at least 3")
    #expect(
      try complaint(good + "2.5,nan,0.01\n")
        == ":3: column 'mag': found 'nan', expected a finite number")
    #expect(
      try complaint(good + "2.5,8,inf\n")
        == ":3: column 'err': found 'inf', expected a finite number")
    #expect(
      try complaint(good + "2.5,8,0\n") == ":3: column 'err': found 0.0, expected an error above 0")
    #expect(try complaint(good + "x,8,0.1\n") == ":3: column 'time': found 'x', expected a number")
    #expect(try complaint("") == ": is empty: no line holds a measurement")
    #expect(try complaint("time,mag,err\n") == ": is empty: no line holds a measurement")
    #expect(try complaint("time\n1\n2\n").contains("found 1 columns"))
    #expect(
      try complaint("HJD mag err\n2450627.5 8 0.1\n27.5 8 0.1\n").contains(":3: found time 27.5"))
    #expect(
      try complaint("\u{7F}ELF\u{1}\u{0}\u{0}")
        == ": found a zero at byte 6: a binary file, expected columns of text")
    let zipped = Data([0x1F, 0x8B, 8, 0, 0])
    #expect(
      try ObservationFiles.complaint("x.gz", zipped) { _ = try Photometry.read($0) }
        .contains("is compressed"))
  }

  @Test func anyBytesAreReadOrRejected() throws {
    var generator = SystemRandomNumberGenerator()
    let alphabet = Array("18e.,>\\#|=\n \t-n\"aHJDmgrband")
    for _ in 0..<1000 {
      let text = String(
        (0..<Int.random(in: 0...50, using: &generator)).map { _ in
          alphabet.randomElement(using: &generator)!
        })
      do {
        for curve in try photometry(text).bands {
          #expect(!curve.times.isEmpty && curve.times.allSatisfy(\.isFinite))
          #expect(curve.values.allSatisfy(\.isFinite) && curve.errors.allSatisfy { $0 > 0 })
        }
      } catch is FileError {}
    }
  }
}
