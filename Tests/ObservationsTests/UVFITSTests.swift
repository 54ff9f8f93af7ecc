import ArrayFiles
import Foundation
import Numerics
import Observations
import Testing

/// UVFITS files made up to hold one difficulty each.
@Suite struct UVFITSTests {
  static func read(_ file: MadeUpUVFITS) throws -> VisibilitySet {
    try ObservationFiles.withTemporary("made.uvfits", file.data) { try VisibilitySet.read($0) }
  }

  static func complaint(_ file: MadeUpUVFITS) throws -> String {
    try ObservationFiles.complaint("made.uvfits", file.data) { _ = try VisibilitySet.read($0) }
  }

  /// RR = 2 + i and LL = 4 + 3i with the weight 8.
  static let bothHands: [Double] = [2, 1, 8, 4, 3, 8]

  static func simple(_ rows: [[Double]]) -> MadeUpUVFITS {
    var file = MadeUpUVFITS()
    file.rows = rows
    return file
  }

  @Test func oneVisibility() throws {
    let found = try UVFITSTests.read(
      UVFITSTests.simple([MadeUpUVFITS.row(1, 3) + UVFITSTests.bothHands]))
    let row = try #require(found.visibilities.first)
    #expect(found.visibilities.count == 1 && found.warnings.isEmpty)
    #expect(found.source == "SRC" && found.rightAscension == 12.5 && found.declination == -3.25)
    #expect(found.frequencies == [1e9] && found.bandwidth == 1e6 && found.mjd == 57848)
    #expect(found.stations.map(\.name) == ["A", "B", "C"])
    #expect(found.stations[2].position == [3, 2, 3] && found.stations[2].sefd == nil)
    #expect(row.station1 == 0 && row.station2 == 2 && row.time == 6 && row.integration == 10)
    #expect(row.u == Double(Float(1e-3)) * 1e9 && row.v == Double(Float(2e-3)) * 1e9)
    #expect(row.value == Complex(3, 2))
    // (1/8 + 1/8) / 4 is the variance of the mean of both.
    #expect(row.sigma == 0.25)
  }

  @Test func channelsAndBandsAreAveragedByTheirWeights() throws {
    var file = MadeUpUVFITS()
    file.stokes = (4, -1, -1)
    file.channels = 4
    file.bands = 2
    file.setups = [(1, [0, 4e6])]
    // Weights of RR and LL in each channel of each band; those that are no weights flag.
    let weights: [(Double, Double)] = [
      (1, 2), (3, 0), (0, 4), (-1, .infinity), (.nan, 1), (.infinity, 1), (4, -.infinity), (2, 2),
    ]
    var values: [Double] = []
    var sums: [(weight: Double, real: Double, imaginary: Double)] = [(0, 0, 0), (0, 0, 0)]
    for (number, (right, left)) in weights.enumerated() {
      let n = Double(number)
      values += [n, 2 * n, right, -n, n * n, left]
      // RL and LR as the Event Horizon Telescope's files have them.
      values += [0, 0, .infinity, 0, 0, .infinity]
      for (hand, (weight, real, imaginary)) in [(right, n, 2 * n), (left, -n, n * n)].enumerated()
      where [1, 2, 3, 4].contains(weight) {
        sums[hand].weight += weight
        sums[hand].real += weight * real
        sums[hand].imaginary += weight * imaginary
      }
    }
    #expect(sums[0].weight == 10 && sums[1].weight == 10)
    file.rows = [MadeUpUVFITS.row(1, 2) + values]
    let found = try UVFITSTests.read(file)
    let row = try #require(found.visibilities.first)
    #expect(abs(row.value.real - (sums[0].real + sums[1].real) / 20) < 1e-14)
    #expect(abs(row.value.imaginary - (sums[0].imaginary + sums[1].imaginary) / 20) < 1e-14)
    #expect(abs(row.sigma - (0.2 / 4).squareRoot()) < 1e-15)
    #expect(found.bandwidth == 8e6 && found.warnings.count == 1)
    #expect(found.warnings[0].contains("8 channels of 2 IFs averaged"))
  }

  /// The same row as different programs would write it.
  @Test func scalesZerosAndNamesOfParameters() throws {
    let hands = UVFITSTests.bothHands
    var inWavelengths = MadeUpUVFITS()
    inWavelengths.parameters[0].1 = 1e-9
    inWavelengths.parameters[1].1 = 1e-9
    inWavelengths.rows = [[2e6, -3e6, 0, 258, 2457848.5, 0.5, 10] + hands]
    var inLightSeconds = MadeUpUVFITS()
    inLightSeconds.rows = [[2e-3, -3e-3, 0, 258, 2457848.5, 0.5, 10] + hands]
    var withZeros = MadeUpUVFITS()
    withZeros.parameters = [
      ("INTTIM", 2, 0), ("DATE", 1, 2_457_848), ("UU--", 0.5, 1e-3), ("BASELINE", 1, 0),
      ("VV--", 1, 0), ("DATE", 0.5, 0.5),
    ]
    withZeros.rows = [[5, 0.25, 2e-3, 258, -3e-3, 0.5] + hands]
    var single = MadeUpUVFITS()
    single.parameters = [
      ("UU", 1, 0), ("VV", 1, 0), ("WW", 1, 0), ("ANTENNA1", 1, 0), ("ANTENNA2", 1, 0),
      ("SUBARRAY", 1, 0), ("DATE", 1, 2_457_849),
    ]
    single.rows = [[2e-3, -3e-3, 0, 1, 2, 1, 0] + hands]
    var double = inLightSeconds
    double.isDouble = true
    for file in [inWavelengths, inLightSeconds, withZeros, single, double] {
      let row = try #require(try UVFITSTests.read(file).visibilities.first)
      #expect(abs(row.u / 2e6 - 1) < 1e-7 && abs(row.v / -3e6 - 1) < 1e-7)
      #expect(row.time == 12 && row.station1 == 0 && row.station2 == 1)
    }
    #expect(try UVFITSTests.read(withZeros).visibilities[0].integration == 10)
    #expect(try UVFITSTests.read(single).visibilities[0].integration == 0)
    #expect(try UVFITSTests.read(double).visibilities[0].u == 2e-3 * 1e9)
  }

  @Test func bothDatesKeepTheirDigits() throws {
    let fraction = Double(Float(0.123456789))
    var file = UVFITSTests.simple([
      MadeUpUVFITS.row(1, 2, day: 2457849.5, fraction: 0) + UVFITSTests.bothHands,
      MadeUpUVFITS.row(1, 2, fraction: fraction) + UVFITSTests.bothHands,
    ])
    var found = try UVFITSTests.read(file)
    // The day is that of the earliest row, wherever it stands.
    #expect(found.mjd == 57848 && found.visibilities.map(\.time) == [24, fraction * 24])
    file.parameters[4].2 = 2_457_848
    file.parameters[5].2 = -2
    file.rows[0][4] = 3.5
    file.rows[1][4] = 2.5
    found = try UVFITSTests.read(file)
    #expect(found.mjd == 57848 && found.visibilities.map(\.time) == [24, fraction * 24])
  }

  @Test func numbersOfStationsAreNotTheirRows() throws {
    var file = MadeUpUVFITS()
    file.antennas = [(7, "G", 1), (2, "B", 1), (300, "Z", 1)]
    // Beyond 255 antennas the code is 2048 a + b + 65536.
    file.rows = [
      MadeUpUVFITS.row(2, 7) + UVFITSTests.bothHands,
      [0, 0, 0, 65536 + 2048 * 7 + 300, 2457848.5, 0.25, 10] + UVFITSTests.bothHands,
    ]
    let rows = try UVFITSTests.read(file).visibilities
    #expect(rows.map(\.station1) == [1, 0] && rows.map(\.station2) == [0, 2])
    file.rows = [MadeUpUVFITS.row(2, 3) + UVFITSTests.bothHands]
    #expect(try UVFITSTests.complaint(file).contains("row 1: found the baseline 2-3"))
  }

  @Test func subarrays() throws {
    var file = MadeUpUVFITS()
    file.antennas = [(1, "A", 1), (2, "B", 1), (1, "D", 2), (2, "E", 2)]
    file.rows = [1.02, 1.03].map { _ in MadeUpUVFITS.row(1, 2) + UVFITSTests.bothHands }
    file.rows[1][3] += 0.01
    var found = try UVFITSTests.read(file)
    #expect(found.stations.map(\.name) == ["A", "B", "D", "E"])
    #expect(found.visibilities.map(\.station1) == [0, 2])
    file.antennas = [(1, "A", 1), (2, "B", 1), (2, "B", 2), (1, "A", 2)]
    found = try UVFITSTests.read(file)
    // The same station in both is one.
    #expect(found.stations.map(\.name) == ["A", "B"])
    file.subarrayFrequencies = [2: 1.5e9]
    #expect(try UVFITSTests.complaint(file).contains("mixed frequencies: a subarray at"))
  }

  @Test func withoutTablesStationsHaveNumbers() throws {
    var file = UVFITSTests.simple([MadeUpUVFITS.row(4, 9) + UVFITSTests.bothHands])
    file.antennas = []
    let found = try UVFITSTests.read(file)
    #expect(found.stations.map(\.name) == ["4", "9"] && found.visibilities[0].station2 == 1)
    #expect(found.frequencies == [1e9])
    #expect(found.warnings == ["no antenna table: stations are called by their numbers"])
  }

  @Test func stokes() throws {
    var file = UVFITSTests.simple([MadeUpUVFITS.row(1, 2) + UVFITSTests.bothHands])
    file.stokes.first = -5
    #expect(try UVFITSTests.read(file).visibilities[0].value == Complex(3, 2))
    // I and Q.
    file.stokes = (2, 1, 1)
    var row = try UVFITSTests.read(file).visibilities[0]
    #expect(row.value == Complex(2, 1) && abs(row.sigma - 1 / 8.0.squareRoot()) < 1e-15)
    // LL alone.
    file.stokes = (1, -2, -1)
    file.rows = [MadeUpUVFITS.row(1, 2) + [2, 1, 4]]
    let found = try UVFITSTests.read(file)
    row = found.visibilities[0]
    #expect(row.value == Complex(2, 1) && row.sigma == 0.5)
    #expect(found.warnings == ["LL alone taken as Stokes I"])
    // RL and LR; Q and U.
    file.stokes = (2, -3, -1)
    file.rows = [MadeUpUVFITS.row(1, 2) + UVFITSTests.bothHands]
    #expect(try UVFITSTests.complaint(file).contains("holds RL, LR only, of which Stokes I"))
    file.stokes = (2, 2, 1)
    #expect(try UVFITSTests.complaint(file).contains("holds Q, U only, of which Stokes I"))
  }

  @Test func rowsThatAreLeftOut() throws {
    let row = MadeUpUVFITS.row(1, 2)
    let file = UVFITSTests.simple([
      row + UVFITSTests.bothHands,
      row + [2, 1, 4, 7, 7, 0],
      row + [2, 1, 0, 4, 3, -8],
      row + [2, 1, .infinity, 4, 3, .nan],
      row + [.nan, 1, 8, 4, .infinity, 8],
      MadeUpUVFITS.row(2, 2) + UVFITSTests.bothHands,
      MadeUpUVFITS.row(2, 1, u: .nan) + UVFITSTests.bothHands,
    ])
    let found = try UVFITSTests.read(file)
    #expect(found.visibilities.map(\.value) == [Complex(3, 2), Complex(2, 1)])
    #expect(found.visibilities[1].sigma == 0.5)
    #expect(
      found.warnings == [
        "3 of 7 rows left out: flagged (no weight is positive and finite)",
        "1 of 7 rows left out: autocorrelations",
        "1 of 7 rows left out: without u, v or date",
        "1 of 7 rows have one hand only, taken as Stokes I",
      ])
    for weight in [0, -1, Double.infinity, .nan] {
      let flagged = UVFITSTests.simple([row, row].map { $0 + [2, 1, weight, 4, 3, weight] })
      #expect(try UVFITSTests.complaint(flagged).contains("all 2 rows are flagged"))
    }
  }

  @Test func mixedFrequencies() throws {
    var file = MadeUpUVFITS()
    file.parameters.append(("FREQSEL", 1, 0))
    file.setups = [(1, [0]), (2, [1e6])]
    let row = MadeUpUVFITS.row(1, 2)
    file.rows = [row + [2] + UVFITSTests.bothHands, row + [2] + UVFITSTests.bothHands]
    #expect(try UVFITSTests.read(file).visibilities.count == 2)
    file.rows[1][7] = 1
    let complaint = try UVFITSTests.complaint(file)
    #expect(complaint.contains("row 2: mixed frequencies: found setup 1.0 after 2.0"))
    #expect(complaint.contains("CASA split"))
    file.parameters.removeLast()
    file.rows = [row + UVFITSTests.bothHands]
    #expect(try UVFITSTests.complaint(file).contains("mixed frequencies: 2 setups"))
    file.bands = 2
    file.setups = [(1, [0, 0.2e9])]
    file.rows = [row + UVFITSTests.bothHands + UVFITSTests.bothHands]
    #expect(
      try UVFITSTests.complaint(file).contains("mixed frequencies: channels from 1 to 1.2 GHz"))
    file.setups = [(1, [0, 0.02e9])]
    #expect(try UVFITSTests.read(file).visibilities.count == 1)
    (file.bands, file.channels, file.channelWidth, file.setups) = (1, 2, 0.3e9, [])
    #expect(
      try UVFITSTests.complaint(file).contains("mixed frequencies: channels from 1 to 1.3 GHz"))
  }

  @Test func severalSources() throws {
    var file = MadeUpUVFITS()
    file.parameters.append(("SOURCE", 1, 0))
    let row = MadeUpUVFITS.row(1, 2)
    file.rows = [row + [1] + UVFITSTests.bothHands, row + [2] + UVFITSTests.bothHands]
    #expect(try UVFITSTests.complaint(file).contains("row 2: several sources"))
  }

  @Test func otherPrograms() throws {
    // Dates with PZERO, Stokes I, four IFs; the day and hour of the observation.
    let smili = try VisibilitySet.read(ObservationFiles.data("smili_3C273DEC16.stokesI.uvfits"))
    #expect(smili.visibilities.count == 1913 && smili.mjd == 57746 && smili.stations.count == 10)
    #expect(smili.bandwidth == 4 * 64e6 && abs(smili.visibilities[0].time - 9.645833) < 1e-6)
    // u and v in wavelengths, scaled by PSCAL; SEFDs.
    let sample = try VisibilitySet.read(ObservationFiles.data("ehtim_sample.uvfits"))
    #expect(sample.visibilities.count == 714 && sample.stations[5].sefd == 220)
    #expect(abs(sample.visibilities[0].u + 4_839_258_624) < 1e-5)
  }

  /// Every cut is noticed, wherever it falls.
  @Test func truncated() throws {
    var file = UVFITSTests.simple(
      (0..<600).map { _ in MadeUpUVFITS.row(1, 2) + UVFITSTests.bothHands })
    file.setups = [(1, [0])]
    let whole = file.data
    let cuts = Array(stride(from: 1, to: whole.count, by: 997)) + [whole.count - 1]
    for cut in cuts where !(cut % 2880 == 0 && cut > 2880 * 13) {
      let text = try ObservationFiles.complaint("cut.uvfits", whole.prefix(cut)) {
        _ = try VisibilitySet.read($0)
      }
      if cut > 5760 && cut < 5760 + 600 * 52 {
        #expect(text.contains("truncated: expected 600 rows"))
      }
    }
  }

  @Test func blocks() throws {
    var rows: [[Double]] = []
    for index in 0..<70_000 {
      rows.append(
        MadeUpUVFITS.row(1, 2, u: Double(index) * 1e-6) + [2, 1, index % 10 == 0 ? 0 : 8, 4, 3, 0])
    }
    try ObservationFiles.withTemporary("long.uvfits", UVFITSTests.simple(rows).data) { path in
      var reader = try VisibilityReader(path)
      #expect(reader.rowCount == 70_000 && reader.header.visibilities.isEmpty)
      var sizes: [Int] = []
      while let block = try reader.next() { sizes.append(block.count) }
      #expect(sizes.count == 2 && sizes.reduce(0, +) == 63_000 && sizes[0] < 65_536)
      #expect(reader.header.warnings.first?.hasPrefix("7000 of 70000 rows left out") == true)
      #expect(try reader.next() == nil)
      let set = try VisibilitySet.read(path)
      #expect(set.visibilities.map { ($0.u / 1e3).rounded() }.last == 69_999)
    }
  }

  @Test func manyReadTheSameFile() async throws {
    let path = ObservationFiles.m87("SR1_M87_2017_101_lo_hops_netcal_StokesI.uvfits")
    let expected = try VisibilitySet.read(path)
    try await withThrowingTaskGroup(of: VisibilitySet.self) { group in
      for _ in 0..<16 { group.addTask { try VisibilitySet.read(path) } }
      for try await found in group { #expect(found == expected) }
    }
  }
}
