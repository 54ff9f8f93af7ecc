/// The Taylor coefficients of the positions of all bodies, `[bodies][dimensions][stride]`, as high and low
/// parts; the caller deallocates.
struct BodySeries {
  let bodies: Int
  let dimensions: Int
  /// One more than the order.
  let stride: Int
  let high: UnsafeMutablePointer<Lanes>
  let low: UnsafeMutablePointer<Lanes>

  init(bodies: Int, dimensions: Int, stride: Int) {
    (self.bodies, self.dimensions, self.stride) = (bodies, dimensions, stride)
    high = PairSeries.lanes(bodies * dimensions * stride)
    low = PairSeries.lanes(bodies * dimensions * stride)
  }

  func deallocate() {
    high.deallocate()
    low.deallocate()
  }

  /// Place of the coefficient of order 0.
  @inline(__always) func place(_ body: Int, _ dimension: Int) -> Int {
    (body * dimensions + dimension) * stride
  }
}
