import Foundation
import NumericalMethods
import Observations
import Synchronization

/// What images under one choice of penalties lose when they predict the closure quantities of scans that they
/// have not seen.
///
/// Scans are dealt to folds in turn, so that every fold sees the whole night; all bands of a time go together.
/// Each scan's χ² of closure phases and log closure amplitudes counts as that of Student's t with four degrees
/// of freedom, so that one bad scan does not decide.
///
/// Reference: Lange, Little & Taylor (1989), JASA 84, 881 (t).
public struct HeldOutLosses: Codable, Sendable {
  /// Per jansky, by name.
  public let weights: [String: Double]
  /// Radians.
  public let priorWidth: Double
  /// (ν + n) ln(1 + χ²/ν) of each scan of n closure quantities, ν = 4.
  public let scans: [Double]
  /// Closure quantities of all scans.
  public let count: Int

  public var mean: Double { scans.reduce(0, +) / Double(count) }

  /// How much larger the mean is than another of the same scans, and the standard error of that by the scans'
  /// differences.
  public func excess(over other: HeldOutLosses) -> (value: Double, error: Double) {
    precondition(scans.count == other.scans.count && count == other.count)
    let differences = zip(scans, other.scans).map { $0 - $1 }
    let number = Double(differences.count)
    let average = differences.reduce(0, +) / number
    let square = differences.reduce(0) { $0 + ($1 - average) * ($1 - average) }
    let error = (square * number / max(number - 1, 1)).squareRoot() / Double(count)
    return (mean - other.mean, error)
  }

  /// Of every level at every width, those of a width together.
  ///
  /// - Parameters:
  ///   - set: as ``ClosureImaging`` takes it.
  ///   - scoring: the same visibilities with the sigma by which predictions are judged, so that losses of images
  ///     made under other noise compare.
  ///   - levels: weights of the penalties without one as parts of the expected χ², descending.
  ///   - priorWidths: radians.
  /// - Throws: `ImagingError`, `DerivedDataError` for data that cannot be used or held out; `Interrupted`.
  public static func all(
    _ set: VisibilitySet, scoredBy scoring: VisibilitySet, like image: SkyImage, flux: CompactFlux,
    levels: [Double], priorWidths: [Double], _ settings: ClosureImaging.Settings,
    monitor: WorkMonitor
  ) throws -> [HeldOutLosses] {
    try ImagingError.check(set.visibilities)
    let search = try ImageSearch(
      set, like: image, pixelWeights: nil, flux: flux, settings: settings)
    return try all(
      search, scoredBy: scoring.visibilities, levels: levels, priorWidths: priorWidths, settings,
      monitor: monitor)
  }

  static func all(
    _ search: ImageSearch, scoredBy scoring: [Visibility], levels: [Double], priorWidths: [Double],
    _ settings: ClosureImaging.Settings, monitor: WorkMonitor
  ) throws -> [HeldOutLosses] {
    let paths = paths(search, settings, levels: levels, priorWidths: priorWidths)
    let folds = try folds(search, scoredBy: scoring, count: settings.folds)
    guard folds.count > 1 else {
      throw ImagingError.fewScans(
        Set(search.set.visibilities.map(\.time)).count, folds: settings.folds)
    }
    // Along a path from the strongest to the weakest penalty each image is where the next begins.
    let done = Mutex(0)
    let held = parallelMap(folds.count * paths.count, threads: monitor.threads) { index in
      Result {
        if monitor.isInterrupted { throw Interrupted() }
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
            loss(problem.chiSquared(image.pixels).reduce(0, +), scan.dataCount)
          }
        }
      }
    }
    let values = try held.map { try $0.get() }
    let total = folds.flatMap(\.held).reduce(0) { $0 + $1.dataCount }
    return paths.enumerated().flatMap { path, choices in
      choices.enumerated().map { k, choice in
        HeldOutLosses(
          weights: choice.weights, priorWidth: choice.priorWidth,
          scans: folds.indices.flatMap { values[path * folds.count + $0][k] }, count: total)
      }
    }
  }

  /// What a scan's χ² of `count` numbers counts.
  private static func loss(_ chiSquared: Double, _ count: Int) -> Double {
    let degrees = 4.0
    return (degrees + Double(count)) * log1p(chiSquared / degrees)
  }

  /// Paths of choices, each from the strongest to the weakest of the last penalty.
  private static func paths(
    _ search: ImageSearch, _ settings: ClosureImaging.Settings, levels: [Double],
    priorWidths: [Double]
  ) -> [[PenaltyChoice]] {
    let count = Double(search.dataCount)
    var paths = [[[String: Double]()]]
    for (name, weight) in settings.weights.sorted(by: { $0.key > $1.key }) {
      let values = weight.map { [$0] } ?? levels.map { $0 * count / search.scale(of: name) }
      paths = paths.flatMap { $0 }.map { known in
        values.map { known.merging([name: $0]) { $1 } }
      }
    }
    return priorWidths.flatMap { width in paths.map { $0.map { PenaltyChoice($0, width) } } }
  }

  /// What images are made of, and the scans that they have to predict.
  private typealias Fold = (training: ImageSearch, held: [ImageSearch])

  private static func folds(
    _ search: ImageSearch, scoredBy scoring: [Visibility], count: Int
  ) throws -> [Fold] {
    func scans(_ rows: [Visibility]) -> [[Visibility]] {
      Dictionary(grouping: rows, by: \.time).sorted { $0.key < $1.key }.map(\.value)
    }
    let (seen, judged) = (scans(search.set.visibilities), scans(scoring))
    precondition(seen.map(\.count) == judged.map(\.count), "the scoring set has other visibilities")
    return try (0..<min(count, seen.count)).compactMap { fold in
      let isHeld = { (number: Int) in number % count == fold }
      let rows = seen.indices.filter { !isHeld($0) }.flatMap { seen[$0] }
      let held = try seen.indices.filter(isHeld).compactMap { number in
        // Closure quantities are normal where visibilities are well above their noise.
        try search.restricted(
          to: judged[number].filter { $0.value.length > 3 * $0.sigma },
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
