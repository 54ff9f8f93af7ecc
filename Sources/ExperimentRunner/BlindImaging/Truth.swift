import ArrayFiles
import Foundation
import Interferometry
import Observations

/// What is observed in a blind test: a sum of models, or an image from a file.
enum Truth: Sendable {
  case models([any TruthPart])
  /// In Jy per pixel; whatever its own pixels, it fills the field of view.
  case image(SkyImage)

  private static let parts: [String: @Sendable (ConfigurationNode) throws -> any TruthPart] = [
    "crescent": { try $0.decoded(over: CrescentPart()) },
    "disc": { try $0.decoded(over: DiscPart()) },
    "gaussian": { try $0.decoded(over: GaussianPart()) },
    "ring": { try $0.decoded(over: RingPart()) },
  ]

  /// Pixels of the picture of a model are means over the squares of this many points.
  private static let oversampling = 5

  /// Reads `{ image: sky.fits }`, or models such as `{ ring: { diameter: 0.4 } }`, of which a list stands
  /// for several of the same.
  ///
  /// - Throws: `ConfigurationError`, `FileError` for an image that cannot be observed.
  init(_ node: ConfigurationNode, _ file: ExperimentFile) throws {
    if let image = try node["image"] {
      try node.requireOnly(keys: ["image"])
      self = .image(try Self.read(file.path(image.string)))
      return
    }
    try node.requireOnly(keys: Self.parts.keys + ["image"])
    let models = try node.mapping.flatMap { name, settings in
      try ((try? settings.array) ?? [settings]).map { try Self.parts[name]!($0) }
    }
    guard !models.isEmpty else {
      throw node.error("is empty, expected an image or models, as in { disc: { diameter: 0.4 } }")
    }
    self = .models(models)
  }

  private static func read(_ path: String) throws -> SkyImage {
    let image = try SkyImage.read(path)
    guard image.unit == .janskyPerPixel else {
      throw FileError(path: path, problem: "is in Jy per beam, expected Jy per pixel")
    }
    guard image.pixels.max()! > image.pixels.min()! else {
      throw FileError(path: path, problem: "is the same everywhere, expected something to see")
    }
    return image
  }

  /// What an array measures of it; `field` is the width of the field of view, radians.
  func observed(
    _ observation: SyntheticObservation, field: Double, seed: UInt64, threads: Int
  ) -> VisibilitySet {
    switch self {
    case .models(let parts):
      observation.observe(ModelSum(parts.map { $0.model(field) }), seed: seed)
    case .image(let image):
      observation.observe(Self.filling(image, field), seed: seed, threads: threads)
    }
  }

  /// Its picture on the pixels of `grid`, square, Jy per pixel.
  func picture(on grid: SkyImage) -> SkyImage {
    let field = grid.pixelSize * Double(grid.width)
    var picture = grid
    switch self {
    case .models(let parts):
      let side = Self.oversampling * grid.width
      for part in parts {
        let fine = SkyImage(
          of: part.model(field), width: side, height: side, pixelSize: field / Double(side))
        let pixels = fine.sums(of: Self.oversampling)
        for index in pixels.indices { picture.pixels[index] += pixels[index] }
      }
    case .image(let image):
      let factor = (max(image.width, image.height) - 1) / grid.width + 1
      let side = factor * grid.width
      let fine = Self.filling(image, field).regridded(
        width: side, height: side, pixelSize: field / Double(side))
      picture.pixels = fine.sums(of: factor)
    }
    return picture
  }

  /// The image in pixels with which it is as wide as `field`, its middle at the phase centre.
  private static func filling(_ image: SkyImage, _ field: Double) -> SkyImage {
    SkyImage(
      width: image.width, height: image.height, pixels: image.pixels,
      pixelSize: field / Double(max(image.width, image.height)))
  }
}

extension SkyImage {
  /// The sums of squares of `factor`² pixels, `[height, width]`.
  fileprivate func sums(of factor: Int) -> [Double] {
    (0..<height / factor).flatMap { row in
      (0..<width / factor).map { column in
        (0..<factor).reduce(0.0) { sum, k in
          let start = (row * factor + k) * width + column * factor
          return sum + pixels[start..<start + factor].reduce(0, +)
        }
      }
    }
  }
}
