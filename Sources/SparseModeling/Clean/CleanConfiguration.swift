import NumericalMethods

/// How CLEAN goes about it, and when it stops.
public struct CleanConfiguration: CheckedSettings {
  /// Part of the peak that an iteration takes; a tenth is Högbom's advice for extended sources.
  public var gain = 0.1
  /// Noise levels of the dirty image, which follow from sigma and weights, at which no peak is left.
  public var threshold = 3.0
  /// Components at most.
  public var maximumIterations = 50_000
  /// Radii of components, pixels: 0 is a point. Only 0 is Högbom's algorithm; 0, one beam and three beams
  /// are usual for extended sources.
  public var scales = [0.0]

  public init() {}

  public var ranges: [SettingRange] {
    [
      SettingRange("gain", gain, 1e-6...1),
      SettingRange("threshold", threshold, 0...1e12),
      SettingRange("maximum_iterations", maximumIterations, 1...1_000_000_000),
    ] + scales.map { SettingRange("scales", $0, 0...1e4) }
      + [SettingRange("scales.count", scales.count, 1...16)]
  }
}
