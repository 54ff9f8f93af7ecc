import Probability

/// Some rows of values `[rows, features]`.
struct SampleRows {
  let values: [Float]
  let features: Int

  func row(_ index: Int) -> [Float] { Array(values[index * features..<(index + 1) * features]) }

  func mean(_ rows: [Int]) -> [Float] {
    var sums = [Double](repeating: 0, count: features)
    for row in rows { for k in 0..<features { sums[k] += Double(values[row * features + k]) } }
    return sums.map { Float($0 / Double(rows.count)) }
  }

  func minus(_ centre: [Float], _ rows: [Int]) -> SampleRows {
    SampleRows(
      values: rows.flatMap { row in
        (0..<features).map { values[row * features + $0] - centre[$0] }
      }, features: features)
  }

  /// The directions of largest variance, orthonormal, largest first.
  ///
  /// Reference: Golub & Van Loan (2013), Matrix Computations, 4th ed., section 8.2.4.
  func principalDirections(_ count: Int) -> [[Float]] {
    guard count > 0 else { return [] }
    var stream = RandomStream(seed: 0, purpose: .reference)
    var directions = (0..<count).map { _ in (0..<features).map { _ in Float(stream.normal()) } }
    orthonormalize(&directions)
    for _ in 0..<10 {
      var images = [[Float]](repeating: [Float](repeating: 0, count: features), count: count)
      for start in stride(from: 0, to: values.count, by: features) {
        let row = Array(values[start..<start + features])
        for k in 0..<count { add(dot(directions[k], row), row, to: &images[k]) }
      }
      orthonormalize(&images)
      directions = images
    }
    // There are fewer where the rows vary in fewer.
    return directions.filter { dot($0, $0) > 0.5 }
  }

  /// Gram and Schmidt, twice; directions that vanish become zero.
  private func orthonormalize(_ vectors: inout [[Float]]) {
    for k in vectors.indices {
      let size = dot(vectors[k], vectors[k]).squareRoot()
      for _ in 0..<2 {
        for other in 0..<k {
          add(-dot(vectors[k], vectors[other]), vectors[other], to: &vectors[k])
        }
      }
      let norm = dot(vectors[k], vectors[k]).squareRoot()
      let factor = norm > 1e-5 * size && norm > 0 ? 1 / norm : 0
      for index in vectors[k].indices { vectors[k][index] *= factor }
    }
  }
}

func dot(_ a: [Float], _ b: [Float]) -> Float {
  a.withUnsafeBufferPointer { a in
    b.withUnsafeBufferPointer { b in
      var sum = SIMD16<Float>.zero
      var index = 0
      while index + 16 <= a.count {
        sum.addProduct(vector(a, index), vector(b, index))
        index += 16
      }
      var rest = sum.sum()
      while index < a.count {
        rest += a[index] * b[index]
        index += 1
      }
      return rest
    }
  }
}

/// target += factor · vector
func add(_ factor: Float, _ values: [Float], to target: inout [Float]) {
  values.withUnsafeBufferPointer { values in
    target.withUnsafeMutableBufferPointer { target in
      for index in 0..<values.count { target[index] += factor * values[index] }
    }
  }
}

@inline(__always)
private func vector(_ values: UnsafeBufferPointer<Float>, _ index: Int) -> SIMD16<Float> {
  UnsafeRawPointer(values.baseAddress! + index).loadUnaligned(as: SIMD16<Float>.self)
}
