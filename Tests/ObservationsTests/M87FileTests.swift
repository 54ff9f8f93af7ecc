import Foundation
import Numerics
import Observations
import Testing

/// The Event Horizon Telescope's M87 files against what eht-imaging finds in them, and against the
/// release's own CSV.
@Suite struct M87FileTests {
  struct Record: Decodable {
    let time, tint, u, v, re, im, sigma: Double
    let t1, t2: String
  }

  struct Summary: Decodable {
    let gcount, nVisLoaded, nTimestamps, mjd: Int
    let freqHz, bandwidthHz, raHours, decDeg: Double
    let timeUtcHoursMinmax, uvGlambdaMinmax, sumVisReIm: [Double]
    let stationsInAn, stationsInData: [String]
    let medianSnr, sumSigma, sumAbsULambda, sumAbsVLambda: Double
    let firstRecord, lastRecord: Record
  }

  static let summaries: [String: Summary] = {
    let data = FileManager.default.contents(atPath: ObservationFiles.data("m87_summary.json"))!
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try! decoder.decode([String: Summary].self, from: data)
  }()

  @Test(arguments: [
    "SR1_M87_2017_095_hi_hops_netcal_StokesI.uvfits",
    "SR1_M87_2017_095_lo_hops_netcal_StokesI.uvfits",
    "SR1_M87_2017_101_hi_hops_netcal_StokesI.uvfits",
    "SR1_M87_2017_101_lo_hops_netcal_StokesI.uvfits",
  ])
  func isReadAsByEhtImaging(name: String) throws {
    let expected = try #require(M87FileTests.summaries[name])
    let found = try VisibilitySet.read(ObservationFiles.m87(name))
    let rows = found.visibilities
    #expect(rows.count == expected.gcount && rows.count == expected.nVisLoaded)
    #expect(found.source == "M87" && found.mjd == expected.mjd && found.warnings.isEmpty)
    #expect(found.frequencies == [expected.freqHz] && found.bandwidth == expected.bandwidthHz)
    #expect(abs(found.rightAscension / 15 - expected.raHours) < 1e-12)
    #expect(found.declination == expected.decDeg)
    #expect(found.stations.map(\.name) == expected.stationsInAn)
    let used = Set(rows.flatMap { [$0.station1, $0.station2] }).map { found.stations[$0].name }
    #expect(used.sorted() == expected.stationsInData)
    let times = rows.map(\.time)
    #expect(Set(times).count == expected.nTimestamps)
    #expect(abs(times.min()! - expected.timeUtcHoursMinmax[0]) < 2e-8)
    #expect(abs(times.max()! - expected.timeUtcHoursMinmax[1]) < 2e-8)
    let lengths = rows.map { hypot($0.u, $0.v) / 1e9 }
    #expect(abs(lengths.min()! - expected.uvGlambdaMinmax[0]) < 1e-12)
    #expect(abs(lengths.max()! - expected.uvGlambdaMinmax[1]) < 1e-12)
    let sum = rows.reduce(Complex<Double>(0, 0)) { $0 + $1.value }
    // eht-imaging averages in single precision.
    #expect(abs(sum.real - expected.sumVisReIm[0]) < 1e-5)
    #expect(abs(sum.imaginary - expected.sumVisReIm[1]) < 1e-5)
    #expect(abs(rows.reduce(0) { $0 + $1.sigma } - expected.sumSigma) < 1e-5)
    #expect(abs(rows.reduce(0) { $0 + abs($1.u) } / expected.sumAbsULambda - 1) < 1e-13)
    #expect(abs(rows.reduce(0) { $0 + abs($1.v) } / expected.sumAbsVLambda - 1) < 1e-13)
    let ratios = rows.map { $0.value.length / $0.sigma }.sorted()
    let median = (ratios[(ratios.count - 1) / 2] + ratios[ratios.count / 2]) / 2
    #expect(abs(median - expected.medianSnr) < 1e-5)
    for (row, record) in [(rows.first!, expected.firstRecord), (rows.last!, expected.lastRecord)] {
      #expect(found.stations[row.station1].name == record.t1)
      #expect(found.stations[row.station2].name == record.t2)
      #expect(row.integration == record.tint && abs(row.time - record.time) < 2e-8)
      #expect(abs(row.u / record.u - 1) < 1e-14 && abs(row.v / record.v - 1) < 1e-14)
      let rounding = row.value.length * 0x1p-23
      #expect(abs(row.value.real - record.re) < rounding)
      #expect(abs(row.value.imaginary - record.im) < rounding)
      #expect(abs(row.sigma - record.sigma) < row.sigma * 0x1p-23)
    }
  }

  @Test func uvfitsAndTextHoldTheSame() throws {
    let uvfits = try VisibilitySet.read(
      ObservationFiles.m87("SR1_M87_2017_095_hi_hops_netcal_StokesI.uvfits"))
    let text = try VisibilitySet.read(ObservationFiles.data("m87_095_hi_every_tenth.csv"))
    #expect(text.source == "M87" && text.mjd == 57848 && text.frequencies == [229.0707e9])
    #expect(text.visibilities.count == 646)
    for (index, row) in text.visibilities.enumerated() {
      let other = uvfits.visibilities[10 * index]
      #expect(text.stations[row.station1].name == uvfits.stations[other.station1].name)
      #expect(text.stations[row.station2].name == uvfits.stations[other.station2].name)
      #expect(abs(row.u - other.u) < 6e-5 && abs(row.v - other.v) < 6e-5)
      #expect((row.value - other.value).length <= 1.1e-6)
      #expect(abs(row.sigma - other.sigma) <= 2.4e-8 && abs(row.time - other.time) < 2e-8)
    }
  }
}
