import Foundation

/// How the learning rate changes while training.
public enum LearningRateSchedule: String, Codable, Sendable, CaseIterable {
  /// Half a cosine to zero over the most epochs allowed (Loshchilov & Hutter 2017,
  /// arXiv:1608.03983, eq. 5 without restarts).
  case cosine
  /// Halved when the validation loss has not improved for a while.
  case plateau
  case constant

  /// Epochs without improvement after which `plateau` halves the rate.
  static let plateauPatience = 6

  /// The factor of the learning rate at a time in epochs, given what epochs brought so far.
  ///
  /// It depends on nothing else, so that a resumed training goes on as if it had not stopped.
  public func factor(
    at time: Double, epochs: Int, warmup: Double, validationLosses: [Double]
  ) -> Double {
    let start = warmup > 0 ? min(1, 0.05 + time / warmup) : 1
    switch self {
    case .cosine: return start * 0.5 * (1 + cos(.pi * time / Double(epochs)))
    case .plateau: return start * pow(0.5, Double(Self.plateaus(validationLosses)))
    case .constant: return start
    }
  }

  /// How often the losses stood still.
  private static func plateaus(_ losses: [Double]) -> Int {
    var (best, waited, count) = (Double.infinity, 0, 0)
    for loss in losses {
      waited += 1
      if loss < best { (best, waited) = (loss, 0) }
      if waited == plateauPatience { (waited, count) = (0, count + 1) }
    }
    return count
  }
}
