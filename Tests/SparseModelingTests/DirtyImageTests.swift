import Foundation
import Numerics
import Observations
import SparseModeling
import Testing

/// Visibilities of point sources at (x, y), radians, Jy, without noise.
private func visibilities(
  at points: [SIMD2<Double>], of sources: [(place: SIMD2<Double>, flux: Double)],
  sigma: (Int) -> Double = { _ in 0.1 }
) -> [Visibility] {
  points.enumerated().map { k, point in
    let value = sources.reduce(Complex<Double>.zero) {
      $0 + Complex(length: $1.flux, phase: 2 * .pi * (point * $1.place).sum())
    }
    return Visibility(u: point.x, v: point.y, value: value, sigma: sigma(k))
  }
}

/// Points of a normal law with these standard deviations along two axes, the first turned by `angle` from
/// the u axis; of a low-discrepancy sequence, so that the law is met closely.
private func normalPoints(_ count: Int, _ widths: SIMD2<Double>, angle: Double) -> [SIMD2<Double>] {
  (0..<count).map { k in
    let radius = (-2 * log((Double(k) + 0.5) / Double(count))).squareRoot()
    let turn = 2 * Double.pi * (Double(k) * 0.618_033_988_749_894_9)
    let (a, b) = (widths.x * radius * cos(turn), widths.y * radius * sin(turn))
    return SIMD2(a * cos(angle) - b * sin(angle), a * sin(angle) + b * cos(angle))
  }
}

private let arcsecond = Double.pi / 180 / 3600

@Suite struct DirtyImageTests {
  private let image = SkyImage(width: 48, height: 40, pixelSize: 0.1 * arcsecond)

  @Test func operatorMatchesTheSum() {
    var image = image
    for k in image.pixels.indices { image.pixels[k] = sin(Double(k * k % 97)) }
    let points = normalPoints(60, SIMD2(4e5, 3e5), angle: 0.3)
    let values = VisibilityOperator(image, at: points).visibilities(of: image.pixels)
    for (point, value) in zip(points, values) {
      var sum = Complex<Double>.zero
      for row in 0..<image.height {
        for column in 0..<image.width {
          let turns = point.x * image.x(column: column) + point.y * image.y(row: row)
          sum +=
            Complex(length: 1, phase: 2 * .pi * turns)
            * Complex(image.pixels[row * image.width + column], 0)
        }
      }
      #expect((sum - value).length < 1e-7)
    }
  }

  @Test func operatorAndAdjointBelongTogether() {
    var image = image
    for k in image.pixels.indices { image.pixels[k] = cos(Double(k * k % 89)) }
    let points = normalPoints(100, SIMD2(4e5, 3e5), angle: 0.3)
    let values = points.indices.map { Complex(sin(Double(3 * $0)), cos(Double($0 * $0))) }
    let map = VisibilityOperator(image, at: points, tolerance: 1e-6)
    let forward = zip(map.visibilities(of: image.pixels), values).reduce(0) {
      $0 + ($1.0.conjugate * $1.1).real
    }
    let backward = zip(map.image(of: values), image.pixels).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(forward - backward) < 1e-10 * abs(forward))
  }

  /// A point source in the north-east stands in the upper left, at its flux.
  @Test(arguments: [.natural, .uniform, .briggs(robust: 0)] as [VisibilityWeighting])
  func aPointSourceIsWhereItIs(_ weighting: VisibilityWeighting) throws {
    let (column, row) = (10, 30)
    let place = SIMD2(image.x(column: column), image.y(row: row))
    #expect(place.x > 0 && place.y > 0)
    let data = visibilities(
      at: normalPoints(400, SIMD2(5e5, 4e5), angle: 0.3), of: [(place, 2.5)],
      sigma: { 0.1 + 0.01 * Double($0 % 7) })
    let dirty = try DirtyImage.of(data, like: image, weighting)
    let peak = dirty.image.pixels.indices.max { dirty.image.pixels[$0] < dirty.image.pixels[$1] }!
    #expect(peak == row * image.width + column)
    #expect(abs(dirty.image.pixels[peak] - 2.5) < 1e-5)
  }

  /// A normal law of baselines makes a Gaussian beam: widths along its axes are 2√(2 ln 2)/(2π sigma), and
  /// the beam is long where the coverage is short.
  @Test func theBeamOfANormalCoverage() throws {
    let widths = SIMD2(5e5, 2e5)
    // The long axis of the coverage lies 20° from east towards north: that of the beam 20° from north
    // towards west.
    let data = visibilities(
      at: normalPoints(20_000, widths, angle: 20 * .pi / 180), of: [(.zero, 1)])
    let (dirty, _) = try DirtyImage.of(data, like: image, .natural)
    guard case .janskyPerBeam(let beam) = dirty.unit else {
      Issue.record("the unit is not Jy per beam")
      return
    }
    let expected = SIMD2(repeating: (8 * log(2.0)).squareRoot() / (2 * .pi)) / widths
    #expect(abs(beam.minorAxis / expected.x - 1) < 2e-3)
    #expect(abs(beam.majorAxis / expected.y - 1) < 2e-3)
    #expect(abs(beam.positionAngle * 180 / .pi + 20) < 0.1)
  }

  /// Baselines of zero length with three quarters of the weight lift the beam everywhere: it is fitted at
  /// its top.
  @Test func aBeamThatNeverFallsToHalf() throws {
    let widths = SIMD2(5e5, 2e5)
    let points = normalPoints(10_000, widths, angle: 0)
    let zeros = [SIMD2<Double>](repeating: .zero, count: 30_000)
    let data = visibilities(at: points + zeros, of: [(.zero, 1)])
    guard
      case .janskyPerBeam(let beam) = try DirtyImage.of(data, like: image, .natural).image.unit
    else { return }
    // 3/4 + exp(−x²/2s²)/4 is exp(−x²/8s²) at its peak, twice as wide, and exp(−x²/14.4s²) where it has
    // fallen to 0.8.
    let single = SIMD2(repeating: (8 * log(2.0)).squareRoot() / (2 * .pi)) / widths
    #expect((2...2.7).contains(beam.minorAxis / single.x))
    #expect((2...2.7).contains(beam.majorAxis / single.y))
  }

  /// Uniform weights narrow the beam and robust ones lie between: at R = ±6 they are the one or the other.
  @Test func robustWeightsLieBetween() throws {
    let data = visibilities(at: normalPoints(3000, SIMD2(3e5, 3e5), angle: 0), of: [(.zero, 1)])
    var density = WeightDensity(image)
    try density.add(data)
    func normalised(_ weighting: VisibilityWeighting) -> [Double] {
      let weights = density.weights(data, weighting)
      let sum = weights.reduce(0, +)
      return weights.map { $0 / sum }
    }
    func distance(_ a: VisibilityWeighting, _ b: VisibilityWeighting) -> Double {
      zip(normalised(a), normalised(b)).map { abs($0 - $1) }.reduce(0, +)
    }
    #expect(distance(.briggs(robust: 6), .natural) < 1e-6)
    #expect(distance(.briggs(robust: -6), .uniform) < 1e-6)
    func width(_ weighting: VisibilityWeighting) throws -> Double {
      guard
        case .janskyPerBeam(let beam) = try DirtyImage.of(data, like: image, weighting).image.unit
      else { return .nan }
      return beam.majorAxis
    }
    let widths = try [.uniform, .briggs(robust: 0), .natural].map(width)
    #expect(widths[0] < widths[1] && widths[1] < widths[2])
  }

  /// In uniform weighting every cell counts alike: visibilities of one cell, conjugates among them and on
  /// either side of the u axis, share what a lone one has.
  @Test func uniformWeightsShareACell() throws {
    let cell = 1 / (48 * 0.1 * arcsecond)
    let points = [
      SIMD2(3.1, 0.2), SIMD2(2.9, -0.1), SIMD2(-3, 0), SIMD2(-3.2, -0.3), SIMD2(7, 1),
      SIMD2(-7, -1),
    ].map { $0 * cell }
    let data = visibilities(at: points, of: [(.zero, 1)])
    var density = WeightDensity(image)
    try density.add(data)
    let weights = density.weights(data, .uniform)
    #expect(zip(weights, [0.25, 0.25, 0.25, 0.25, 0.5, 0.5]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func blocksMakeTheSameImage() throws {
    let data = visibilities(
      at: normalPoints(1000, SIMD2(5e5, 4e5), angle: 0.3), of: [(SIMD2(3e-6, -2e-6), 1)])
    var density = WeightDensity(image)
    try density.add(data)
    var dirty = try DirtyImage(like: image, .briggs(robust: 0.5), density: density)
    for start in stride(from: 0, to: 1000, by: 300) {
      dirty.add(Array(data[start..<min(start + 300, 1000)]))
    }
    let (blocks, whole) = (
      try dirty.result(), try DirtyImage.of(data, like: image, .briggs(robust: 0.5))
    )
    let difference = zip(blocks.image.pixels, whole.image.pixels).map { abs($0 - $1) }.max()!
    #expect(difference < 1e-6)
  }

  @Test func coverageWithoutABeamIsAnError() throws {
    let line = (1...9).map { SIMD2(Double($0) * 1e5, Double($0) * 2e5) }
    for points in [line, [line[0]]] {
      #expect(throws: ImagingError.noBeam) {
        try DirtyImage.of(visibilities(at: points, of: [(.zero, 1)]), like: image, .natural)
      }
    }
    // Sizes whose squares are no numbers, and baselines of any length.
    var wrong = visibilities(at: normalPoints(9, SIMD2(1e5, 1e5), angle: 0), of: [(.zero, 1)])
    wrong[4].sigma = 1e-200
    #expect(throws: ImagingError.unusable(row: 4, wrong[4])) {
      try DirtyImage.of(wrong, like: image, .natural)
    }
    wrong[4].sigma = 1
    wrong[4].u = 3e30
    var density = WeightDensity(image)
    try density.add(wrong)
    #expect(density.weights(wrong, .uniform)[4] == 1)
    #expect(throws: ImagingError.noVisibilities) { try DirtyImage.of([], like: image, .natural) }
  }
}
