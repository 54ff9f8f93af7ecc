import NumericalMethods
import Observations
import Probability

/// How much an image depends on which baselines there are and on the noise: mean and standard deviation of
/// images made from baselines drawn anew, with replacement, and with noise added anew.
///
/// The noise of the data stays in: the deviations are rather too large than too small.
///
/// Complexity: an image for each replicate.
///
/// Reference: Efron & Tibshirani (1993), An Introduction to the Bootstrap, chs. 6 and 8.
public struct ImageBootstrap: Sendable {
  public let mean: SkyImage
  public let deviation: SkyImage

  /// Replicates of an image like `image`, at least two, each made with `settings`, whose penalties must be
  /// given.
  ///
  /// Throws `ImagingError` and `Interrupted`.
  public init(
    _ visibilities: [Visibility], like image: SkyImage, pixelWeights: [Double]? = nil,
    _ settings: ImageReconstruction.Settings, replicates: Int, seed: UInt64, monitor: WorkMonitor
  ) throws {
    precondition(replicates > 1 && !settings.weights.values.contains(nil))
    let baselines = Self.baselines(visibilities)
    let batch = max(8, monitor.threads)
    var (sum, square) = (
      [Double](repeating: 0, count: image.pixels.count),
      [Double](repeating: 0, count: image.pixels.count)
    )
    for start in stride(from: 0, to: replicates, by: batch) {
      try monitor.advance(
        WorkProgress(label: "bootstrap", completed: start, total: replicates, detail: "images"))
      let images = parallelMap(min(batch, replicates - start), threads: monitor.threads) { offset in
        Result {
          var stream = RandomStream(seed: seed, purpose: .bootstrap, index: UInt64(start + offset))
          let drawn = baselines.indices.flatMap { _ in
            baselines[Int.random(in: baselines.indices, using: &stream)]
          }
          let noisy = drawn.map { k in
            var visibility = visibilities[k]
            let (real, imaginary) = stream.normalPair()
            visibility.value.real += visibility.sigma * real
            visibility.value.imaginary += visibility.sigma * imaginary
            return visibility
          }
          return try ImageReconstruction(
            noisy, like: image, pixelWeights: pixelWeights, settings, monitor: WorkMonitor()
          ).image.pixels
        }
      }
      for pixels in try images.map({ try $0.get() }) {
        for k in pixels.indices {
          sum[k] += pixels[k]
          square[k] += pixels[k] * pixels[k]
        }
      }
    }
    let count = Double(replicates)
    var (mean, deviation) = (image, image)
    mean.pixels = sum.map { $0 / count }
    deviation.pixels = zip(sum, square).map {
      (max(0, $1 - $0 * $0 / count) / (count - 1)).squareRoot()
    }
    (self.mean, self.deviation) = (mean, deviation)
  }

  /// Indices of the visibilities of each pair of stations; each visibility by itself where stations are not
  /// known.
  private static func baselines(_ visibilities: [Visibility]) -> [[Int]] {
    guard visibilities.contains(where: { $0.station1 != $0.station2 }) else {
      return visibilities.indices.map { [$0] }
    }
    let groups = Dictionary(grouping: visibilities.indices) {
      SIMD2(
        min(visibilities[$0].station1, visibilities[$0].station2),
        max(visibilities[$0].station1, visibilities[$0].station2))
    }
    return groups.sorted { ($0.key.x, $0.key.y) < ($1.key.x, $1.key.y) }.map(\.value)
  }
}
