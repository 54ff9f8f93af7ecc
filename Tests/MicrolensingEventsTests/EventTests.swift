import Foundation
import Inference
import Microlensing
import MicrolensingEvents
import NumericalMethods
import Observations
import Probability
import Testing

/// The bundled photometry of OGLE-2003-BLG-235/MOA-2003-BLG-53.
private let files = ["OGLE", "MOA"].map { telescope in
  URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Experiments/data/OB03235/OB03235_\(telescope).tbl.txt")
    .standardizedFileURL.path
}

/// The best solution known, at full digits, confirmed with MulensModel 3.12: χ² = 1640.7332.
private func bestKnown() throws -> BinaryLensParameters {
  try BinaryLensParameters(
    t0: 2452848.0641999654, u0: 0.1327634351260015, tE: 61.64957961263808,
    rho: 9.389579299688431e-4, s: 1.1199599734742005, q: 3.928301651399469e-3,
    alpha: 43.886049699050446 * .pi / 180)
}

@Suite struct EventTests {
  @Test func leastSquaresFindsThePublishedMinimumFromNearby() throws {
    let curves = try files.map { try LightCurve.read($0) }
    let start = try BinaryLensParameters(
      t0: 2452848.1, u0: 0.135, tE: 61, rho: 1e-3, s: 1.121, q: 4.1e-3, alpha: 0.767)
    let fit = try BestFit(from: start, of: curves)
    #expect(abs(fit.chi2 - 1640.7332) < 0.05)
    #expect(abs(fit.parameters.q - 3.928e-3) < 2e-4)
  }

  @Test func theLocatorFindsThePeak() throws {
    let event = try MicrolensingEvent(files: files)
    // Bond et al. 2004: t0 = 2848.06, tE = 61.5 d; a point lens is pulled aside by the anomaly.
    #expect(abs(event.location.solution.t0 - 2452848.06) < 2)
    #expect((30...90).contains(event.location.solution.tE))
    #expect(event.location.flatChi2 > 10 * event.location.solution.chi2)
    #expect(
      event.defaultPrior.logDensity([2452848.06, 0.133, 61.5, 1e-3, 1.12, 0.0039, 43.9]) > -100)
  }

  @Test func aModelServesAnyOrderOfTheFiles() throws {
    let (event, reversed) = (
      try MicrolensingEvent(files: files), try MicrolensingEvent(files: files.reversed())
    )
    #expect(event.fingerprint == reversed.fingerprint)
    #expect(event.simulator.observedData == reversed.simulator.observedData)
    #expect(event.lightCurves[0].name == reversed.lightCurves[1].name)
  }

  @Test func constantPhotometryIsNoEvent() throws {
    let path = NSTemporaryDirectory() + "flat-\(UUID().uuidString).dat"
    var stream = RandomStream(seed: 1, purpose: .noise)
    let lines = (0..<200).map { "\(2_450_000 + $0) \(18 + 0.02 * stream.normal()) 0.02\n" }
    try lines.joined().write(toFile: path, atomically: true, encoding: .utf8)
    #expect(throws: EventError.self) { try MicrolensingEvent(files: [path]) }
  }

  @Test func theLikelihoodPrefersTheTruthAndTakesOutliers() throws {
    let event = try MicrolensingEvent(files: files)
    func curve(_ parameters: BinaryLensParameters) -> [[Double]] {
      parameters.magnifications(of: event.lightCurves, tolerance: 1e-3)
    }
    let truth = try bestKnown()
    let reference = event.likelihood.evaluate(curve(truth)).logLikelihood
    let worse = try BinaryLensParameters(
      t0: truth.t0, u0: truth.u0, tE: truth.tE, rho: truth.rho, s: truth.s, q: 2 * truth.q,
      alpha: truth.alpha)
    #expect(event.likelihood.evaluate(curve(worse)).logLikelihood < reference - 20)

    // One point off by 50 error bars costs a Gaussian 0.5·50² nats. As an outlier ten times as wide, under
    // an error scale of 1.17, it costs 0.5 (50/1.17/10)² + ln(10/0.005) = 9 + 8.
    var curves = event.lightCurves
    curves[0].flux[100] += 50 * curves[0].fluxError[100]
    let disturbed = EventLikelihood(
      curves, references: try PointLensFit(event.lightCurves).references, model: PhotometryModel())
    let cost = reference - disturbed.evaluate(curve(truth)).logLikelihood
    #expect((13...21).contains(cost))
  }

  @Test func observationsAreReproducibleAndFinite() throws {
    // In the simulator's own order of light curves, that of their names.
    let event = try MicrolensingEvent(files: files.sorted())
    let simulator = event.simulator
    #expect(event.simulator.observedData.count == simulator.observationCount)
    let isFinite = event.simulator.observedData.allSatisfy { $0.isFinite }
    #expect(isFinite)
    var signal = [Float](repeating: 0, count: simulator.signalCount)
    var stream = RandomStream(seed: 3, purpose: .simulation, index: 5)
    let theta = [2452848.06, 0.133, 61.5, 9.4e-4, 1.12, 0.0039, 43.9]
    try signal.withUnsafeMutableBufferPointer {
      try simulator.signal(of: theta, into: $0, using: &stream)
    }
    #expect(signal.allSatisfy { $0 >= 0.999999 })
    // Sharing magnifications between close epochs costs little of the photometric error, even across
    // the caustics.
    let parameters = try BinaryLensParameters(eventTheta: theta)
    let exact = simulator.binned(
      parameters.magnifications(of: event.lightCurves, tolerance: 1e-3))
    for (index, error) in simulator.binErrors.enumerated() {
      #expect(abs(Double(signal[index]) - exact[index]) < 0.5 * error)
    }
    func observe(_ index: UInt64) -> [Float] {
      var noise = RandomStream(seed: 3, purpose: .noise, index: index)
      var observation = [Float](repeating: 0, count: simulator.observationCount)
      signal.withUnsafeBufferPointer { signal in
        observation.withUnsafeMutableBufferPointer {
          simulator.observe(signal, into: $0, using: &noise)
        }
      }
      return observation
    }
    #expect(observe(1) == observe(1))
    // A companion that leaves no trace is refused, with the reason.
    #expect(throws: SimulationFailure.self) {
      try signal.withUnsafeMutableBufferPointer {
        try simulator.signal(
          of: [2452848.06, 0.133, 61.5, 9.4e-4, 9, 1e-6, 43.9], into: $0, using: &stream)
      }
    }
    #expect(observe(1) != observe(2))
  }
}

@Suite struct PointLensSolverTests {
  /// A noise-free curve with two data sets on different flux scales.
  private func curve(_ times: [Double]) throws -> [Double] {
    try SingleLensParameters(t0: 103, u0: 0.2, tE: 25).magnifications(times: times)
  }

  @Test func recoversAnExactPointLens() throws {
    let early: [Double] = (0..<90).map { 2.3 * Double($0) }
    let late: [Double] = (0..<41).map { 60 + 2.1 * Double($0) }
    let bright: [Double] = try curve(early).map { 10 + 4 * ($0 - 1) }
    let difference: [Double] = try curve(late).map { -3 + 70 * ($0 - 1) }
    let (times, flux) = ([early, late], [bright, difference])
    let solver = PointLensSolver(
      times: times, errors: times.map { [Double](repeating: 0.5, count: $0.count) })
    let fit = solver.solve(flux, t0: 98, u0: 0.5, tE: 15, iterations: 60)
    #expect(abs(fit.t0 - 103) < 1e-3)
    #expect(abs(fit.u0 - 0.2) < 1e-3)
    #expect(abs(fit.tE - 25) < 0.05)
    #expect(fit.chi2 < 1e-3)
    #expect(abs(fit.lines[0].sourceFlux - 4) < 0.02)
    #expect(abs(fit.lines[1].baseline + 3) < 0.05)
    let largest = solver.residuals(flux, of: fit).joined().map { abs($0) }.max()!
    #expect(largest < 0.02)
  }
}
