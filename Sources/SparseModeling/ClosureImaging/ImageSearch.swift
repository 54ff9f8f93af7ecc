import Foundation
import NumericalMethods
import Observations
import Probability

/// Weights of penalties, and the width of the Gaussian that entropy prefers.
struct PenaltyChoice: Codable, Sendable, Equatable {
  /// Per jansky, by name.
  var weights: [String: Double]
  /// Full width at half maximum, radians.
  var priorWidth: Double

  init(_ weights: [String: Double], _ priorWidth: Double) {
    (self.weights, self.priorWidth) = (weights, priorWidth)
  }
}

/// Ways down to images of one set of data, for any penalties.
struct ImageSearch: Sendable {
  private(set) var set: VisibilitySet
  private(set) var terms: [any DataTerm]
  let empty: SkyImage
  let flux: CompactFlux
  /// The fringe spacing of the longest baseline, radians.
  private let resolution: Double
  private let pixelWeights: [Double]?
  /// Of ln|g|, by station.
  private let gainScatter: [Double]
  private let settings: ClosureImaging.Settings

  init(
    _ set: VisibilitySet, like image: SkyImage, pixelWeights: [Double]?, flux: CompactFlux,
    settings: ClosureImaging.Settings
  ) throws {
    (self.set, empty, self.flux) = (set, image, flux)
    (self.pixelWeights, self.settings) = (pixelWeights, settings)
    resolution = 1 / set.visibilities.reduce(0) { max($0, hypot($1.u, $1.v)) }
    let scatter = set.stations.map { settings.gainScatterOf[$0.name] ?? settings.gainScatter }
    gainScatter = scatter
    terms = try settings.data.map { try $0.term(set, gainScatter: scatter) }
  }

  var dataCount: Int { terms.reduce(0) { $0 + $1.count } }

  /// The same for a part of the visibilities, or other data of them, without kinds that it has none of; nil if
  /// it has none at all.
  func restricted(to rows: [Visibility], data: [DataKind]? = nil) throws -> ImageSearch? {
    var part = self
    part.set.visibilities = rows
    part.terms = try (data ?? settings.data).compactMap { kind in
      do { return try kind.term(part.set, gainScatter: gainScatter) } catch DerivedDataError
        .noClosure
      { return nil } catch DerivedDataError.noVisibilities { return nil }
    }
    return part.terms.isEmpty ? nil : part
  }

  /// A round Gaussian of the flux, zero where pixels may not shine.
  func prior(_ width: Double) -> [Double] {
    var pixels = (0..<empty.height).flatMap { row in
      (0..<empty.width).map { column in
        let (x, y) = (empty.centeredX(column), empty.centeredY(row))
        return exp(-4 * log(2) * (x * x + y * y) / (width * width))
      }
    }
    for k in pixels.indices where isDark(k) { pixels[k] = 0 }
    let scale = flux.value / pixels.reduce(0, +)
    let floor = 1e-12 * flux.value / Double(pixels.count)
    return pixels.indices.map { isDark($0) ? 0 : max(pixels[$0] * scale, floor) }
  }

  /// Whether a pixel may not shine.
  private func isDark(_ pixel: Int) -> Bool { pixelWeights?[pixel] == .infinity }

  func problem(_ choice: PenaltyChoice) throws -> PositiveImagingProblem {
    let context = RegularizerCatalog.Context(
      prior: prior(choice.priorWidth), pixelWeights: pixelWeights)
    let regularizers = try choice.weights.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map {
      try RegularizerCatalog.smooth($0.key, weight: $0.value, context)
    }
    return PositiveImagingProblem(
      like: empty, set.visibilities, terms: terms, smoothing: smoothing, flux: flux,
      support: empty.pixels.indices.map { isDark($0) ? 0 : 1 }, regularizers: regularizers)
  }

  /// The image of start `number`: the prior, and for others the prior in clumps, as large as what the data
  /// resolve.
  func start(_ number: Int, _ choice: PenaltyChoice) -> [Double] {
    let prior = prior(choice.priorWidth)
    if number == 0 { return prior }
    var stream = RandomStream(
      seed: settings.seed, purpose: .initialization, index: UInt64(number))
    var noise = empty
    noise.pixels = prior.map { _ in stream.normalPair().0 }
    let clumps = blurred(noise.pixels)
    let size = (dot(clumps, clumps) / Double(clumps.count)).squareRoot()
    return zip(prior, clumps).map { $0 * exp($1 / size) }
  }

  /// Down from a start through all rounds, the last with the penalties of `choice`.
  func image(
    _ choice: PenaltyChoice, start: [Double]
  ) throws -> (pixels: [Double], objective: Double) {
    let rounds = ClosureImaging.schedule.map { factor in
      PenaltyChoice(choice.weights.mapValues { factor * $0 }, choice.priorWidth)
    }
    return try images(rounds, start: start, lastIterations: 6 * settings.iterations).last!
  }

  /// Down from a start under one choice of penalties after the other, each from the blurred image of the one
  /// before; `lastIterations` are those of the last one, if not as many as of the others.
  func images(
    _ choices: [PenaltyChoice], start: [Double], lastIterations: Int? = nil
  ) throws -> [(pixels: [Double], objective: Double)] {
    // Blurring leaves zeros at the edge, which have no logarithm.
    let floor = 1e-12 * flux.value / Double(start.count)
    var pixels = start
    return try choices.enumerated().map { round, choice in
      if round > 0 { pixels = blurred(pixels) }
      let isLast = round == choices.count - 1
      let descent = LogarithmicDescent(
        maximumIterations: isLast ? lastIterations ?? settings.iterations : settings.iterations,
        tolerance: 1e-4)
      let problem = try problem(choice)
      let result = descent.minimize(problem, from: pixels.map { log(max($0, floor)) })
      pixels = problem.pixels(result.logarithms)
      return (pixels, result.objective)
    }
  }

  /// The sky of an image, Jy per pixel.
  func sky(_ pixels: [Double]) -> [Double] {
    smoothing > 0 ? blurred(pixels, by: smoothing) : pixels
  }

  private func blurred(_ pixels: [Double], by width: Double) -> [Double] {
    var image = empty
    image.pixels = pixels
    let beam = Beam(majorAxis: width, minorAxis: width, positionAngle: 0)
    return image.blurred(by: beam).pixels
  }

  /// By half of what the data resolve.
  private func blurred(_ pixels: [Double]) -> [Double] {
    blurred(pixels, by: max(resolution / 2, 1.01 * empty.pixelSize))
  }

  /// A quarter of what the data resolve, where pixels show it.
  private var smoothing: Double {
    resolution / 4 > 1.01 * empty.pixelSize ? resolution / 4 : 0
  }
}

extension SkyImage {
  /// From the middle of the image, radians.
  fileprivate func centeredX(_ column: Int) -> Double {
    x(column: column) - (x(column: 0) + x(column: width - 1)) / 2
  }

  fileprivate func centeredY(_ row: Int) -> Double {
    y(row: row) - (y(row: 0) + y(row: height - 1)) / 2
  }
}
