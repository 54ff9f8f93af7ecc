import Numerics
import Observations

/// CLEAN: the sky as a sum of components, each taken from the highest peak of what is left of the dirty
/// image.
///
/// Minor cycles take components with a patch of the dirty beam; major cycles subtract the model from the
/// visibilities, so that errors do not add up. With several scales a component is the shape that lowers
/// the residual visibilities most: the one whose peak is highest in its own noise.
///
/// Complexity: two non-uniform transforms a major cycle, and a patch of the beam an iteration and scale.
///
/// References: Högbom (1974), A&AS 15, 417; Clark (1980), A&A 89, 377; Cornwell (2008), IEEE J. Sel. Top.
/// Signal Process. 2, 793.
public struct Clean {
  public let configuration: CleanConfiguration
  private let image: SkyImage
  private let visibilities: [Visibility]
  private let weights: [Double]
  private let total: Double
  private let map: VisibilityOperator
  private let shapes: [ComponentShape]
  private let field: PaddedField
  private let spectra: [[Complex<Double>]]
  private let overlaps: ComponentOverlaps
  private let fitted: Beam

  /// Part of the highest peak down to which a minor cycle goes where the patch leaves out sidelobes.
  private static let depth = 0.2
  /// Relative error of transforms: that of peaks is far below any noise.
  private static let tolerance = 1e-9

  /// CLEAN of an image like `image`. Settings must be in their ranges.
  ///
  /// Throws `ImagingError` if the visibilities make no beam, `CleanError` for values that are not finite and
  /// for scales that do not fit into the image.
  public init(
    _ visibilities: [Visibility], like image: SkyImage,
    _ weighting: VisibilityWeighting = .briggs(robust: 0),
    _ configuration: CleanConfiguration = CleanConfiguration(), threads: Int = 1
  ) throws {
    precondition(configuration.ranges.allSatisfy(\.isKept))
    try Self.check(visibilities, configuration.scales, image)
    var density = WeightDensity(image)
    try density.add(visibilities)
    guard !density.isEmpty else { throw ImagingError.noVisibilities }
    var lobe = try MainLobe(density)
    weights = density.weights(visibilities, weighting)
    total = weights.reduce(0, +)
    lobe.add(visibilities, weights)
    fitted = try lobe.gaussian()
    self.configuration = configuration
    self.image = image
    self.visibilities = visibilities
    let points = visibilities.map { SIMD2($0.u, $0.v) }
    map = VisibilityOperator(image, at: points, tolerance: Self.tolerance, threads: threads)
    let field = PaddedField(width: image.width, height: image.height)
    let shapes = Set(configuration.scales).sorted().map { ComponentShape(radius: $0) }
    let spectra = shapes.map { shape in field.spectrum(shape.value) }
    let beam = Self.beam(
      points, weights.map { [total] in $0 / total }, like: image, threads: threads)
    let size = SIMD2(image.width, image.height)
    overlaps = ComponentOverlaps(
      shapes, spectra: spectra, beam: field.spectrum(beam), in: field, size: size)
    (self.field, self.shapes, self.spectra) = (field, shapes, spectra)
  }

  /// Components from everywhere, or from where `mask`, `[height, width]`, is true.
  ///
  /// Throws `CleanError` if no component may lie anywhere.
  public func run(mask: [Bool]? = nil) throws -> CleanResult {
    let size = SIMD2(image.width, image.height)
    let allowed = allowed(mask)
    guard allowed.allSatisfy({ $0.contains(true) }) else { throw CleanError.emptyMask }
    var minor = MinorCycles(overlaps, size: size, allowed: allowed)
    let limit = configuration.threshold * noise
    var model = [Double](repeating: 0, count: image.pixels.count)
    var state = residual(of: model)
    var cycles: [CleanResult.Cycle] = []
    var iterations = 0
    while true {
      let peak = minor.begin(throughShapes(state.pixels))
      cycles.append(
        CleanResult.Cycle(
          iterations: iterations, flux: model.reduce(0, +), peak: peak / noise,
          meanSquare: state.meanSquare))
      if peak <= limit { return result(model, state.pixels, cycles, .threshold) }
      if iterations == configuration.maximumIterations {
        return result(model, state.pixels, cycles, .iterations)
      }
      // Below what the sidelobes left out may amount to, peaks mean nothing.
      let depth = overlaps.outside == 0 ? 0 : max(Self.depth, 1.5 * overlaps.outside)
      let components = minor.components(
        gain: configuration.gain, limit: max(limit, depth * peak),
        most: configuration.maximumIterations - iterations)
      var next = model
      for component in components {
        shapes[component.shape].add(
          component.flux, column: component.column, row: component.row, to: &next,
          width: image.width)
      }
      let nextState = residual(of: next)
      if nextState.meanSquare > state.meanSquare {
        return result(model, state.pixels, cycles, .divergence)
      }
      (model, state) = (next, nextState)
      iterations += components.count
    }
  }

  /// Standard deviation of the dirty image's noise, Jy per beam.
  private var noise: Double {
    let variance = zip(weights, visibilities).reduce(0.0) { sum, row in
      let part = row.0 * row.1.sigma
      return sum + part * part
    }
    return variance.squareRoot() / total
  }

  /// The dirty image of what a model leaves, Jy per beam, and its weighted mean square, Jy².
  private func residual(of model: [Double]) -> (pixels: [Double], meanSquare: Double) {
    var differences = map.visibilities(of: model)
    var sum = 0.0
    for k in differences.indices {
      let difference = visibilities[k].value - differences[k]
      sum += weights[k] * difference.lengthSquared
      differences[k] = Complex(weights[k] / total, 0) * difference
    }
    return (map.image(of: differences), sum / total)
  }

  private func throughShapes(_ pixels: [Double]) -> [[Double]] {
    zip(shapes, spectra).map { shape, spectrum in
      shape.reach == 0 ? pixels : field.convolve(pixels, columns: image.width, spectrum)
    }
  }

  /// Where the middle of each shape may lie: in the mask, and so that all of it is in the image.
  private func allowed(_ mask: [Bool]?) -> [[Bool]] {
    precondition(mask.map { $0.count == image.pixels.count } ?? true)
    return shapes.map { shape in
      let columns = shape.reach..<(image.width - shape.reach)
      let rows = shape.reach..<(image.height - shape.reach)
      return image.pixels.indices.map { k in
        columns.contains(k % image.width) && rows.contains(k / image.width) && (mask?[k] ?? true)
      }
    }
  }

  private func result(
    _ model: [Double], _ residual: [Double], _ cycles: [CleanResult.Cycle], _ stop: CleanResult.Stop
  ) -> CleanResult {
    var sky = image
    sky.unit = .janskyPerPixel
    sky.pixels = model
    var left = image
    left.unit = .janskyPerBeam(fitted)
    left.pixels = residual
    var restored = sky.restored(with: fitted)
    for k in residual.indices { restored.pixels[k] += residual[k] }
    return CleanResult(
      model: sky, restored: restored, residual: left, noise: noise, cycles: cycles, stop: stop)
  }

  /// The dirty beam by the offset (columns, rows), up to the size of the image.
  private static func beam(
    _ points: [SIMD2<Double>], _ weights: [Double], like image: SkyImage, threads: Int
  ) -> (Int, Int) -> Double {
    let (width, height) = (2 * image.width - 1, 2 * image.height - 1)
    let doubled = SkyImage(width: width, height: height, pixelSize: image.pixelSize)
    let pixels = VisibilityOperator(doubled, at: points, tolerance: tolerance, threads: threads)
      .image(of: weights.map { Complex($0, 0) })
    return { column, row in
      guard abs(column) < image.width, abs(row) < image.height else { return 0 }
      return pixels[(row + image.height - 1) * width + column + image.width - 1]
    }
  }

  private static func check(
    _ visibilities: [Visibility], _ scales: [Double], _ image: SkyImage
  ) throws(CleanError) {
    for (index, row) in visibilities.enumerated() {
      for (name, value) in [
        ("u", row.u), ("v", row.v), ("re", row.value.real), ("im", row.value.imaginary),
      ] where !value.isFinite {
        throw .visibility(index: index, name: name, value: value)
      }
      guard row.sigma > 0, row.sigma.isFinite else {
        throw .visibility(index: index, name: "sigma", value: row.sigma)
      }
    }
    // Two components anywhere in the image must not be farther apart than their overlap is known.
    let greatest = Double((min(image.width, image.height) + 1) / 2)
    if let scale = scales.first(where: { $0 > greatest }) {
      throw .scale(scale, greatest: greatest)
    }
  }
}
