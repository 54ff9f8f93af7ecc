/// A magnification and the error it may have.
public struct Magnification: Sendable, Equatable {
  /// Total flux of the images over the flux of the unlensed source, at least 1.
  public var value: Double
  /// Estimate of the absolute error of `value`.
  public var error: Double

  public init(value: Double, error: Double) {
    self.value = value
    self.error = error
  }
}
