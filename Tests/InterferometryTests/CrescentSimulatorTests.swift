import Foundation
import Interferometry
import Numerics
import Observations
import Probability
import Testing

private let theta: [Double] = [
  43, 0.3, 0.6, 160, 0.1, 20, 0.1, 0.6, 0.5,
  0.3, 25, -20, 30, 0.6, 40,
  0.5, -30, 15, 20, 0.8, 110,
]

@Suite struct CrescentSimulatorTests {
  /// Three hours of the array of 2017.
  private let coverage: VisibilitySet = {
    let array = TelescopeArray.catalogue.first { $0.name == "eht2017" }!
    return ObservingPlan(
      stations: array.stations, source: "M87", rightAscension: 187.70593, declination: 12.39112,
      mjd: 57854, scans: [Scan(start: 4, stop: 7, integration: 300, cadence: 1200)],
      frequency: array.frequency, bandwidth: array.bandwidth
    ).coverage
  }()

  private func observed(_ sky: some SkyModel, gains: StationGains? = nil) -> VisibilitySet {
    SyntheticObservation(coverage: coverage, gains: gains, hasNoise: false)
      .observe(sky, seed: 5)
  }

  private func signal(_ simulator: CrescentSimulator) throws -> [Float] {
    var stream = RandomStream(seed: 1, purpose: .simulation)
    var signal = [Float](repeating: 0, count: simulator.signalCount)
    try signal.withUnsafeMutableBufferPointer { buffer in
      try simulator.signal(of: theta, into: buffer, using: &stream)
    }
    return signal
  }

  private func observation(
    _ simulator: CrescentSimulator, _ signal: [Float], seed: UInt64
  ) -> [Float] {
    var stream = RandomStream(seed: seed, purpose: .noise)
    var features = [Float](repeating: 0, count: simulator.observationCount)
    signal.withUnsafeBufferPointer { signal in
      features.withUnsafeMutableBufferPointer {
        simulator.observe(signal, into: $0, using: &stream)
      }
    }
    return features
  }

  @Test func gainsDoNotChangeWhatIsInferredFrom() throws {
    let sky = try CrescentSimulator.sky(of: theta)
    let clean = observed(sky)
    let gains = StationGains(
      variation: .perScan, amplitudeScatter: 0.5, phaseScatter: .infinity)
    let disturbed = observed(sky, gains: gains)
    let data = try ClosureData([clean], minimumBaseline: 1e8)
    let (first, second) = (
      data.features(of: clean.visibilities.map(\.value)),
      data.features(of: disturbed.visibilities.map(\.value))
    )
    #expect(data.phaseCount > 20 && data.amplitudeCount > 20)
    // The gains do change the visibilities.
    #expect(
      zip(clean.visibilities, disturbed.visibilities).allSatisfy {
        ($0.value - $1.value).length > 1e-3 * $0.value.length
      })
    for (a, b) in zip(first, second) { #expect(abs(a - b) < 2e-6) }
  }

  /// Real data and simulations go through the same numbers, in the same order.
  @Test func realDataAreWhatIsSimulated() throws {
    let sky = try CrescentSimulator.sky(of: theta)
    let data = try ClosureData([observed(sky), observed(sky)], minimumBaseline: 1e8)
    var errors = CrescentSimulator.Errors()
    (errors.gainSpread, errors.nonClosing) = (0.3, 0)
    // Noise of the visibilities alone is left, and gains.
    let simulator = CrescentSimulator(data, errors: errors)
    #expect(simulator.observationCount == data.measured.count)
    #expect(data.featureCount == 2 * data.phaseCount + data.amplitudeCount)
    let signal = try signal(simulator)
    let count = 400
    let draws = (0..<count).map { observation(simulator, signal, seed: UInt64($0)) }
    func mean(_ index: Int) -> Double {
      draws.reduce(0) { $0 + Double($1[index]) } / Double(count)
    }
    // Noise of visibilities is round: it turns closure phases one way as often as the other.
    var certain = 0
    for index in 0..<data.phaseCount {
      let average = Complex(mean(2 * index), mean(2 * index + 1))
      let spread = (-2 * log(average.length)).squareRoot()
      if spread > 0.3 { continue }
      certain += 1
      let expected = Complex(Double(data.measured[2 * index]), Double(data.measured[2 * index + 1]))
      #expect(abs((average * expected.conjugate).phase) < 5 * spread / Double(count).squareRoot())
    }
    #expect(certain > data.phaseCount / 3)
    certain = 0
    for index in 2 * data.phaseCount..<data.featureCount {
      let average = mean(index)
      let square = draws.reduce(0) { $0 + Double($1[index] * $1[index]) } / Double(count)
      let spread = (square - average * average).squareRoot()
      if spread > 0.15 { continue }
      certain += 1
      // The bound is curved by less than 0.3.
      let tolerance = 5 * spread / Double(count).squareRoot() + 0.15 * spread * spread
      #expect(abs(average - Double(data.measured[index])) < tolerance)
    }
    #expect(certain > data.amplitudeCount / 3)
  }

  /// Errors that do not close: one triangle of equal amplitudes has a phase error of √3 of theirs.
  @Test func errorsThatDoNotCloseAreDrawnOnVisibilities() throws {
    var set = coverage
    let first = set.visibilities[0].time
    let trio = Array(
      set.stations.indices.filter { station in
        set.visibilities.contains {
          $0.time == first && ($0.station1 == station || $0.station2 == station)
        }
      }.filter { !["AP", "JC"].contains(set.stations[$0].name) }.prefix(3))
    set.visibilities = set.visibilities.filter {
      $0.time == first && trio.contains($0.station1) && trio.contains($0.station2)
    }
    for index in set.visibilities.indices {
      set.visibilities[index].value = Complex(1)
      set.visibilities[index].sigma = 1e-9
    }
    let data = try ClosureData([set], minimumBaseline: 1e8)
    #expect(data.phaseCount == 1 && data.amplitudeCount == 0)
    var errors = CrescentSimulator.Errors()
    (errors.gainSpread, errors.nonClosing) = (0.2, 0.02)
    let simulator = CrescentSimulator(data, errors: errors)
    let signal: [Float] = [1, 0, 1, 0, 1, 0]
    let count = 20_000
    let variance = (0..<count).reduce(0.0) { sum, seed in
      let features = observation(simulator, signal, seed: UInt64(seed))
      let phase = Double(atan2(features[1], features[0]))
      return sum + phase * phase / Double(count)
    }
    // The relative error of a variance of n numbers is √(2/n): 1 %.
    #expect(abs(variance / (3 * 0.02 * 0.02) - 1) < 0.05)
  }

  @Test func whatIsNoSkyIsNotSimulated() {
    for (index, value) in [
      (0, -1.0), (1, 0), (2, 1.5), (4, 0.6), (6, -0.1), (7, 0), (8, -1), (13, 0),
    ] {
      var wrong = theta
      wrong[index] = value
      #expect(throws: SimulationFailure.self) { try CrescentSimulator.sky(of: wrong) }
    }
  }

  @Test func whatDoesNotCloseIsAnError() throws {
    let coverage = observed(try CrescentSimulator.sky(of: theta))
    var pair = coverage
    pair.visibilities = [coverage.visibilities[0]]
    #expect(throws: ClosureDataError(set: 1, error: .noClosure(.phase))) {
      try ClosureData([coverage, pair], minimumBaseline: 1e8)
    }
    // Only baselines within sites are left.
    #expect(throws: ClosureDataError(set: 0, error: .noClosure(.phase))) {
      try ClosureData([coverage], minimumBaseline: 1e12)
    }
    var empty = coverage
    empty.visibilities = []
    #expect(throws: ClosureDataError(set: 0, error: .noVisibilities)) {
      try ClosureData([empty], minimumBaseline: 1e8)
    }
  }

  /// χ² of the truth is that of noise, one for each closure; that of another sky is not.
  @Test func residualsOfTheTruthAreNoise() throws {
    let sky = try CrescentSimulator.sky(of: theta)
    let set = SyntheticObservation(coverage: coverage).observe(sky, seed: 11)
    let residuals = try ClosureResiduals([set], minimumBaseline: 1e8, nonClosing: 0)
    let truth = residuals.chiSquared(of: sky)
    let count = Double(truth.phaseCount + truth.logAmplitudeCount)
    #expect(count > 60)
    #expect(abs(truth.perClosure - 1) < 5 * (2 / count).squareRoot())
    var larger = theta
    larger[0] = 50
    #expect(residuals.chiSquared(of: try CrescentSimulator.sky(of: larger)).perClosure > 3)
    for quantity in residuals.quantities where quantity.kind == .phase {
      let difference = quantity.value - quantity.prediction(of: sky)
      #expect(abs(difference.remainder(dividingBy: 2 * .pi)) < 6 * quantity.sigma)
    }
  }
}
