/// Total squared variation: μ Σ (β − its neighbour)² over neighbours in rows and columns, for smooth images.
///
/// Reference: Kuramochi et al. (2018), ApJ 858, 56, equation 6.
public struct TotalSquaredVariation: QuadraticRegularizer {
  /// μ, per square jansky.
  public var weight: Double

  public init(weight: Double) {
    precondition(weight >= 0)
    self.weight = weight
  }

  public func value(_ pixels: [Double], width: Int) -> Double {
    var sum = 0.0
    for row in 0..<pixels.count / width {
      let start = row * width
      for k in start..<start + width - 1 {
        let difference = pixels[k + 1] - pixels[k]
        sum += difference * difference
      }
      guard start + width < pixels.count else { break }
      for k in start..<start + width {
        let difference = pixels[k + width] - pixels[k]
        sum += difference * difference
      }
    }
    return weight * sum
  }

  public func addProduct(_ pixels: [Double], width: Int, to product: inout [Double]) {
    let factor = 2 * weight
    pixels.withUnsafeBufferPointer { pixels in
      product.withUnsafeMutableBufferPointer { product in
        for start in stride(from: 0, to: pixels.count, by: width) {
          for k in start..<start + width - 1 {
            let flow = factor * (pixels[k + 1] - pixels[k])
            product[k] -= flow
            product[k + 1] += flow
          }
        }
        for k in 0..<max(0, pixels.count - width) {
          let flow = factor * (pixels[k + width] - pixels[k])
          product[k] -= flow
          product[k + width] += flow
        }
      }
    }
  }

  public func element(_ a: Int, _ b: Int, width: Int, height: Int) -> Double {
    let (column, row) = (a % width, a / width)
    if a == b {
      let neighbours = [column > 0, column < width - 1, row > 0, row < height - 1].count { $0 }
      return 2 * weight * Double(neighbours)
    }
    return abs(column - b % width) + abs(row - b / width) == 1 ? -2 * weight : 0
  }

  public var largestEigenvalue: Double { 16 * weight }
}
