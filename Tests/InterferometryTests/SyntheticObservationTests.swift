import Interferometry
import Numerics
import Observations
import Testing

struct SyntheticObservationTests {
  private let coverage: VisibilitySet = {
    let array = TelescopeArray.catalogue.first { $0.name == "eht2017" }!
    return ObservingPlan(
      stations: array.stations, source: "M87", rightAscension: 187.70593, declination: 12.39112,
      mjd: 57854, scans: [Scan(start: 0, stop: 10, integration: 60, cadence: 600)],
      frequency: array.frequency, bandwidth: array.bandwidth
    ).coverage
  }()

  private let model = Ring(flux: 0.6, diameter: 2e-10, width: 5e-11)

  @Test func withoutNoiseAndGainsItIsTheModel() {
    let result = SyntheticObservation(coverage: coverage, hasNoise: false).observe(model, seed: 1)
    #expect(result.visibilities.count == coverage.visibilities.count)
    for visibility in result.visibilities {
      #expect(visibility.value == model.visibility(u: visibility.u, v: visibility.v))
    }
    var emptied = result
    for index in emptied.visibilities.indices { emptied.visibilities[index].value = .zero }
    #expect(emptied == coverage)
  }

  @Test func chiSquaredOfTheTruthIsOne() {
    let result = SyntheticObservation(coverage: coverage).observe(model, seed: 12)
    let chi2 = result.visibilities.reduce(0.0) {
      let residual = $1.value - model.visibility(u: $1.u, v: $1.v)
      return $0 + residual.lengthSquared / ($1.sigma * $1.sigma)
    }
    let degrees = 2 * Double(result.visibilities.count)
    #expect(abs(chi2 - degrees) < 5 * (2 * degrees).squareRoot())
  }

  /// The receivers' noise does not pass through the gains.
  @Test func noiseIsAddedToGainsTimesSignal() {
    let gains = StationGains(
      variation: .perScan, amplitudeScatter: 0.3, phaseScatter: .infinity)
    let both = SyntheticObservation(coverage: coverage, gains: gains).observe(model, seed: 2)
    let signal = SyntheticObservation(coverage: coverage, gains: gains, hasNoise: false)
      .observe(model, seed: 2)
    let noise = SyntheticObservation(coverage: coverage).observe(PointSource(flux: 0), seed: 2)
    for index in coverage.visibilities.indices {
      let sum = signal.visibilities[index].value + noise.visibilities[index].value
      #expect((both.visibilities[index].value - sum).length < 1e-12)
    }
  }

  @Test func imagesAndModelsAgree() {
    let image = SkyImage(of: model, width: 160, height: 160, pixelSize: 5e-12)
    let observation = SyntheticObservation(coverage: coverage)
    let (one, other) = (observation.observe(image, seed: 5), observation.observe(model, seed: 5))
    for (one, other) in zip(one.visibilities, other.visibilities) {
      #expect((one.value - other.value).length < 1e-9)
    }
    #expect(one.warnings.isEmpty)
    #expect(observation.observe(image, seed: 5, threads: 2) == one)
  }

  @Test func coarsePixelsAreReported() {
    let image = SkyImage(of: model, width: 8, height: 8, pixelSize: 8e-11)
    let result = SyntheticObservation(coverage: coverage).observe(image, seed: 5)
    #expect(result.warnings.count == 1)
    #expect(result.warnings.first?.contains("6.25e+09 wavelengths") == true)
  }
}
