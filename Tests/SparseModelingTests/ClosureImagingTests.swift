import Foundation
import NumericalMethods
import Numerics
import Observations
import Probability
import SparseModeling
import Testing

@Suite struct ClosureImagingTests {
  private static let microarcsecond = Double.pi / 180 / 3600e6
  private let empty = SkyImage(width: 40, height: 40, pixelSize: 3 * microarcsecond)

  /// A ring of 40 µas diameter, brighter in the south, 0.6 Jy.
  private var truth: SkyImage {
    var image = empty
    for row in 0..<40 {
      for column in 0..<40 {
        let (x, y) = (
          image.x(column: column) / Self.microarcsecond, image.y(row: row) / Self.microarcsecond
        )
        let distance = (hypot(x, y) - 20) / 5
        image.pixels[row * 40 + column] =
          exp(-distance * distance) * (1 - 0.4 * y / hypot(x, y))
      }
    }
    let flux = image.flux
    image.pixels = image.pixels.map { 0.6 * $0 / flux }
    return image
  }

  /// Eight stations that turn for a night; with gains of random phases, and amplitudes known to a tenth.
  private func data(gains: Bool, seed: UInt64 = 3) -> VisibilitySet {
    var stream = RandomStream(seed: seed, purpose: .noise)
    var places = RandomStream(seed: 11, purpose: .simulation)
    let stations = (0..<8).map { _ in
      SIMD2(
        Double.random(in: -4e9...4e9, using: &places), Double.random(in: -4e9...4e9, using: &places)
      )
    }
    var rows: [Visibility] = []
    for time in 0..<10 {
      let angle = 0.26 * Double(time)
      for b in 0..<8 {
        for a in 0..<b {
          let d = stations[a] - stations[b]
          rows.append(
            Visibility(
              time: Double(time), integration: 300, station1: a, station2: b,
              u: d.x * cos(angle) - d.y * sin(angle), v: d.x * sin(angle) + d.y * cos(angle),
              value: .zero, sigma: 0.01))
        }
      }
    }
    let exact = VisibilityOperator(truth, at: rows.map { SIMD2($0.u, $0.v) })
      .visibilities(of: truth.pixels)
    for k in rows.indices {
      let (x, y) = stream.normalPair()
      rows[k].value = exact[k] + Complex(0.01 * x, 0.01 * y)
    }
    var gainStream = RandomStream(seed: seed, purpose: .gain)
    for time in 0..<10 where gains {
      let values = (0..<8).map { _ in
        Complex(length: exp(0.1 * gainStream.normalPair().0), phase: 6.28 * gainStream.uniform())
      }
      for k in rows.indices where rows[k].time == Double(time) {
        let gain = values[rows[k].station1] * values[rows[k].station2].conjugate
        rows[k].value *= gain
        rows[k].sigma *= gain.length
      }
    }
    return VisibilitySet(
      mjd: 57_849, frequencies: [2.3e11], stations: (0..<8).map { Station(name: "S\($0)") },
      visibilities: rows)
  }

  private let flux = CompactFlux(value: 0.6, sigma: 0.06)

  private func image(
    _ set: VisibilitySet, _ data: [DataKind], threads: Int = 2, heldOut: Bool = false,
    iterations: Int = 150
  ) throws -> ClosureImaging {
    var settings = ClosureImaging.Settings()
    settings.data = data
    (settings.starts, settings.iterations) = (2, iterations)
    if !heldOut {
      settings.weights = ["entropy": 200]
      settings.priorWidth = 50 * Self.microarcsecond
    }
    return try ClosureImaging(
      set, like: empty, flux: flux, settings, monitor: WorkMonitor(threads: threads))
  }

  /// The ring comes out of data whose phases mean nothing; what is held out is predicted by it.
  @Test func ringFromClosures() throws {
    let result = try image(data(gains: true), [.closurePhases, .amplitudes], heldOut: true)
    let scores = try ImageScores(result.image, truth: truth)
    #expect(scores.alignedCrossCorrelation > 0.95)
    let ring = try RingMeasure(result.image)
    #expect(ring.isRing)
    #expect(abs(ring.diameterUas - 40) < 2)
    #expect(abs(abs(ring.orientationDegrees) - 180) < 10)
    for misfit in result.misfits { #expect(misfit.chiSquared < 1.3 * Double(misfit.count)) }
    let selection = try #require(result.selection)
    let chosen = selection.scores[selection.chosen]
    #expect(chosen.excess <= chosen.excessError)
    #expect(selection.scores.allSatisfy { $0.excess >= 0 })
  }

  /// Closure quantities are blind to gains, and so is every step towards the image: noise, scaled with the
  /// gains, is the same in both data. Only rounding differs, and grows with the steps.
  @Test func gainsDoNotMatter() throws {
    let kinds: [DataKind] = [.closurePhases, .logClosureAmplitudes]
    let plain = try image(data(gains: false), kinds, iterations: 10)
    let through = try image(data(gains: true), kinds, iterations: 10)
    #expect(abs(through.objective - plain.objective) < 1e-3 * plain.objective)
    #expect(try ImageScores(through.image, truth: plain.image).crossCorrelation > 0.999)
  }

  /// Calibrated visibilities may be among the data; they then hold flux and place.
  @Test func visibilitiesMayBeAmongThem() throws {
    let result = try image(data(gains: false), [.visibilities])
    #expect(try ImageScores(result.image, truth: truth).crossCorrelation > 0.95)
    #expect(abs(result.image.flux - 0.6) < 0.06)
  }

  /// Nothing shines outside of a support, but for what the last blurring carries over its edge.
  @Test(arguments: ["entropy", "l1"]) func supportsHold(_ penalty: String) throws {
    let distance = (0..<1600).map { k in
      max(abs(Double(k % 40) - 19.5), abs(Double(k / 40) - 19.5))
    }
    var settings = ClosureImaging.Settings()
    (settings.starts, settings.weights) = (1, [penalty: 30])
    settings.priorWidth = 80 * Self.microarcsecond
    let result = try ClosureImaging(
      data(gains: true), like: empty, pixelWeights: distance.map { $0 < 11 ? 1 : .infinity },
      flux: flux, settings, monitor: WorkMonitor())
    let outside = zip(distance, result.image.pixels).reduce(0) { $0 + ($1.0 > 14 ? $1.1 : 0) }
    #expect(outside < 0.01 * result.image.flux)
    #expect(result.objective.isFinite && result.image.flux > 0.3)
  }

  @Test func threadsDoNotMatter() throws {
    let set = data(gains: true)
    let one = try image(set, [.closurePhases, .amplitudes], threads: 1)
    let two = try image(set, [.closurePhases, .amplitudes], threads: 2)
    #expect(one.image == two.image && one.objective == two.objective)
  }

  @Test func needsClosures() {
    var pair = data(gains: false)
    pair.visibilities.removeAll { $0.station1 != 0 || $0.station2 != 1 }
    #expect(throws: DerivedDataError.noClosure(.phase)) {
      try image(pair, [.closurePhases, .amplitudes])
    }
    pair.visibilities = []
    #expect(throws: DerivedDataError.noVisibilities) { try image(pair, [.closurePhases]) }
  }

  /// A scan alone cannot tell how well others are predicted.
  @Test func needsScansToHoldOut() {
    var scan = data(gains: false)
    scan.visibilities.removeAll { $0.time != 0 }
    #expect(throws: ImagingError.fewScans(1, folds: 5)) {
      try image(scan, [.closurePhases], heldOut: true)
    }
  }

  /// Flux lies between what long and short baselines see.
  @Test func fluxIsBracketed() throws {
    var rows = data(gains: false).visibilities
    let long = try #require(CompactFlux(rows, shortest: 0))
    let most = rows.map(\.value.length).max()!
    #expect(long.value >= most)
    rows.append(Visibility(u: 1e5, v: 0, value: Complex(1.2, 0), sigma: 0.01))
    let both = try #require(CompactFlux(rows, shortest: 1e8))
    #expect(abs(both.value - (1.2 * most).squareRoot()) < 1e-12)
    #expect(CompactFlux([], shortest: 0) == nil)
  }
}
