import ArrayFiles
import Foundation
import Numerics
import Observations
import Testing

@Suite struct OIFITSTests {
  static func read(_ name: String, target: String? = nil) throws -> VisibilitySet {
    try VisibilitySet.read(ObservationFiles.data(name), target: target)
  }

  /// The answer of the imaging contest of 2004 explains its data, which fixes the sign of u and v.
  @Test func imagingContestAgreesWithItsAnswer() throws {
    let data = try OIFITSTests.read("oitools_2004-data1.oifits")
    #expect(data.squaredVisibilities.count == 195 && data.bispectra.count == 130)
    #expect(data.visibilities.isEmpty && data.warnings.isEmpty && data.source == "FKV0497")
    #expect(data.stations.map(\.name) == ["E02", "AC0", "AE0", "AW0", "W07", "AN0"])
    #expect(data.mjd == 53107 && abs(data.bispectra[0].time - 18517.198828 / 3600) < 1e-6)
    var image = try SkyImage.read(ObservationFiles.data("oitools_2004true64.fits"))
    image.pixelSize *= 4
    let total = image.flux
    func model(_ point: SIMD2<Double>) -> Complex<Double> {
      var sum = Complex<Double>(0, 0)
      for row in 0..<image.height {
        for column in 0..<image.width {
          let phase = point.x * image.x(column: column) + point.y * image.y(row: row)
          sum += Complex(
            length: image.pixels[row * image.width + column] / total, phase: 2 * .pi * phase)
        }
      }
      return sum
    }
    let squares = data.squaredVisibilities.map { row in
      let value = model(SIMD2(row.u, row.v))
      return pow((value.lengthSquared - row.value) / row.sigma, 2)
    }
    #expect(squares.reduce(0, +) / 195 < 4)
    var phases = 0.0
    var reversed = 0.0
    for row in data.bispectra {
      let product =
        model(row.uv12) * model(row.uv23) * model(-row.uv12 - row.uv23)
      for (sign, isReversed) in [(1.0, false), (-1, true)] {
        let difference = remainder(product.phase * sign - row.phase, 2 * .pi)
        let square = pow(difference / row.phaseSigma, 2) / 130
        if isReversed { reversed += square } else { phases += square }
      }
    }
    #expect(phases < 1.5 && reversed > 100)
  }

  @Test func bothRevisions() throws {
    let second = try OIFITSTests.read("oifitslib_OIFITS2_Bin_Ary--MIRC_H.fits")
    #expect(second.squaredVisibilities.count == 720 && second.bispectra.count == 960)
    #expect(second.frequencies.count == 8 && second.mjd == 56109 && second.source == "Bin_Ary")
    #expect(abs(second.rightAscension - 217.8125) < 1e-12)
    let row = second.squaredVisibilities[0]
    // B = (-11.352, 30.852) m at 1.5 μm; baselines run the other way here.
    #expect(abs(row.u * 1.5e-6 - 11.352074349630573) < 1e-5)
    #expect(abs(row.v * 1.5e-6 + 30.85248951656024) < 1e-5)
    #expect(abs(row.value - 0.701048) < 1e-6 && abs(row.sigma - 0.035771) < 1e-6)
    #expect(abs(row.time - 5) < 1e-6)
    #expect(abs(second.bispectra[0].phase * 180 / .pi + 78.077499) < 1e-5)
    #expect(abs(second.bispectra[0].amplitude - 0.008535) < 1e-6)

    // No amplitudes of bispectra: all are NaN and not flagged.
    let first = try OIFITSTests.read("oifitslib_OIFITS1_Mystery--AMBER--LowH.fits")
    #expect(first.squaredVisibilities.count == 3660 && first.bispectra.count == 1220)
    #expect(first.bispectra.allSatisfy { $0.amplitudeSigma == .infinity && $0.amplitude == 0 })
    #expect(first.bispectra.allSatisfy { $0.phaseSigma > 0 && $0.phaseSigma < .infinity })
    #expect(first.stations.count == 34 && first.stations[0].name == "U1")
    #expect(abs(first.squaredVisibilities[0].time - 815.2218 / 3600) < 1e-6)

    // Falling wavelengths, as the first revision allows; 34 and 9 values are flagged.
    let falling = try OIFITSTests.read("oitools_AZCYG2011_FINAL2018.oifits")
    #expect(falling.squaredVisibilities.count == 952 - 34)
    #expect(falling.bispectra.count == 1208 - 9)
    #expect(falling.warnings == ["43 of 2160 values left out: flagged or not a number"])
  }

  @Test func severalTargetsAndInstruments() throws {
    let first = try OIFITSTests.read("oifitslib_OIFITS2_bigtest2.fits")
    #expect(first.source == "alp_ori" && first.frequencies.count == 21)
    #expect(first.warnings[0] == "read 'alp_ori', not the other targets: 'alp_tau', 'irc_+10216'")
    let second = try OIFITSTests.read("oifitslib_OIFITS2_bigtest2.fits", target: "ALP_TAU")
    #expect(second.source == "alp_tau" && second.declination == 11)
    let all = try ["alp_ori", "alp_tau", "irc_+10216"].map {
      try OIFITSTests.read("oifitslib_OIFITS2_bigtest2.fits", target: $0)
    }
    // 69 values of each kind, of which 29 are flagged.
    #expect(all.map(\.visibilities.count).reduce(0, +) == 40)
    #expect(all.map(\.squaredVisibilities.count).reduce(0, +) == 40)
    #expect(all.map(\.bispectra.count).reduce(0, +) == 40)
    // VISAMP 0.05 ± 0.02, VISPHI 10 ± 1 degrees.
    let row = try #require(first.visibilities.first { abs($0.value.length - 0.05) < 1e-8 })
    #expect(abs(row.value.phase - .pi / 18) < 1e-9 && row.channel == 1)
    let across = 0.05 * .pi / 180
    #expect(abs(row.sigma - ((0.02 * 0.02 + across * across) / 2).squareRoot()) < 1e-9)
    #expect(first.visibilities.map(\.channel).max() == 20)
    #expect(abs(first.frequencies[20] - 299_792_458 / 1.65e-6) < 1e8)
  }

  @Test(arguments: [
    (
      "oifitslib_OIFITS2_bad_missing_target.fits",
      "HDU 5 (OI_VIS2): row 1, column 'TARGET_ID': found target 1, which the OI_TARGET table lacks"
    ),
    (
      "oifitslib_OIFITS2_bad_neg_error.fits",
      "HDU 6 (OI_T3): row 1, column 'T3PHIERR': found -1.0 in channel 1, expected an error above 0"
    ),
    (
      "oifitslib_OIFITS2_bad_wave_reversed.fits",
      "HDU 4 (OI_WAVELENGTH): column 'EFF_WAVE': found wavelengths that do not rise"
    ),
  ])
  func mistakes(name: String, problem: String) throws {
    let error = #expect(throws: FileError.self) { try OIFITSTests.read(name) }
    #expect(error?.problem.hasPrefix(problem) == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test func unknownTarget() throws {
    let error = #expect(throws: FileError.self) {
      try OIFITSTests.read("oifitslib_OIFITS2_bigtest2.fits", target: "Vega")
    }
    #expect(error?.problem == "has no target 'Vega'; it has 'alp_ori', 'alp_tau', 'irc_+10216'")
  }

  /// A file with one row of one wavelength, without OI_ARRAY; `change` edits its flag and values.
  static func made(
    amplitude: Double = 0.5, flag: String = "F", cards: MadeUpFITS.Cards = []
  ) -> Data {
    var file = MadeUpFITS()
    file.append([("SIMPLE", "T"), ("BITPIX", "8"), ("NAXIS", "0"), ("EXTEND", "T")])
    file.append(
      table: "OI_TARGET",
      columns: [("TARGET_ID", "1J"), ("TARGET", "4A"), ("RAEP0", "1D"), ("DECEP0", "1D")],
      rows: [MadeUpFITS.bytes(Int32(1)) + Array("Vega".utf8) + MadeUpFITS.bytes([279.0, 38.0])])
    file.append(
      table: "OI_WAVELENGTH", columns: [("EFF_WAVE", "1D"), ("EFF_BAND", "1D")],
      rows: [MadeUpFITS.bytes([2e-6, 1e-7])], cards: [("OI_REVN", "2"), ("INSNAME", "'INS'")])
    file.append(
      table: "OI_VIS",
      columns: [
        ("TARGET_ID", "1J"), ("MJD", "1D"), ("VISAMP", "1D"), ("VISAMPERR", "1D"),
        ("VISPHI", "1D"), ("VISPHIERR", "1D"), ("UCOORD", "1D"), ("VCOORD", "1D"),
        ("STA_INDEX", "2J"), ("FLAG", "1L"),
      ],
      rows: [
        MadeUpFITS.bytes(Int32(1))
          + MadeUpFITS.bytes([57000.25, amplitude, 0.01, 90, 1, 20, -40])
          + MadeUpFITS.bytes(Int32(5)) + MadeUpFITS.bytes(Int32(8)) + Array(flag.utf8)
      ], cards: [("INSNAME", "'INS'")] + cards)
    return file.data
  }

  @Test func withoutStationTable() throws {
    let found = try ObservationFiles.withTemporary("x.fits", OIFITSTests.made()) {
      try VisibilitySet.read($0)
    }
    let row = try #require(found.visibilities.first)
    #expect(found.stations.map(\.name) == ["5", "8"] && row.station1 == 0 && row.station2 == 1)
    #expect(row.time == 6 && found.mjd == 57000 && row.u == -1e7 && row.v == 2e7)
    #expect((row.value - Complex(0, 0.5)).length < 1e-15)
    #expect(abs(found.bandwidth / (299_792_458 * 1e-7 / 4e-12) - 1) < 1e-12)
  }

  @Test func flagsAndKindsOfVisibilities() throws {
    func complaint(_ data: Data) throws -> String {
      try ObservationFiles.complaint("x.fits", data) { _ = try VisibilitySet.read($0) }
    }
    #expect(
      try complaint(OIFITSTests.made(flag: "T")) == ": all 1 values of 'Vega' are flagged")
    #expect(
      try complaint(OIFITSTests.made(amplitude: .nan)) == ": all 1 values of 'Vega' are flagged")
    #expect(
      try complaint(OIFITSTests.made(cards: [("PHITYP", "'differential'")]))
        == ": holds no visibilities of 'Vega' (HDU 4 (OI_VIS) left out: its phases are differential)"
    )
  }
}
