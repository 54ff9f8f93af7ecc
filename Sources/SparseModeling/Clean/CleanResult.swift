import Observations

/// What CLEAN found.
public struct CleanResult: Sendable {
  /// Why it stopped.
  public enum Stop: String, Codable, Sendable {
    /// No peak above the threshold is left.
    case threshold
    /// The most iterations allowed were made.
    case iterations
    /// The last major cycle made the residual visibilities greater; it was undone.
    case divergence
  }

  /// The state at a major cycle, of which the first is before any component.
  public struct Cycle: Sendable, Equatable {
    /// Components so far.
    public var iterations: Int
    /// Of the model, Jy.
    public var flux: Double
    /// The highest peak of the residual, in noise levels; a peak of a scale is in its own noise.
    public var peak: Double
    /// Σ w |V − V of the model|² / Σ w with the image's weights, Jy².
    public var meanSquare: Double
  }

  /// Jy per pixel.
  public var model: SkyImage
  /// The model convolved with the Gaussian that fits the dirty beam, and the residual, Jy per beam.
  public var restored: SkyImage
  /// The dirty image of what the model does not explain, Jy per beam.
  public var residual: SkyImage
  /// Standard deviation of the dirty image's noise, Jy per beam.
  public var noise: Double
  public var cycles: [Cycle]
  public var stop: Stop

  public var iterations: Int { cycles.last!.iterations }
}

/// Why CLEAN cannot start.
public enum CleanError: Error, CustomStringConvertible, Equatable, Sendable {
  /// A component of this radius, pixels, does not fit into the image; the greatest that does.
  case scale(Double, greatest: Double)
  /// The mask admits no component.
  case emptyMask
  /// A value or a sigma that is no measurement: of visibility `index`, from zero.
  case visibility(index: Int, name: String, value: Double)

  public var description: String {
    switch self {
    case .scale(let scale, let greatest):
      "scales: \(scale) pixels do not fit into the image; expected at most \(greatest)"
    case .emptyMask:
      "the mask leaves no pixel where a component may lie; expected at least one for each scale"
    case .visibility(let index, let name, let value):
      "\(name) of visibility \(index + 1) is \(value); expected a "
        + (name == "sigma" ? "positive number" : "finite number")
    }
  }
}
