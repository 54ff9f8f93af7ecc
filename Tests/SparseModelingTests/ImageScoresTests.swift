import Foundation
import Observations
import SparseModeling
import Testing

@Suite struct ImageScoresTests {
  private let grid = SkyImage(width: 48, height: 40, pixelSize: 1e-12)

  private func image(_ brightness: (Double, Double) -> Double) -> SkyImage {
    var image = grid
    image.pixels = image.pixels.indices.map {
      brightness(Double($0 % grid.width), Double($0 / grid.width))
    }
    return image
  }

  private func blob(_ column: Double, _ row: Double) -> SkyImage {
    image { exp(-(pow($0 - column, 2) / 12 + pow($1 - row, 2) / 7)) }
  }

  @Test func anImageIsItself() throws {
    let truth = blob(20, 15)
    let scores = try ImageScores(truth, truth: truth)
    #expect(abs(scores.crossCorrelation - 1) < 1e-12)
    #expect(abs(scores.alignedCrossCorrelation - 1) < 1e-12)
    #expect(scores.shift == .zero)
    #expect(scores.normalizedError == 0)
    #expect(abs(scores.structuralSimilarity - 1) < 1e-12)
  }

  /// Scaling and moving change the error, not the aligned correlation.
  @Test func aMovedImageIsAligned() throws {
    let truth = blob(20, 15)
    var moved = blob(26, 12)
    for k in moved.pixels.indices { moved.pixels[k] *= 3 }
    let scores = try ImageScores(moved, truth: truth)
    #expect(abs(scores.alignedCrossCorrelation - 1) < 1e-9)
    #expect(scores.shift == SIMD2(-6, 3))
    #expect(scores.crossCorrelation < 0.5)
    // Two Gaussians overlap by exp(−δx²/24 − δy²/14).
    let overlap = exp(-36.0 / 24 - 9.0 / 14)
    #expect(abs(scores.normalizedError - (1 + 9 - 6 * overlap).squareRoot()) < 1e-6)
  }

  /// By scikit-image 0.26.0, structural_similarity(truth, image, gaussian_weights=True, sigma=1.5,
  /// use_sample_covariance=False, data_range=truth.max() - truth.min()), and numpy's corrcoef, of the images
  /// and of them in fields of zeros twice as large, moved by up to 8 pixels each way.
  @Test func otherProgramsAgree() throws {
    let truth = image {
      exp(-(pow($0 - 20, 2) / 50 + pow($1 - 15, 2) / 30))
        + 0.3 * exp(-(pow($0 - 33, 2) + pow($1 - 28, 2)) / 20)
    }
    let other = image {
      0.8 * exp(-(pow($0 - 22, 2) / 60 + pow($1 - 14, 2) / 40))
        + 0.02 * sin(0.3 * $0 + 0.5 * $1 * $1 / 9)
    }
    let scores = try ImageScores(other, truth: truth)
    #expect(abs(scores.structuralSimilarity - 0.612_173_059_203_059_9) < 1e-10)
    #expect(abs(scores.crossCorrelation - 0.904_669_068_373_277_1) < 1e-10)
    #expect(abs(scores.alignedCrossCorrelation - 0.966_077_515_595_316_1) < 1e-10)
    #expect(scores.shift == SIMD2(-2, 1))
    #expect(abs(scores.normalizedError - 0.393_761_339_314_404_93) < 1e-10)
  }

  @Test func imagesThatCannotBeComparedAreAnError() {
    let truth = blob(20, 15)
    var coarse = truth
    coarse.pixelSize *= 2
    var blank = truth
    blank.pixels[7] = .nan
    let small = SkyImage(width: 10, height: 30, pixelSize: 1e-12)
    for (image, truth) in [(coarse, truth), (blank, truth), (small, small), (truth, grid)] {
      #expect(throws: ImageScoreError.self) { try ImageScores(image, truth: truth) }
    }
  }

  /// A point blurred has the second moments of the beam, whose long axis points from north to east.
  @Test func blurringMakesTheBeam() {
    var point = grid
    point.pixels[21 * grid.width + 23] = 2
    let (major, minor, angle) = (9e-12, 5e-12, 0.6)
    let beam = Beam(majorAxis: major, minorAxis: minor, positionAngle: angle)
    let blurred = point.blurred(by: beam)
    #expect(abs(blurred.flux - 2) < 1e-6)
    var moments = SIMD3<Double>.zero
    for row in 0..<grid.height {
      for column in 0..<grid.width {
        let x = grid.x(column: column) - grid.x(column: 23)
        let y = grid.y(row: row) - grid.y(row: 21)
        moments += blurred.pixels[row * grid.width + column] / 2 * SIMD3(x * x, x * y, y * y)
      }
    }
    let (a, b) = (major * major / (8 * log(2)), minor * minor / (8 * log(2)))
    let (s, c) = (sin(angle), cos(angle))
    let expected = SIMD3(a * s * s + b * c * c, (a - b) * s * c, a * c * c + b * s * s)
    #expect(abs(moments.x / expected.x - 1) < 1e-4)
    #expect(abs(moments.y / expected.y - 1) < 1e-4)
    #expect(abs(moments.z / expected.z - 1) < 1e-4)
    // Jy per beam and back.
    let restored = point.restored(with: beam)
    #expect(abs(restored.pixels.max()! - 2) < 1e-12)
    #expect(abs(restored.inJanskyPerPixel.flux - 2) < 1e-6)
  }

  /// A smooth source keeps flux and place on other pixels.
  @Test func regriddingKeepsFluxAndPlace() {
    func centre(_ image: SkyImage) -> SIMD2<Double> {
      var sum = SIMD2<Double>.zero
      for (k, value) in image.pixels.enumerated() {
        sum +=
          value * SIMD2(image.x(column: k % image.width), image.y(row: k / image.width))
      }
      return sum / image.flux
    }
    let source = image { exp(-(pow($0 - 20, 2) / 40 + pow($1 - 23, 2) / 30)) }
    #expect(source.regridded(width: 48, height: 40, pixelSize: 1e-12) == source)
    for (width, height, size) in [(130, 110, 0.4e-12), (40, 35, 1.5e-12)] {
      let other = source.regridded(width: width, height: height, pixelSize: size)
      #expect(abs(other.flux / source.flux - 1) < 1e-3)
      let moved = centre(other) - centre(source)
      #expect((moved * moved).sum().squareRoot() < 1e-3 * 1e-12)
    }
  }
}
