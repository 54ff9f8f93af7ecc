import NumericalMethods

/// Isotropic total variation: μ Σ √(dx² + dy²), dx and dy the differences to the next pixel of the row and of
/// the column (zero at the edge), for images of flat parts with sharp edges.
///
/// References: Rudin, Osher & Fatemi (1992), Physica D 60, 259; Beck & Teboulle (2009), IEEE TIP 18, 2419.
public struct TotalVariation: VariationRegularizer {
  /// μ, per jansky.
  public var weight: Double
  /// Jy per pixel below which the slopes of differences fall to zero, where slopes are wanted.
  private let rounding: Double

  public init(weight: Double, rounding: Double = 1e-9) {
    precondition(weight >= 0 && rounding > 0)
    (self.weight, self.rounding) = (weight, rounding)
  }

  public func value(_ pixels: [Double], width: Int) -> Double {
    length(Self.differences(pixels, width: width))
  }

  /// Of μ Σ √(dx² + dy² + ε²), ε the rounding.
  public func value(
    _ pixels: [Double], width: Int, addingGradientTo gradient: inout [Double]
  ) -> Double {
    var dual = Self.differences(pixels, width: width)
    let count = pixels.count
    var sum = 0.0
    for k in 0..<count {
      let (x, y) = (dual[k], dual[count + k])
      let length = (x * x + y * y + rounding * rounding).squareRoot()
      sum += length - rounding
      dual[k] = weight * x / length
      dual[count + k] = weight * y / length
    }
    gradient = Self.descended(gradient, by: -1, along: dual, width: width)
    return weight * sum
  }

  /// The proximal map by the dual problem's accelerated projected gradients: p in disks of radius μ, a pair
  /// for each pixel, and for each p the pixels that the separable penalty makes of `pixels` − step Dᵀp.
  ///
  /// Complexity: some passes over the image, an iteration.
  ///
  /// References: Beck & Teboulle (2009), IEEE TIP 18, 2419, section 4; O'Donoghue & Candès (2015), Found.
  /// Comput. Math. 15, 715 (restart).
  public func proximal(
    _ pixels: [Double], width: Int, step: Double, beside separable: any SeparableRegularizer,
    tolerance: Double, maximumIterations: Int, dual: inout [Double]
  ) -> [Double] {
    if dual.isEmpty { dual = [Double](repeating: 0, count: 2 * pixels.count) }
    func image(of p: [Double]) -> [Double] {
      separable.proximal(Self.descended(pixels, by: step, along: p, width: width), step: step)
    }
    // D's largest singular value is at most √8.
    let ascent = 1 / (8 * step)
    /// Ahead of p, where momentum leads, which may be out of the disks.
    var point = dual
    var (age, iteration) = (1.0, 0)
    while true {
      let slope = Self.differences(image(of: point), width: width)
      let nextAge = (1 + (1 + 4 * age * age).squareRoot()) / 2
      let rise = climb(&dual, &point, by: ascent, along: slope, momentum: (age - 1) / nextAge)
      age = nextAge
      if rise < 0 { (point, age) = (dual, 1) }
      iteration += 1
      guard iteration % 8 == 4 || iteration >= maximumIterations else { continue }
      let result = image(of: dual)
      let differences = Self.differences(result, width: width)
      let gap = step * (length(differences) - dot(dual, differences))
      if gap <= tolerance || iteration >= maximumIterations { return result }
    }
  }

  public func adjoint(_ dual: [Double], width: Int) -> [Double] {
    let zeros = [Double](repeating: 0, count: dual.count / 2)
    return Self.descended(zeros, by: -1, along: dual, width: width)
  }

  /// μ Σ √(dx² + dy²).
  private func length(_ differences: [Double]) -> Double {
    let count = differences.count / 2
    let lengths = [Double](unsafeUninitializedCapacity: count) { result, written in
      differences.withUnsafeBufferPointer { differences in
        let (x, y) = (differences.baseAddress!, differences.baseAddress! + count)
        for k in 0..<count { result[k] = (x[k] * x[k] + y[k] * y[k]).squareRoot() }
      }
      written = count
    }
    return dot(lengths, [Double](repeating: weight, count: count))
  }

  /// Moves p to where a step from `point` leads, in the disks, and `point` on ahead of it; tells how far p
  /// went up the slope.
  private func climb(
    _ dual: inout [Double], _ point: inout [Double], by step: Double, along slope: [Double],
    momentum: Double
  ) -> Double {
    let count = dual.count / 2
    let limit = max(weight, .leastNormalMagnitude)
    let before = dot(slope, dual)
    dual.withUnsafeMutableBufferPointer { dual in
      point.withUnsafeMutableBufferPointer { point in
        slope.withUnsafeBufferPointer { slope in
          let (dx, dy) = (dual.baseAddress!, dual.baseAddress! + count)
          let (px, py) = (point.baseAddress!, point.baseAddress! + count)
          let (sx, sy) = (slope.baseAddress!, slope.baseAddress! + count)
          for k in 0..<count {
            let x = px[k] + step * sx[k]
            let y = py[k] + step * sy[k]
            let factor = weight / max(limit, (x * x + y * y).squareRoot())
            px[k] = factor * x + momentum * (factor * x - dx[k])
            py[k] = factor * y + momentum * (factor * y - dy[k])
            dx[k] = factor * x
            dy[k] = factor * y
          }
        }
      }
    }
    return dot(slope, dual) - before
  }

  /// Dβ, `[2, height, width]`: to the next column, to the next row.
  private static func differences(_ pixels: [Double], width: Int) -> [Double] {
    let count = pixels.count
    return [Double](unsafeUninitializedCapacity: 2 * count) { result, written in
      pixels.withUnsafeBufferPointer { pixels in
        let (pixels, x, y) = (pixels.baseAddress!, result.baseAddress!, result.baseAddress! + count)
        let (nextColumn, nextRow) = (pixels + 1, pixels + width)
        for k in 0..<count - 1 { x[k] = nextColumn[k] - pixels[k] }
        for end in stride(from: width - 1, to: count, by: width) { x[end] = 0 }
        for k in 0..<count - width { y[k] = nextRow[k] - pixels[k] }
        for k in count - width..<count { y[k] = 0 }
      }
      written = 2 * count
    }
  }

  /// β − step Dᵀp.
  private static func descended(
    _ pixels: [Double], by step: Double, along dual: [Double], width: Int
  ) -> [Double] {
    let count = pixels.count
    let zeros = [Double](repeating: 0, count: width)
    return [Double](unsafeUninitializedCapacity: count) { result, written in
      pixels.withUnsafeBufferPointer { pixels in
        dual.withUnsafeBufferPointer { dual in
          zeros.withUnsafeBufferPointer { zeros in
            for start in stride(from: 0, to: count, by: width) {
              let (result, pixels) = (result.baseAddress! + start, pixels.baseAddress! + start)
              let x = dual.baseAddress! + start
              let y = dual.baseAddress! + count + start
              let above = start > 0 ? y - width : zeros.baseAddress!
              let below = start + width < count ? y : zeros.baseAddress!
              for k in 0..<width { result[k] = pixels[k] - step * (above[k] - below[k]) }
              for k in 0..<width - 1 { result[k] += step * x[k] }
              for k in 0..<width - 1 { result[k + 1] -= step * x[k] }
            }
          }
        }
      }
      written = count
    }
  }
}
