import Foundation
import NumericalMethods
import Observations
import Synchronization

/// Penalties chosen by how well images of some scans predict the closure quantities of others.
///
/// Scans are dealt to folds in turn, so that every fold sees the whole night; all bands of a time go together.
/// Each scan's χ² of closure phases and log closure amplitudes counts as that of Student's t with four degrees of freedom, so that one
/// bad scan does not decide.
///
/// References: as ``CrossValidation``; Lange, Little & Taylor (1989), JASA 84, 881 (t).
public struct HeldOutSelection: Sendable {
  /// What a choice reaches.
  public struct Score: Codable, Sendable {
    public let weights: [String: Double]
    public let priorWidthUas: Double
    /// Σ (ν + n) ln(1 + χ²/ν) over scans of n closure quantities, ν = 4, by their number.
    public let loss: Double
    /// How much larger than the least, and the standard error of that by the scans' differences.
    public let excess: Double
    public let excessError: Double
  }

  public let scores: [Score]
  /// Index of the score of the choice: within one standard error of the best that of the
  /// narrowest prior, and of the largest weights.
  public let chosen: Int

  var choice: PenaltyChoice {
    PenaltyChoice(scores[chosen].weights, scores[chosen].priorWidthUas * RingMeasure.microarcsecond)
  }

  /// Weights as parts of the expected χ², and widths of the prior as parts of the field.
  private static let levels = [3, 1, 0.3, 0.1]
  private static let widths = [0.25, 0.35, 0.5]

  init(_ search: ImageSearch, _ settings: ClosureImaging.Settings, monitor: WorkMonitor) throws {
    let paths = Self.paths(search, settings)
    let folds = try Self.folds(search, count: settings.folds)
    guard folds.count > 1 else {
      throw ImagingError.fewScans(
        Set(search.set.visibilities.map(\.time)).count, folds: settings.folds)
    }
    // Along a path from the strongest to the weakest penalty each image is where the next begins.
    let done = Mutex(0)
    let held = parallelMap(folds.count * paths.count, threads: monitor.threads) { index in
      Result {
        let (fold, path) = (folds[index % folds.count], paths[index / folds.count])
        let images = try fold.training.images(path, start: fold.training.start(0, path[0]))
        let count = done.withLock {
          $0 += 1
          return $0
        }
        try monitor.advance(
          WorkProgress(
            label: "held-out data", completed: count, total: folds.count * paths.count,
            detail: "paths"))
        let problems = try fold.held.map { try $0.problem(path[0]) }
        return images.map { image in
          zip(fold.held, problems).map { scan, problem in
            Self.loss(problem.chiSquared(image.pixels).reduce(0, +), scan.dataCount)
          }
        }
      }
    }
    let values = try held.map { try $0.get() }
    let total = Double(folds.flatMap(\.held).reduce(0) { $0 + $1.dataCount })
    // Losses of all scans, for each choice.
    let ofChoice = paths.enumerated().flatMap { path, choices in
      choices.indices.map { k in folds.indices.flatMap { values[path * folds.count + $0][k] } }
    }
    let choices = paths.flatMap { $0 }
    let means = ofChoice.map { $0.reduce(0, +) / total }
    let best = means.indices.min { means[$0] < means[$1] }!
    let scores = choices.indices.map { k in
      let differences = zip(ofChoice[k], ofChoice[best]).map { $0 - $1 }
      let count = Double(differences.count)
      let mean = differences.reduce(0, +) / count
      let square = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let error = (square * count / max(count - 1, 1)).squareRoot() / total
      return Score(
        weights: choices[k].weights,
        priorWidthUas: choices[k].priorWidth / RingMeasure.microarcsecond, loss: means[k],
        excess: means[k] - means[best], excessError: error)
    }
    self.scores = scores
    let equals = scores.indices.filter { scores[$0].excess <= scores[$0].excessError }
    // Of equal predictions that of the most compact and smoothest image.
    chosen = equals.max { a, b in
      let (x, y) = (scores[a], scores[b])
      let (sumX, sumY) = (x.weights.values.reduce(0, +), y.weights.values.reduce(0, +))
      return (-x.priorWidthUas, sumX) < (-y.priorWidthUas, sumY)
    }!
  }

  /// What a scan's χ² of `count` numbers counts.
  private static func loss(_ chiSquared: Double, _ count: Int) -> Double {
    let degrees = 4.0
    return (degrees + Double(count)) * log1p(chiSquared / degrees)
  }

  /// Paths of choices, each from the strongest to the weakest of the last penalty.
  private static func paths(
    _ search: ImageSearch, _ settings: ClosureImaging.Settings
  ) -> [[PenaltyChoice]] {
    let count = Double(search.dataCount)
    let field = search.empty.pixelSize * Double(search.empty.width)
    let widths = settings.priorWidth.map { [$0] } ?? widths.map { $0 * field }
    var paths = [[[String: Double]()]]
    for (name, weight) in settings.weights.sorted(by: { $0.key > $1.key }) {
      let values = weight.map { [$0] } ?? levels.map { $0 * count / search.scale(of: name) }
      paths = paths.flatMap { $0 }.map { known in
        values.map { known.merging([name: $0]) { $1 } }
      }
    }
    return widths.flatMap { width in paths.map { $0.map { PenaltyChoice($0, width) } } }
  }

  /// What images are made of, and the scans that they have to predict.
  private typealias Fold = (training: ImageSearch, held: [ImageSearch])

  private static func folds(_ search: ImageSearch, count: Int) throws -> [Fold] {
    let scans = Dictionary(grouping: search.set.visibilities, by: \.time).sorted { $0.key < $1.key }
    return try (0..<min(count, scans.count)).compactMap { fold in
      let isHeld = { (number: Int) in number % count == fold }
      let rows = scans.indices.filter { !isHeld($0) }.flatMap { scans[$0].value }
      let held = try scans.indices.filter(isHeld).compactMap { number in
        // Closure quantities are normal where visibilities are well above their noise.
        try search.restricted(
          to: scans[number].value.filter { $0.value.length > 3 * $0.sigma },
          data: [.closurePhases, .logClosureAmplitudes])
      }
      guard !held.isEmpty, let training = try search.restricted(to: rows) else { return nil }
      return (training, held)
    }
  }
}

extension ImageSearch {
  /// By what an expected χ² becomes a weight of a penalty: flux for those linear in brightness, the square
  /// of a pixel's for squared variation.
  func scale(of penalty: String) -> Double {
    let pixels = Double(empty.width * empty.height)
    return penalty == "tsv" ? flux.value * flux.value / pixels : flux.value
  }
}
