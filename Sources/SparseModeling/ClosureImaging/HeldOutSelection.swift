import NumericalMethods

/// Penalties chosen by how well images of some scans predict the closure quantities of others.
///
/// References: as ``CrossValidation``; ``HeldOutLosses`` for what images of a choice lose.
public struct HeldOutSelection: Sendable {
  /// What a choice reaches.
  public struct Score: Codable, Sendable {
    public let weights: [String: Double]
    public let priorWidthUas: Double
    /// ``HeldOutLosses/mean``.
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
    let field = search.empty.pixelSize * Double(search.empty.width)
    let widths = settings.priorWidth.map { [$0] } ?? Self.widths.map { $0 * field }
    let losses = try HeldOutLosses.all(
      search, scoredBy: search.set.visibilities, levels: Self.levels, priorWidths: widths, settings,
      monitor: monitor)
    let best = losses.min { $0.mean < $1.mean }!
    let scores = losses.map { choice in
      let excess = choice.excess(over: best)
      return Score(
        weights: choice.weights, priorWidthUas: choice.priorWidth / RingMeasure.microarcsecond,
        loss: choice.mean,
        excess: excess.value, excessError: excess.error)
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
}
