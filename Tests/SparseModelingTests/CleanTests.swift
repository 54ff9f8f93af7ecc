import Foundation
import Numerics
import Observations
import SparseModeling
import Testing

/// Gaussian noise of a fixed seed: SplitMix64 and Box & Muller's transform.
private struct Noise {
  private var state: UInt64 = 20_19

  private mutating func uniform() -> Double {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return (Double((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53
  }

  /// Both parts of standard deviation one.
  mutating func next() -> Complex<Double> {
    Complex(length: (-2 * log(uniform())).squareRoot(), phase: 2 * .pi * uniform())
  }
}

@Suite struct CleanTests {
  private let image = SkyImage(width: 64, height: 56, pixelSize: 5e-7)

  /// Baselines of a normal law, whose beam is some four pixels wide.
  private func points(_ count: Int) -> [SIMD2<Double>] {
    (0..<count).map { k in
      let radius = 1.6e5 * (-2 * log((Double(k) + 0.5) / Double(count))).squareRoot()
      let turn = 2 * Double.pi * (Double(k) * 0.618_033_988_749_894_9)
      return SIMD2(1.2 * radius * cos(turn), 0.9 * radius * sin(turn))
    }
  }

  /// What is seen of `sky`, of `image`'s size, with noise of `sigma` if `isNoisy`.
  private func observe(
    _ sky: [Double], count: Int, sigma: Double, isNoisy: Bool = false
  ) -> [Visibility] {
    let points = points(count)
    let values = VisibilityOperator(image, at: points, tolerance: 1e-12).visibilities(of: sky)
    var noise = Noise()
    return zip(points, values).map { point, value in
      let error = isNoisy ? Complex(sigma, 0) * noise.next() : .zero
      return Visibility(u: point.x, v: point.y, value: value + error, sigma: sigma)
    }
  }

  private func sky(_ brightness: (Double, Double) -> Double) -> [Double] {
    (0..<(image.width * image.height)).map {
      brightness(Double($0 % image.width), Double($0 / image.width))
    }
  }

  private func settings(
    _ scales: [Double] = [0], threshold: Double = 3, most: Int = 100_000
  ) -> CleanConfiguration {
    var configuration = CleanConfiguration()
    configuration.scales = scales
    configuration.threshold = threshold
    configuration.maximumIterations = most
    return configuration
  }

  @Test(arguments: [.natural, .uniform, .briggs(robust: 0)] as [VisibilityWeighting])
  func pointSourcesAreFound(_ weighting: VisibilityWeighting) throws {
    let sources = [(12, 40, 1.0), (30, 22, 0.4), (50, 10, 0.05), (33, 47, -0.2)]
    var truth = [Double](repeating: 0, count: image.pixels.count)
    for (column, row, flux) in sources { truth[row * image.width + column] = flux }
    let data = observe(truth, count: 300, sigma: 1e-5)
    let found = try Clean(data, like: image, weighting, settings(threshold: 1)).run()
    #expect(found.stop == .threshold)
    for (column, row, flux) in sources {
      #expect(abs(found.model.pixels[row * image.width + column] / flux - 1) < 1e-3)
    }
    let elsewhere = zip(found.model.pixels, truth).filter { $1 == 0 }.map { abs($0.0) }
    #expect(elsewhere.reduce(0, +) < 1e-4)
    // Far from the others, a source is restored at its flux per beam.
    #expect(abs(found.restored.pixels[40 * image.width + 12] - 1) < 2e-3)
    #expect(abs(found.restored.inJanskyPerPixel.flux - 1.25) < 0.01)
  }

  /// The sum of the Gaussian that restores, over all pixels, is its integral.
  @Test func theRestoredImageHoldsTheFlux() throws {
    let truth = sky { 0.02 * exp(-(pow($0 - 30, 2) / 40 + pow($1 - 28, 2) / 20)) }
    let data = observe(truth, count: 1000, sigma: 1e-3, isNoisy: true)
    let found = try Clean(data, like: image, .natural, settings([0, 5, 10])).run()
    var restored = found.restored
    for k in restored.pixels.indices { restored.pixels[k] -= found.residual.pixels[k] }
    #expect(restored.unit == found.residual.unit)
    #expect(abs(restored.inJanskyPerPixel.flux / found.model.flux - 1) < 1e-3)
  }

  /// Each major cycle lowers Σ w |V − M|², from that of no model, whether few baselines have sidelobes
  /// everywhere or many leave most of them out of the minor cycles.
  @Test(arguments: [40, 400, 6000], [[0], [0, 4, 9]])
  func theResidualNeverGrows(_ count: Int, _ scales: [Double]) throws {
    let truth = sky {
      0.01 * exp(-(pow($0 - 25, 2) / 90 + pow($1 - 30, 2) / 30)) + ($0 == 40 && $1 == 20 ? 0.3 : 0)
    }
    let data = observe(truth, count: count, sigma: 0.02, isNoisy: true)
    let found = try Clean(data, like: image, .natural, settings(scales)).run()
    #expect(found.stop == .threshold)
    // With sidelobes everywhere minor cycles know the whole beam: one makes no error that is left.
    if count == 40 { #expect(found.cycles.count == 2) }
    if count == 6000 { #expect(found.cycles.count > 2) }
    let power = data.reduce(0) { $0 + $1.value.lengthSquared } / Double(count)
    #expect(abs(found.cycles[0].meanSquare / power - 1) < 1e-6)
    for (before, after) in zip(found.cycles, found.cycles.dropFirst()) {
      #expect(after.meanSquare < before.meanSquare)
      #expect(after.iterations > before.iterations)
    }
    // What is left is the dirty image of the visibilities less those of the model.
    let points = data.map { SIMD2($0.u, $0.v) }
    let model = VisibilityOperator(image, at: points).visibilities(of: found.model.pixels)
    var left = data
    for k in left.indices { left[k].value -= model[k] }
    let dirty = try DirtyImage.of(left, like: image, .natural).image
    let difference = zip(dirty.pixels, found.residual.pixels).map { abs($0 - $1) }.max()!
    #expect(difference < 1e-6)
    #expect(dirty.pixels.map { abs($0) }.max()! <= 3 * found.noise * (1 + 1e-6) + 1e-6)
    #expect(abs(found.noise - 0.02 / Double(count).squareRoot()) < 1e-12)
  }

  /// Where the noise hides the wings of a broad source from points, broad components find them.
  @Test func scalesFindBroadSources() throws {
    let shape = sky { exp(-(pow($0 - 31, 2) + pow($1 - 27, 2)) / (2 * 49)) }
    let flux = 2.0
    let sum = shape.reduce(0, +)
    let data = observe(shape.map { $0 * flux / sum }, count: 2000, sigma: 0.1)
    func error(_ scales: [Double]) throws -> Double {
      abs(try Clean(data, like: image, .natural, settings(scales)).run().model.flux - flux)
    }
    let (points, scales) = try (error([0]), error([0, 6, 18]))
    #expect(scales < 0.5 * points)
    #expect(scales < 0.1 * flux)
  }

  @Test func componentsStayInTheMask() throws {
    let truth = sky { $0 == 20 && $1 == 20 || $0 == 45 && $1 == 40 ? 1 : 0 }
    let data = observe(truth, count: 300, sigma: 0.01)
    let clean = try Clean(data, like: image, .natural, settings())
    let mask = image.pixels.indices.map { $0 % image.width < 32 }
    let found = try clean.run(mask: mask)
    #expect(zip(found.model.pixels, mask).allSatisfy { $0 == 0 || $1 })
    #expect(abs(found.model.pixels[20 * image.width + 20] - 1) < 0.1)
    #expect(throws: CleanError.emptyMask) {
      try clean.run(mask: image.pixels.map { _ in false })
    }
  }

  @Test func iterationsEndAtTheirLimit() throws {
    let truth = sky { 0.01 * exp(-(pow($0 - 25, 2) / 90 + pow($1 - 30, 2) / 30)) }
    let data = observe(truth, count: 500, sigma: 1e-4)
    let found = try Clean(data, like: image, .natural, settings(most: 17)).run()
    #expect(found.stop == .iterations)
    #expect(found.iterations == 17)
  }

  @Test func threadsDoNotMatter() throws {
    let truth = sky { 0.01 * exp(-(pow($0 - 25, 2) / 90 + pow($1 - 30, 2) / 30)) }
    let data = observe(truth, count: 5000, sigma: 0.01, isNoisy: true)
    let images = try [1, 2].map {
      try Clean(data, like: image, .natural, settings([0, 5]), threads: $0).run().restored.pixels
    }
    #expect(images[0] == images[1])
  }

  @Test func badInputIsAnError() throws {
    var data = observe(sky { $0 == 9 && $1 == 9 ? 1 : 0 }, count: 50, sigma: 0.1)
    #expect(throws: CleanError.scale(40, greatest: 28)) {
      try Clean(data, like: image, .natural, settings([0, 40]))
    }
    #expect(throws: Never.self) { try Clean(data, like: image, .natural, settings([28])).run() }
    #expect(throws: ImagingError.noVisibilities) { try Clean([], like: image) }
    data[3].sigma = 0
    #expect(throws: CleanError.visibility(index: 3, name: "sigma", value: 0)) {
      try Clean(data, like: image)
    }
    data[3].sigma = 1
    data[2].value = Complex(.infinity, 0)
    #expect(throws: CleanError.self) { try Clean(data, like: image) }
  }
}
