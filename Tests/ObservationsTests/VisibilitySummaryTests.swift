import Foundation
import Numerics
import Observations
import Testing

@Suite struct VisibilitySummaryTests {
  /// What eht-imaging 1.3 says about the M87 files, as it was asked independently of Sibyl.
  struct Expected: Decodable {
    let nVisLoaded, nTimestamps, nScans, nVisScanAvg: Int
    let uvGlambdaMinmax, timeUtcHoursMinmax, sumVisReIm: [Double]
    let uvGlambdaMinNonzeroGt0p1: Double
    let medianSnr, medianSnrUvGt0p1, medianSnrScanAvg: Double
    let zblAaApMedianJy10s, zblSmJcMedianJy10s: Double
    let sumSigma, sumAbsULambda, sumAbsVLambda: Double
    let stationsInAn, stationsInData: [String]
    let nClosurePhaseMin10s, nLogClosureAmpMin10s: Int
    let nClosurePhaseMax10s, nLogClosureAmpMax10s: Int
    let nClosurePhaseMinScan, nLogClosureAmpMinScan: Int
    let nClosurePhaseMaxScan, nLogClosureAmpMaxScan: Int
    let nClosurePhaseMinScanUvgt0p1, nClosurePhaseMaxScanUvgt0p1: Int
  }

  static func expected(_ name: String) throws -> Expected {
    let data = try Data(contentsOf: URL(filePath: ObservationFiles.data("m87_derived.json")))
    let decoder = JSONDecoder()
    // Its own: the standard strategy makes no number of "10s".
    decoder.keyDecodingStrategy = .custom { path in
      let words = path.last!.stringValue.split(separator: "_")
      let camel = words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }
      let isName = path.last!.stringValue.hasSuffix(".uvfits")
      return Key(isName ? path.last!.stringValue : words[0].lowercased() + camel.joined())
    }
    return try #require(decoder.decode([String: Expected].self, from: data)[name])
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ text: String) { stringValue = text }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  @Test(arguments: ["095_hi", "095_lo", "101_hi", "101_lo"])
  func agreesWithEhtImaging(name: String) throws {
    let name = "SR1_M87_2017_\(name)_hops_netcal_StokesI.uvfits"
    let expected = try Self.expected(name)
    let found = VisibilitySummary(try VisibilitySet.read(ObservationFiles.m87(name)))
    #expect(found.visibilities == expected.nVisLoaded)
    #expect(found.timestamps == expected.nTimestamps && found.scans == expected.nScans)
    #expect(found.stations == expected.stationsInAn)
    #expect(found.stationsInData.sorted() == expected.stationsInData)
    for (a, b) in zip(try #require(found.uvRange), expected.uvGlambdaMinmax) {
      #expect(abs(a - b) < 1e-12)
    }
    for (a, b) in zip(try #require(found.times), expected.timeUtcHoursMinmax) {
      #expect(abs(a - b) < 2e-8)
    }
    #expect(abs(found.shortestLong! - expected.uvGlambdaMinNonzeroGt0p1) < 1e-12)
    // eht-imaging computes visibilities in single precision.
    #expect(abs(found.medianSNR! / expected.medianSnr - 1) < 2e-7)
    #expect(abs(found.medianSNRLong! / expected.medianSnrUvGt0p1 - 1) < 2e-7)
    #expect(abs(found.sumOfValues[0] - expected.sumVisReIm[0]) < 1e-5)
    #expect(abs(found.sumOfValues[1] - expected.sumVisReIm[1]) < 1e-5)
    #expect(abs(found.sumOfSigma / expected.sumSigma - 1) < 2e-7)
    #expect(abs(found.sumOfAbsoluteU / expected.sumAbsULambda - 1) < 1e-13)
    #expect(abs(found.sumOfAbsoluteV / expected.sumAbsVLambda - 1) < 1e-13)
    #expect(found.zeroBaselines.map(\.stations) == [["AA", "AP"], ["JC", "SM"]])
    #expect(abs(found.zeroBaselines[0].median / expected.zblAaApMedianJy10s - 1) < 2e-7)
    #expect(abs(found.zeroBaselines[1].median / expected.zblSmJcMedianJy10s - 1) < 2e-7)

    let closures = try #require(found.closures)
    #expect(closures.phasesAtFirst == expected.nClosurePhaseMin10s)
    #expect(closures.amplitudesAtFirst == expected.nLogClosureAmpMin10s)
    #expect(closures.allPhases == expected.nClosurePhaseMax10s)
    #expect(closures.allAmplitudes == expected.nLogClosureAmpMax10s)
    let scans = try #require(found.plainScanAverage)
    #expect(scans.visibilities == expected.nVisScanAvg)
    #expect(abs(scans.medianSNR! / expected.medianSnrScanAvg - 1) < 2e-7)
    #expect(scans.closures.phasesAtFirst == expected.nClosurePhaseMinScan)
    #expect(scans.closures.amplitudesAtFirst == expected.nLogClosureAmpMinScan)
    #expect(scans.closures.allPhases == expected.nClosurePhaseMaxScan)
    #expect(scans.closures.allAmplitudes == expected.nLogClosureAmpMaxScan)
    #expect(scans.longClosures.phasesAtFirst == expected.nClosurePhaseMinScanUvgt0p1)
    #expect(scans.longClosures.allPhases == expected.nClosurePhaseMaxScanUvgt0p1)
  }

  /// The counts are of the closures that can be formed, of single integrations and of averages.
  @Test func countsAreThoseOfTheClosures() throws {
    let set = try VisibilitySet.read(
      ObservationFiles.m87("SR1_M87_2017_101_lo_hops_netcal_StokesI.uvfits"))
    let summary = VisibilitySummary(set)
    let closures = try #require(summary.closures)
    #expect(try set.closures(.phase).elements.count == closures.independentPhases)
    #expect(try set.closures(.phase, .all).elements.count == closures.allPhases)
    #expect(try set.closures(.logAmplitude).elements.count == closures.independentAmplitudes)
    #expect(try set.closures(.logAmplitude, .all).elements.count == closures.allAmplitudes)
    // Two integrations lack a baseline of the first station.
    #expect(closures.independentPhases == closures.phasesAtFirst + 2)

    var averaged = try set.averagedOverScans()
    let average = try #require(summary.scanAverage)
    #expect(averaged.visibilities.count == average.visibilities)
    #expect(try averaged.closures(.phase).elements.count == average.closures.independentPhases)
    #expect(try averaged.closures(.phase, .all).elements.count == average.closures.allPhases)
    let ratios = averaged.visibilities.map { $0.value.length / $0.sigma }.sorted()
    #expect(abs((ratios[107] + ratios[108]) / 2 / average.medianSNR! - 1) < 1e-12)
    averaged.visibilities.removeAll { hypot($0.u, $0.v) <= 1e8 }
    #expect(
      try averaged.closures(.logAmplitude).elements.count
        == average.longClosures.independentAmplitudes)
  }

  @Test func blocksAndOrderDoNotMatter() throws {
    let baselines = SyntheticVisibilities.complete(5)
    let set = SyntheticVisibilities.set(
      stations: 5, times: (0..<40).map { $0 % 7 == 0 ? [(1, 3)] : baselines }, channels: 2, noise: 1
    )
    let whole = VisibilitySummary(set)
    #expect(whole.scanAverage?.visibilities == 20 && whole.notes.isEmpty)
    var inBlocks = VisibilitySummarizer()
    for start in stride(from: 0, to: set.visibilities.count, by: 37) {
      inBlocks.add(Array(set.visibilities[start..<min(start + 37, set.visibilities.count)]))
      inBlocks.add([])
    }
    #expect(inBlocks.finish(set) == whole)

    // In the order of baselines, as some files are.
    var byBaseline = set
    byBaseline.visibilities.sort {
      ($0.station1, $0.station2, $0.channel, $0.time) < (
        $1.station1, $1.station2, $1.channel, $1.time
      )
    }
    var other = VisibilitySummary(byBaseline)
    #expect(abs(other.sumOfValues[0] - whole.sumOfValues[0]) < 1e-9)
    (other.sumOfValues, other.sumOfSigma) = (whole.sumOfValues, whole.sumOfSigma)
    (other.sumOfAbsoluteU, other.sumOfAbsoluteV) = (whole.sumOfAbsoluteU, whole.sumOfAbsoluteV)
    (other.firstRecord, other.lastRecord) = (whole.firstRecord, whole.lastRecord)
    #expect(abs(other.scanAverage!.medianSNR! / whole.scanAverage!.medianSNR! - 1) < 1e-12)
    other.scanAverage?.medianSNR = whole.scanAverage?.medianSNR
    other.plainScanAverage?.medianSNR = whole.plainScanAverage?.medianSNR
    #expect(other == whole)
  }

  /// Beyond a million rows: counts stay exact, medians are good to 1e-4, and time may not run backwards.
  @Test func manyRowsAreSummarisedInBlocks() throws {
    let block = SyntheticVisibilities.set(
      stations: 8, times: (0..<1000).map { _ in SyntheticVisibilities.complete(8) }, noise: 1)
    func rows(_ number: Int) -> [Visibility] {
      block.visibilities.map { row in
        var row = row
        row.time += 11 * Double(number)
        return row
      }
    }
    let blocks = 40
    var summarizer = VisibilitySummarizer()
    for number in 0..<blocks { summarizer.add(rows(number)) }
    let summary = summarizer.finish(block)
    let one = VisibilitySummary(block)
    #expect(summary.visibilities == 1_120_000 && summary.timestamps == 40_000)
    #expect(summary.scans == blocks)
    #expect(summary.closures?.independentPhases == 40_000 * 21)
    #expect(summary.closures?.allAmplitudes == 40_000 * 210)
    #expect(summary.scanAverage?.visibilities == blocks * 28)
    #expect(abs(summary.medianSNR! / one.medianSNR! - 1) < 1e-4)
    #expect(summary.notes.count == 1 && summary.notes[0].contains("histogram"))

    var backwards = VisibilitySummarizer()
    for number in 0..<blocks { backwards.add(rows(number)) }
    backwards.add(rows(0))
    let partial = backwards.finish(block)
    #expect(partial.visibilities == 1_148_000)
    #expect(partial.closures == nil && partial.scans == nil && partial.scanAverage == nil)
    #expect(partial.notes.contains { $0.contains("not in the order of time") })
  }

  @Test func setsWithoutStationsOrVisibilities() throws {
    var set = SyntheticVisibilities.set(stations: 4, times: [SyntheticVisibilities.complete(4)])
    set.stations = []
    for index in set.visibilities.indices {
      set.visibilities[index].time = 0
      (set.visibilities[index].station1, set.visibilities[index].station2) = (0, 0)
    }
    let anonymous = VisibilitySummary(set)
    #expect(anonymous.visibilities == 6 && anonymous.medianSNR != nil)
    #expect(anonymous.closures == nil && anonymous.times == nil && anonymous.timestamps == nil)
    let empty = VisibilitySummary(VisibilitySet())
    #expect(empty.visibilities == 0 && empty.medianSNR == nil && empty.uvRange == nil)
    var single = set
    single.visibilities = [set.visibilities[0]]
    #expect(VisibilitySummary(single).uvRange?[0] == VisibilitySummary(single).uvRange?[1])
    var optical = VisibilitySet(stations: (0..<3).map { Station(name: "T\($0)") })
    optical.squaredVisibilities = [
      .init(time: 0, station1: 0, station2: 2, channel: 0, u: 3e7, v: 4e7, value: 0.5, sigma: 0.01)
    ]
    let squared = VisibilitySummary(optical)
    #expect(squared.squaredVisibilities == 1 && squared.visibilities == 0)
    #expect(squared.uvRange == [0.05, 0.05] && squared.stationsInData == ["T0", "T2"])
    #expect(squared.closures == nil && squared.times == nil && squared.shortestLong == nil)
    #expect(squared.text.contains("50 Mλ") && squared.text.contains("0 bispectra"))
    let decoded = try JSONDecoder().decode(
      VisibilitySummary.self, from: JSONEncoder().encode(anonymous))
    #expect(decoded == anonymous)
  }
}

@Suite struct VisibilitySampleTests {
  /// Every place has the same chance, whatever the period of the baselines; blocks do not matter.
  @Test func samplesAreFairAndRepeat() {
    let rows = (0..<50_000).map {
      Visibility(station1: $0 % 28, u: Double($0), v: 0, value: .zero, sigma: 1)
    }
    var whole = VisibilitySample(limit: 1_000)
    whole.add(rows)
    var blocks = VisibilitySample(limit: 1_000)
    for start in stride(from: 0, to: rows.count, by: 777) {
      blocks.add(Array(rows[start..<min(start + 777, rows.count)]))
    }
    #expect(whole.total == 50_000 && whole.rows.count == 1_000)
    #expect(blocks.rows == whole.rows)
    #expect(zip(whole.rows, whole.rows.dropFirst()).allSatisfy { $0.u < $1.u })
    for station in 0..<28 {
      let count = Double(whole.rows.count { $0.station1 == station })
      #expect(abs(count - 1_000.0 / 28) < 5 * (1_000.0 / 28).squareRoot())
    }
    let early = Double(whole.rows.count { $0.u < 25_000 })
    #expect(abs(early - 500) < 5 * 16)
    var few = VisibilitySample(limit: 1_000)
    few.add(Array(rows.prefix(1_000)))
    #expect(few.rows == Array(rows.prefix(1_000)))
  }
}
