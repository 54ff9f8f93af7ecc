import ArrayFiles
import Foundation
import Numerics
import Observations
import Testing

@Suite struct VisibilityWritingTests {
  /// Numbers of all sizes, on several days, among three stations.
  static func observed(_ count: Int, stations: Int = 3) -> VisibilitySet {
    var generator = SystemRandomNumberGenerator()
    return VisibilitySet(
      source: "3C 273 'core'", rightAscension: 187.2779154166667, declination: 2.052388416666667,
      mjd: 57854, frequencies: [86.243e9], bandwidth: 512e6,
      stations: (0..<stations).map {
        Station(
          name: "S\($0)", position: SIMD3(2225061.164, -5440057.37, -2481681.15 + Double($0)),
          sefd: $0 == 1 ? nil : 70.5)
      },
      visibilities: (0..<count).map { index in
        let amplitude = pow(10, Double.random(in: -6...6, using: &generator))
        return Visibility(
          time: index == 0 ? 0.1 : Double.random(in: 0...70, using: &generator),
          integration: Double.random(in: 0.1...600, using: &generator),
          station1: index % stations, station2: (index + 1) % stations,
          u: Double.random(in: -1e10...1e10, using: &generator),
          v: Double.random(in: -1e3...1e3, using: &generator),
          value: Complex(
            length: amplitude, phase: Double.random(in: -3...3, using: &generator)),
          sigma: amplitude * Double.random(in: 1e-6...10, using: &generator))
      })
  }

  static func rewritten(_ set: VisibilitySet) throws -> VisibilitySet {
    try ObservationFiles.withTemporary("out.uvfits") { path in
      try set.writeUVFITS(to: path)
      return try VisibilitySet.read(path)
    }
  }

  @Test func roundTripKeepsSinglePrecision() throws {
    let half = 0x1p-24 * 1.0001
    for stations in [3, 300] {
      let set = VisibilityWritingTests.observed(5000, stations: stations)
      let found = try VisibilityWritingTests.rewritten(set)
      var header = found
      header.visibilities = set.visibilities
      #expect(header == set && found.visibilities.count == 5000)
      for (a, b) in zip(set.visibilities, found.visibilities) {
        #expect(a.station1 == b.station1 && a.station2 == b.station2 && a.channel == b.channel)
        #expect(abs(a.u - b.u) <= half * abs(a.u) && abs(a.v - b.v) <= half * abs(a.v))
        #expect(abs(a.value.real - b.value.real) <= half * abs(a.value.real))
        #expect(abs(a.value.imaginary - b.value.imaginary) <= half * abs(a.value.imaginary))
        #expect(abs(a.sigma - b.sigma) <= half * a.sigma)
        // The fraction of a day is rounded, not the hours since the first.
        #expect(abs(a.time - b.time) <= 24 * half)
        #expect(abs(a.integration - b.integration) <= half * a.integration)
      }
      // What has been rounded once stays.
      #expect(try VisibilityWritingTests.rewritten(found) == found)
    }
  }

  @Test func publishedDataAreNotChanged() throws {
    let set = try VisibilitySet.read(
      ObservationFiles.m87("SR1_M87_2017_095_lo_hops_netcal_StokesI.uvfits"))
    let found = try VisibilityWritingTests.rewritten(set)
    for (a, b) in zip(set.visibilities, found.visibilities) {
      // Their PSCAL has fifteen digits.
      #expect(abs(a.u - b.u) <= 2e-15 * abs(a.u) && abs(a.v - b.v) <= 2e-15 * abs(a.v))
      #expect(a.value == b.value && a.sigma == b.sigma && a.time == b.time)
    }
  }

  @Test func textKeepsEveryDigit() throws {
    let set = VisibilityWritingTests.observed(2000)
    let found = try ObservationFiles.withTemporary("out.csv") { path in
      try set.writeCSV(to: path)
      let text = try String(contentsOfFile: path, encoding: .utf8)
      #expect(text.hasPrefix("u[lambda],v[lambda],re,im,sigma\n"))
      return try VisibilitySet.read(path)
    }
    #expect(found.visibilities.count == 2000 && found.stations.isEmpty && found.warnings.isEmpty)
    for (a, b) in zip(set.visibilities, found.visibilities) {
      #expect(a.u == b.u && a.v == b.v && a.value == b.value && a.sigma == b.sigma)
    }
  }

  @Test func whatCannotBeWritten() throws {
    let good = VisibilityWritingTests.observed(3)
    func complaint(_ change: (inout VisibilitySet) -> Void) throws -> String {
      var set = good
      change(&set)
      return try ObservationFiles.withTemporary("out.uvfits") { path in
        let error = #expect(throws: FileError.self) { try set.writeUVFITS(to: path) }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let left = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(left.isEmpty)
        return error?.problem ?? ""
      }
    }
    #expect(try complaint { $0.visibilities = [] }.contains("there are no visibilities"))
    #expect(try complaint { $0.frequencies = [] }.contains("no frequency is known"))
    #expect(try complaint { $0.frequencies = [1e9, 2e9] }.contains("mixed frequencies"))
    #expect(try complaint { $0.stations = [] }.contains("no stations; write CSV"))
    #expect(try complaint { $0.visibilities[1].sigma = 0 }.contains("visibility 2: found"))
    #expect(try complaint { $0.visibilities[2].u = .nan }.contains("visibility 3: found"))
    // Its weight would be infinite in single precision.
    #expect(try complaint { $0.visibilities[0].sigma = 1e-30 }.contains("visibility 1: found"))
    let error = #expect(throws: FileError.self) { try good.writeUVFITS(to: "/nowhere/x.uvfits") }
    #expect(error?.description == "/nowhere/x.uvfits: cannot write: no such file or directory")
  }
}
