import Foundation
import SparseModeling
import Testing

struct ModeFamiliesTests {
  private func families(
    _ frequencies: [Double], _ amplitudes: [Double], seed: UInt64
  ) -> (ModeFamilies, SinusoidModel) {
    let star = ModeCase(
      frequencies: frequencies, amplitudes: amplitudes, count: 200, noise: 0.005, seed: seed,
      night: 0.9)
    let series = WhitenedSeries([star.series])
    let model = SinusoidModel(series, frequencies: frequencies)
    return (ModeFamilies(model, series), model)
  }

  @Test func doubleModeStar() {
    let (f1, f2) = (1.1702, 1.4543)
    let (families, _) = families(
      [f1, 2 * f1, f2, f1 + f2, f2 - f1, 2.1702], [0.3, 0.1, 0.08, 0.05, 0.04, 0.03], seed: 41)
    #expect(!families.families[0].isHalved)
    #expect(families.families.map(\.head) == [0, 2, 5])
    #expect(families.relations[1] == .halves(4))
    typealias Term = FrequencyTies.Term
    #expect(
      families.relations[3]
        == .combination([Term(mode: 0, multiple: 1), Term(mode: 2, multiple: 1)]))
    #expect(
      families.relations[4]
        == .combination([Term(mode: 0, multiple: -1), Term(mode: 2, multiple: 1)]))
    #expect(families.aliases[5]?.mode == 0 && families.aliases[5]?.rhythm == "1/d")
    #expect(families.ties().combinations.keys.sorted() == [1, 3, 4])
  }

  @Test func binaryWhoseSecondHarmonicIsStrongest() {
    let orbit = 0.3776
    let (families, found) = families(
      [2 * orbit, 4 * orbit, orbit, 3 * orbit], [0.2, 0.05, 0.04, 0.02], seed: 42)
    #expect(families.families.count == 1)
    #expect(families.families[0].isHalved)
    let frequency = families.frequency(of: families.families[0], in: found)
    #expect(abs(frequency - orbit) < 1e-4)
  }

  @Test func halfFrequencyOfUnequalMinima() {
    let orbit = 0.3776
    // χ² falls by N a²/2σ² = 37 of six degrees of freedom: a chance of 2e-6.
    let amplitudes = [(0.01, true), (0, false)]
    for (odd, isOffered) in amplitudes {
      let star = ModeCase(
        frequencies: [2 * orbit, orbit], amplitudes: [0.2, odd], count: 300, noise: 0.02, seed: 43,
        night: 0.9)
      let series = WhitenedSeries([star.series])
      let found = SinusoidModel(series, frequencies: [2 * orbit])
      let half = HalfFrequency(of: 0, in: found, series)
      #expect(abs(half.frequency - orbit) < 1e-4)
      #expect((half.falseAlarm < 0.003) == isOffered)
      if isOffered { #expect(ModeFamilies(found, series).families[0].isHalved) }
    }
  }

  @Test func shapeOfASawtooth() {
    // Σ sin(2πkft)/k: R₂₁ = 1/2, R₃₁ = 1/3; sines at phase 0 are cosines at −π/2, so that
    // φ₂₁ = −π/2 + 2 π/2 = π/2 and φ₃₁ = π.
    let f = 0.7313
    let times = (0..<300).map { Double($0) * 0.37 }
    let values = times.map { time in
      (1...3).reduce(0.0) { $0 + sin(2 * .pi * Double($1) * f * (time + 0.2)) / Double($1) }
    }
    let series = try! TimeSeries(
      times: times, values: values, errors: times.map { _ in 0.01 })
    let found = SinusoidModel(WhitenedSeries([series]), frequencies: [f, 2 * f, 3 * f])
    let shape = FourierRatios(
      found, first: 0, harmonics: [(harmonic: 2, mode: 1), (harmonic: 3, mode: 2)])
    #expect(abs(shape.ratios[0].amplitudeRatio - 0.5) < 1e-6)
    #expect(abs(shape.ratios[1].amplitudeRatio - 1.0 / 3) < 1e-6)
    #expect(abs(shape.ratios[0].phaseDifference - .pi / 2) < 1e-6)
    #expect(abs(shape.ratios[1].phaseDifference - .pi) < 1e-6)
    // Amplitudes have σ (2/N)½.
    let deviation = 0.01 * (2.0 / 300).squareRoot()
    let expected = deviation * (1 + 0.25).squareRoot()
    #expect(abs(shape.ratios[0].amplitudeRatioError / expected - 1) < 0.1)
  }
}
