import Foundation
import Numerics
import Observations
import Testing

@Suite struct ClosureTests {
  static let kinds: [ClosureQuantities.Kind] = [.phase, .logAmplitude]

  /// Whatever the stations do to the phases and gains, closure quantities do not notice.
  @Test(arguments: kinds) func stationGainsCancel(kind: ClosureQuantities.Kind) throws {
    let baselines = SyntheticVisibilities.complete(6).filter { $0 != (0, 4) && $0 != (1, 2) }
    let ideal = SyntheticVisibilities.set(
      stations: 6, times: [baselines, SyntheticVisibilities.complete(6)], channels: 2)
    var generator = TestGenerator(state: 3)
    var corrupted = ideal
    var gains: [SIMD2<Double>: [Complex<Double>]] = [:]
    for (index, row) in ideal.visibilities.enumerated() {
      let moment = SIMD2(row.time, Double(row.channel))
      if gains[moment] == nil {
        gains[moment] = (0..<6).map { _ in
          Complex(
            length: exp(generator.normal()), phase: .random(in: -3...3, using: &generator))
        }
      }
      let (g1, g2) = (gains[moment]![row.station1], gains[moment]![row.station2])
      corrupted.visibilities[index].value = g1 * row.value * g2.conjugate
    }
    for selection in [ClosureQuantities.Selection.independent, .all] {
      let expected = try ideal.closures(kind, selection)
      // The same closures: a station may look better once its gain is larger.
      let predicted = expected.values(of: corrupted.visibilities.map(\.value))
      for (element, value) in zip(expected.elements, predicted) {
        let difference = value - element.value
        let turned = kind == .phase ? difference.remainder(dividingBy: 2 * .pi) : difference
        #expect(abs(turned) < 1e-12)
      }
      #expect(expected.elements.contains { abs($0.value) > 0.1 })
    }
  }

  /// The definition, written out for one triangle and quadrangle whose rows point either way.
  @Test func valuesFollowTheDefinition() throws {
    var set = SyntheticVisibilities.set(stations: 4, times: [SyntheticVisibilities.complete(4)])
    var generator = TestGenerator(state: 9)
    for index in set.visibilities.indices {
      set.visibilities[index].value = Complex(
        length: 1 + Double(index), phase: .random(in: -3...3, using: &generator))
    }
    func value(_ a: Int, _ b: Int) -> Complex<Double> {
      for row in set.visibilities {
        if (row.station1, row.station2) == (a, b) { return row.value }
        if (row.station1, row.station2) == (b, a) { return row.value.conjugate }
      }
      return .zero
    }
    for element in try set.closures(.phase, .all).elements {
      let s = element.stations
      let product = value(s[0], s[1]) * value(s[1], s[2]) * value(s[2], s[0])
      #expect(abs((product.phase - element.value).remainder(dividingBy: 2 * .pi)) < 1e-13)
    }
    let amplitudes = try set.closures(.logAmplitude, .all).elements
    #expect(amplitudes.count == 3)
    for element in amplitudes {
      let s = element.stations
      let ratio =
        value(s[0], s[1]).length * value(s[2], s[3]).length
        / (value(s[1], s[2]).length * value(s[3], s[0]).length)
      #expect(abs(log(ratio) - element.value) < 1e-13)
    }
    for bispectrum in try set.triangleBispectra(.all) {
      let (a, b, c) = bispectrum.stations
      let product = value(a, b) * value(b, c) * value(c, a)
      let found = Complex(length: bispectrum.amplitude, phase: bispectrum.phase)
      #expect((found - product).length < 1e-12 * product.length)
      #expect(abs(bispectrum.amplitudeSigma / bispectrum.amplitude - bispectrum.phaseSigma) < 1e-15)
    }
  }

  /// Blackburn et al. (2020): (N-1)(N-2)/2 and N(N-3)/2, also at another time and channel.
  @Test(arguments: [4, 5, 7, 12]) func completeArrays(stations n: Int) throws {
    let baselines = SyntheticVisibilities.complete(n)
    let set = SyntheticVisibilities.set(stations: n, times: [baselines, baselines], channels: 2)
    let phases = try set.closures(.phase)
    let amplitudes = try set.closures(.logAmplitude)
    #expect(phases.elements.count == 4 * (n - 1) * (n - 2) / 2)
    #expect(amplitudes.elements.count == 4 * n * (n - 3) / 2)
    #expect(phases.groups.count == 4 && amplitudes.groups.count == 4)
    #expect(try set.closures(.phase, .all).elements.count == 4 * n * (n - 1) * (n - 2) / 6)
    #expect(
      try set.closures(.logAmplitude, .all).elements.count
        == 4 * 3 * n * (n - 1) * (n - 2) * (n - 3) / 24)
    for closures in [phases, amplitudes] {
      for group in closures.groups {
        let design = closures.design(of: group, visibilities: set.visibilities.count)
        #expect(rank(design) == design.count)
      }
    }
  }

  /// Where baselines are missing, as many as the rank of all triangles and quadrangles there are.
  @Test func incompleteArraysHaveTheRankOfAll() throws {
    var generator = TestGenerator(state: 77)
    var shortfalls = 0
    for case_ in 0..<150 {
      let n = Int.random(in: 4...8, using: &generator)
      let share = Double.random(in: 0.4...1, using: &generator)
      let baselines = SyntheticVisibilities.complete(n).filter { _ in
        Double.random(in: 0..<1, using: &generator) < share
      }
      if baselines.isEmpty { continue }
      let set = SyntheticVisibilities.set(stations: n, times: [baselines], seed: UInt64(case_))
      for kind in Self.kinds {
        guard let all = try? set.closures(kind, .all) else {
          #expect(throws: DerivedDataError.noClosure(kind)) { try set.closures(kind) }
          continue
        }
        let chosen = try set.closures(kind)
        let count = set.visibilities.count
        let expected = rank(all.design(of: all.groups[0], visibilities: count))
        #expect(chosen.elements.count == expected, "\(kind), case \(case_)")
        #expect(rank(chosen.design(of: chosen.groups[0], visibilities: count)) == expected)
        if expected < all.elements.count { shortfalls += 1 }
      }
    }
    #expect(shortfalls > 50)
  }

  /// A wheel has one more independent triangle than the rim has edges to grow it by, a five-sided ring
  /// closes without any triangle, and a four-sided one has one quadrangle.
  @Test func awkwardGraphs() throws {
    let rim = [(1, 2), (2, 3), (3, 4), (4, 1)]
    let wheel = SyntheticVisibilities.set(stations: 5, times: [rim + (1...4).map { (0, $0) }])
    #expect(try wheel.closures(.phase).elements.count == 4)
    let ring = SyntheticVisibilities.set(stations: 5, times: [rim])
    #expect(throws: DerivedDataError.noClosure(.phase)) { try ring.closures(.phase) }
    #expect(try ring.closures(.logAmplitude).elements.count == 1)
  }

  @Test func theBestStationIsInEveryTriangle() throws {
    var set = SyntheticVisibilities.set(stations: 6, times: [SyntheticVisibilities.complete(6)])
    for index in set.visibilities.indices {
      let row = set.visibilities[index]
      set.visibilities[index].sigma = row.station1 == 4 || row.station2 == 4 ? 1e-3 : 0.1
    }
    let triangles = try set.closures(.phase).elements.map(\.stations)
    #expect(triangles.allSatisfy { [$0[0], $0[1], $0[2]].contains(4) })
  }

  @Test func errorsAreNamed() {
    var set = SyntheticVisibilities.set(stations: 4, times: [SyntheticVisibilities.complete(4)])
    set.visibilities[2].sigma = 0
    #expect(throws: DerivedDataError.sigma(index: 2, value: 0)) { try set.closures(.phase) }
    set.visibilities = []
    #expect(throws: DerivedDataError.noVisibilities) { try set.closures(.phase) }
    set = SyntheticVisibilities.set(stations: 4, times: [SyntheticVisibilities.complete(4)])
    set.stations = []
    #expect(throws: DerivedDataError.stationsUnknown) { try set.triangleBispectra() }
    #expect(throws: DerivedDataError.stationsUnknown) { try set.averagedOverScans() }
    let errors: [DerivedDataError] = [
      .noVisibilities, .stationsUnknown, .sigma(index: 2, value: -1), .noClosure(.phase),
      .noClosure(.logAmplitude),
    ]
    for error in errors { #expect(!error.description.contains("\n")) }
    #expect(
      DerivedDataError.sigma(index: 2, value: -1).description.contains("visibility 3 is -1.0"))
  }

  /// Repeated rows, autocorrelations and zeros neither close nor disturb.
  @Test func unusableRowsAreLeftOut() throws {
    let complete = SyntheticVisibilities.complete(5)
    let clean = SyntheticVisibilities.set(stations: 5, times: [complete])
    var set = clean
    var repeated = set.visibilities[3].reversed
    repeated.value = Complex(9, 9)
    var own = set.visibilities[0]
    own.station2 = own.station1
    set.visibilities += [repeated, own]
    #expect(try set.closures(.phase).elements == clean.closures(.phase).elements)
    set.visibilities[0].value = .zero
    #expect(try set.closures(.phase).elements.count == 5)
    #expect(try set.closures(.logAmplitude).elements.allSatisfy { $0.value.isFinite })
  }
}
