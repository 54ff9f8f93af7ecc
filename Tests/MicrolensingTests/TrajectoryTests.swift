import Foundation
import Microlensing
import Testing

@Suite struct TrajectoryTests {
  private func track(alpha: Double, rho: Double = 1e-3) throws -> BinaryLensParameters {
    try BinaryLensParameters(t0: 100, u0: 0.2, tE: 20, rho: rho, s: 1.1, q: 0.01, alpha: alpha)
  }

  @Test func closestApproachAndSpeed() throws {
    let track = try track(alpha: 0.7)
    let closest = track.sourcePosition(at: 100)
    #expect(abs(hypot(closest.x, closest.y) - 0.2) < 1e-15)
    #expect(abs(closest.x - 0.2 * sin(0.7)) < 1e-15)
    #expect(abs(closest.y + 0.2 * cos(0.7)) < 1e-15)
    let later = track.sourcePosition(at: 120)
    #expect(abs(later.x - closest.x + cos(0.7)) < 1e-15)
    #expect(abs(later.y - closest.y + sin(0.7)) < 1e-15)
  }

  @Test func lightCurveEqualsSinglePositions() throws {
    let track = try track(alpha: 2.4)
    let lens = try BinaryLens(s: 1.1, q: 0.01)
    let times = stride(from: 60.0, through: 140, by: 0.37).map { $0 }
    let values = track.magnifications(times: times, tolerance: 1e-4)
    for (time, value) in zip(times, values) {
      let position = track.sourcePosition(at: time)
      let single = lens.magnification(x: position.x, y: position.y, rho: 1e-3, tolerance: 1e-6)
        .value
      #expect(abs(value / single - 1) < 1e-4)
    }
  }

  @Test func bandsAndPositionsAreThoseOfTheEpochs() throws {
    let track = try track(alpha: 0.9, rho: 0.02)
    let times = [88.0, 99, 100, 103, 121]
    let (x, y) = track.sourcePositions(at: times)
    for (epoch, time) in times.enumerated() {
      let place = track.sourcePosition(at: time)
      #expect(abs(x[epoch] - place.x) < 1e-15 && abs(y[epoch] - place.y) < 1e-15)
    }
    let bands = track.magnifications(
      times: times, bands: [.uniform, .linear(u: 0)], tolerance: 1e-4)
    for (a, b) in zip(bands[0], bands[1]) { #expect(abs(a / b - 1) < 2e-4) }
    let alone = track.magnifications(times: times, tolerance: 1e-4)
    for (a, b) in zip(bands[0], alone) { #expect(abs(a / b - 1) < 2e-4) }
  }

  @Test func singleLensPeak() throws {
    let track = try SingleLensParameters(t0: 5, u0: 0.1, tE: 10)
    let values = track.magnifications(times: [5, 15])
    #expect(values[0] == SingleLens.magnification(u: 0.1))
    #expect(values[1] == SingleLens.magnification(u: 1.01.squareRoot()))
  }

  /// MulensModel 2 draws the track at x = −u0 sin α + τ cos α…: 180° from ours.
  @Test func mulensModel2Convention() throws {
    for alpha in [0.3, 2.0, 4.5] {
      let track = try track(alpha: alpha)
      let other = MicrolensingConventions.mulensModel2Alpha(alpha)
      #expect(other >= 0 && other < 2 * .pi)
      for time in [90.0, 100, 117] {
        let tau = (time - 100) / 20
        let position = track.sourcePosition(at: time)
        #expect(abs(position.x - (tau * cos(other) - 0.2 * sin(other))) < 1e-14)
        #expect(abs(position.y - (tau * sin(other) + 0.2 * cos(other))) < 1e-14)
      }
    }
  }

  @Test func vbMicrolensingConvention() throws {
    let same = MicrolensingConventions.vbMicrolensing(x: 0.3, y: -0.1, q: 0.2)
    #expect(same.y1 == 0.3 && same.y2 == -0.1 && same.q == 0.2)
    // For q > 1 the same physical lens, seen with the heavier mass on the left.
    let turned = MicrolensingConventions.vbMicrolensing(x: 0.3, y: -0.1, q: 4)
    let ours = try BinaryLens(s: 1.2, q: 4).magnification(x: 0.3, y: -0.1)
    let theirs = try BinaryLens(s: 1.2, q: turned.q).magnification(x: turned.y1, y: turned.y2)
    #expect(abs(ours / theirs - 1) < 1e-12)
  }

  @Test func invalidParametersAreNamed() {
    let expected = MicrolensingError.invalidParameter(
      name: "tE", value: 0, requirement: "positive and finite")
    #expect(throws: expected) {
      try BinaryLensParameters(t0: 0, u0: 0, tE: 0, rho: 0, s: 1, q: 1, alpha: 0)
    }
    #expect(throws: MicrolensingError.self) {
      try BinaryLensParameters(t0: 0, u0: 0, tE: 1, rho: -1e-3, s: 1, q: 1, alpha: 0)
    }
    #expect(throws: MicrolensingError.self) { try SingleLensParameters(t0: .nan, u0: 0, tE: 1) }
  }
}
