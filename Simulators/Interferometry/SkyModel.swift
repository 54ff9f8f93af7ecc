import Numerics

/// A brightness distribution whose visibilities are known exactly.
public protocol SkyModel: Sendable {
  /// Total flux density, Jy: the visibility at u = v = 0.
  var flux: Double { get }

  /// ∫ I exp(+2πi(ux + vy)), Jy, at u and v in wavelengths.
  func visibility(u: Double, v: Double) -> Complex<Double>
}

/// A sky model without infinitely thin parts, so that it has a brightness everywhere.
public protocol ResolvedSkyModel: SkyModel {
  /// Jy per steradian at offsets of x to the east and y to the north, radians.
  func brightness(x: Double, y: Double) -> Double
}

extension SkyModel {
  /// The model's visibilities at `points`, (u, v) in wavelengths, into a buffer of as many values.
  ///
  /// - Complexity: O(points), without allocations.
  public func fill(
    _ values: UnsafeMutableBufferPointer<Complex<Double>>, at points: [SIMD2<Double>]
  ) {
    precondition(values.count == points.count)
    for (index, point) in points.enumerated() {
      values[index] = visibility(u: point.x, v: point.y)
    }
  }

  /// The model's visibilities at `points`, (u, v) in wavelengths.
  public func visibilities(at points: [SIMD2<Double>]) -> [Complex<Double>] {
    [Complex<Double>](unsafeUninitializedCapacity: points.count) { buffer, count in
      fill(UnsafeMutableBufferPointer(rebasing: buffer[..<points.count]), at: points)
      count = points.count
    }
  }
}
