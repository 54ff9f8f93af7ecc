/// Points in units of length scales, feature by feature, eight of them to a vector.
struct ScaledPoints: Sendable {
  let count: Int
  let features: Int
  /// `count`, and what fills the last vector.
  let stride: Int
  /// `[features, stride]`
  let coordinates: [Double]

  /// - Parameter points: `[count, features]`.
  init(_ points: some RandomAccessCollection<Double>, lengthScales: [Double]) {
    features = lengthScales.count
    count = points.count / features
    stride = (count + 7) / 8 * 8
    var coordinates = [Double](repeating: 0, count: features * stride)
    var (row, feature) = (0, 0)
    for value in points {
      coordinates[feature * stride + row] = value / lengthScales[feature]
      feature += 1
      if feature == features { (row, feature) = (row + 1, 0) }
    }
    self.coordinates = coordinates
  }

  /// Calls `body` with squared distances of one of the points to eight of others, and where these begin, for all
  /// of the first `limit` others.
  @inline(__always)
  func forEachSquare(
    from point: Int, to others: ScaledPoints, limit: Int,
    _ body: (_ start: Int, _ squares: SIMD8<Double>) -> Void
  ) {
    coordinates.withUnsafeBufferPointer { own in
      others.coordinates.withUnsafeBufferPointer { other in
        let (own, ownStride) = (own.baseAddress! + point, stride)
        let (features, otherStride) = (features, others.stride)
        var start = 0
        while start < limit {
          var squares = SIMD8<Double>.zero
          var (mine, theirs) = (own, other.baseAddress! + start)
          for _ in 0..<features {
            let difference = mine.pointee - Self.load(theirs)
            squares.addProduct(difference, difference)
            mine += ownStride
            theirs += otherStride
          }
          body(start, squares)
          start += 8
        }
      }
    }
  }

  @inline(__always)
  static func load(_ pointer: UnsafePointer<Double>) -> SIMD8<Double> {
    UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Double>.self)
  }

  @inline(__always)
  static func store(_ value: SIMD8<Double>, _ pointer: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: SIMD8<Double>.self)
  }

  /// Correlations of one of the points with the first `limit` others, into room for as many and seven more.
  @inline(__always)
  func correlations(
    of point: Int, with others: ScaledPoints, limit: Int, _ kernel: StationaryKernel,
    into row: UnsafeMutablePointer<Double>
  ) {
    forEachSquare(from: point, to: others, limit: limit) { start, squares in
      Self.store(kernel.value(squares), row + start)
    }
  }

  /// Of one point, adds Σⱼ wⱼ k'ⱼ uⱼ² to `scales`, a sum for each feature, and wⱼ k'ⱼ uⱼ to `shifts`,
  /// `[features, stride of others]`; k' is the kernel's slope and u the difference to another point.
  ///
  /// - Parameter weights: of the first `limit` others and, 0, of what fills the last vector; lost.
  @inline(__always)
  func addSlopes(
    of point: Int, with others: ScaledPoints, limit: Int, _ kernel: StationaryKernel,
    weights: UnsafeMutablePointer<Double>, scales: UnsafeMutablePointer<Double>,
    shifts: UnsafeMutablePointer<Double>?
  ) {
    forEachSquare(from: point, to: others, limit: limit) { start, squares in
      Self.store(Self.load(weights + start) * kernel.slope(squares), weights + start)
    }
    others.coordinates.withUnsafeBufferPointer { other in
      for feature in 0..<features {
        let mine = coordinates[feature * stride + point]
        let theirs = other.baseAddress! + feature * others.stride
        var sum = SIMD8<Double>.zero
        var start = 0
        if let shifts {
          let shift = shifts + feature * others.stride
          while start < limit {
            let difference = mine - Self.load(theirs + start)
            let product = Self.load(weights + start) * difference
            Self.store(Self.load(shift + start) + product, shift + start)
            sum.addProduct(product, difference)
            start += 8
          }
        } else {
          while start < limit {
            let difference = mine - Self.load(theirs + start)
            sum.addProduct(Self.load(weights + start) * difference, difference)
            start += 8
          }
        }
        scales[feature] += sum.sum()
      }
    }
  }
}
