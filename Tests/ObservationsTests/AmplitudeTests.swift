import Foundation
import Numerics
import Observations
import Testing

@Suite struct AmplitudeTests {
  private func set(noise: Double, channels: Int = 2) -> VisibilitySet {
    SyntheticVisibilities.set(
      stations: 6, times: [SyntheticVisibilities.complete(6), SyntheticVisibilities.complete(5)],
      channels: channels, noise: noise)
  }

  private func chiSquared(
    _ measured: VisibilitySet, scatter: Double, _ model: [Complex<Double>]
  ) throws -> (value: Double, gradient: [Complex<Double>]) {
    let term = try AmplitudeChiSquared(
      measured, gainScatter: [Double](repeating: scatter, count: measured.stations.count))
    #expect(term.count == measured.visibilities.count)
    var gradient = [Complex<Double>](repeating: .zero, count: model.count)
    let value = term.value(of: model, addingGradientTo: &gradient)
    return (value, gradient)
  }

  /// Of gains that nobody knows, only the closure amplitudes are left.
  @Test func unknownGainsLeaveClosureAmplitudes() throws {
    let measured = set(noise: 1)
    let model = set(noise: 0).visibilities.map(\.value)
    let closures = ClosureChiSquared(try measured.closures(.logAmplitude)).value(of: model)
    let value = try chiSquared(measured, scatter: 1e4, model).value
    #expect(abs(value - closures) < 1e-5 * closures)
    #expect(try chiSquared(measured, scatter: 0.05, model).value > closures)
  }

  /// Gains of one standard deviation cost one each, and less where noise hides them.
  @Test func gainsCostTheirProbability() throws {
    var measured = set(noise: 0, channels: 1)
    let model = measured.visibilities.map(\.value)
    for k in measured.visibilities.indices {
      measured.visibilities[k].sigma = 1e-6
      for station in [measured.visibilities[k].station1, measured.visibilities[k].station2]
      where station == 2 {
        measured.visibilities[k].value = measured.visibilities[k].value.multiplied(by: exp(0.2))
      }
    }
    let value = try chiSquared(measured, scatter: 0.2, model).value
    // Once at each of two times.
    #expect(abs(value - 2) < 1e-6)
  }

  @Test(arguments: [0.01, 0.1]) func gradientIsThatOfTheValue(sigma: Double) throws {
    var measured = set(noise: 1)
    // Some below three sigma, whose amplitudes are compared as they are.
    for k in stride(from: 0, to: measured.visibilities.count, by: 3) {
      measured.visibilities[k].sigma = measured.visibilities[k].value.length / (100 * sigma)
    }
    let model = set(noise: 0).visibilities.map(\.value)
    let gradient = try chiSquared(measured, scatter: 0.2, model).gradient
    for index in stride(from: 0, to: model.count, by: 4) {
      for direction in [Complex(1.0, 0), Complex(0, 1.0)] {
        var (up, down) = (model, model)
        up[index] += direction.multiplied(by: 1e-6)
        down[index] -= direction.multiplied(by: 1e-6)
        let numerical =
          try
          (chiSquared(measured, scatter: 0.2, up).value
          - chiSquared(measured, scatter: 0.2, down).value) / 2e-6
        let analytic = (direction.conjugate * gradient[index]).real
        #expect(abs(numerical - analytic) < 1e-4 * (1 + abs(analytic)))
      }
    }
  }

  @Test func needsStations() {
    var measured = set(noise: 0)
    measured.stations = []
    #expect(throws: DerivedDataError.stationsUnknown) {
      try AmplitudeChiSquared(measured, gainScatter: [])
    }
  }
}

@Suite struct CombiningTests {
  private let band = SyntheticVisibilities.set(
    stations: 4, times: [SyntheticVisibilities.complete(4)])

  /// Bands keep their channels apart; stations are known by name, in whatever order.
  @Test func bandsKeepTheirClosures() throws {
    var other = band
    other.stations.reverse()
    for k in other.visibilities.indices {
      other.visibilities[k].station1 = 3 - other.visibilities[k].station1
      other.visibilities[k].station2 = 3 - other.visibilities[k].station2
    }
    var both = band
    try both.append(other)
    #expect(both.stations == band.stations)
    #expect(both.visibilities.count == 2 * band.visibilities.count)
    let closures = try both.closures(.phase)
    let single = try band.closures(.phase)
    #expect(closures.groups.count == 2 && closures.elements.count == 2 * single.elements.count)
    for (k, element) in single.elements.enumerated() {
      #expect(element.value == closures.elements[k].value)
      #expect(element.value == closures.elements[k + single.elements.count].value)
    }
  }

  @Test func refusesOtherDaysAndSources() {
    var other = band
    other.mjd += 1
    var both = band
    #expect(throws: CombinationError.days(band.mjd, band.mjd + 1)) { try both.append(other) }
    other = band
    other.source = "3C 273"
    #expect(throws: CombinationError.sources(band.source, "3C 273")) { try both.append(other) }
    other.stations = []
    #expect(throws: CombinationError.stationsUnknown) { try both.append(other) }
    #expect(both == band)
  }
}
