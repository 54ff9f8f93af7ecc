import NumericalMethods
import Observations

/// A rectangle of an image.
///
/// A source that fills a part of the field is found on that part alone, at the price of a small image:
/// where nothing is bright, the gradient shows it.
struct ImageWindow: Equatable {
  let columns: Range<Int>
  let rows: Range<Int>
  /// Of the whole image.
  let width: Int
  let height: Int

  /// The pixels for which `isIn` holds and `margin` around them, as large as Fourier transforms like it;
  /// nil if there are none.
  init?(
    width: Int, height: Int, margin: Int, containing isIn: (Int) -> Bool
  ) {
    var (left, right, bottom, top) = (width, -1, height, -1)
    for row in 0..<height {
      for column in 0..<width where isIn(row * width + column) {
        (left, right) = (min(left, column), max(right, column))
        (bottom, top) = (min(bottom, row), max(top, row))
      }
    }
    guard right >= left else { return nil }
    func range(_ first: Int, _ last: Int, _ size: Int) -> Range<Int> {
      let wanted = last - first + 1 + 2 * margin
      let length = min(size, FourierTransform.fastLength(atLeast: wanted))
      let start = min(max(0, first - margin - (length - wanted) / 2), size - length)
      return start..<start + length
    }
    (columns, rows) = (range(left, right, width), range(bottom, top, height))
    (self.width, self.height) = (width, height)
  }

  var isWhole: Bool { columns.count == width && rows.count == height }

  func contains(_ pixel: Int) -> Bool {
    columns.contains(pixel % width) && rows.contains(pixel / width)
  }

  func cropped(_ pixels: [Double]) -> [Double] {
    rows.flatMap { pixels[$0 * width + columns.lowerBound..<$0 * width + columns.upperBound] }
  }

  func embedded(_ pixels: [Double]) -> [Double] {
    var image = [Double](repeating: 0, count: width * height)
    for (k, row) in rows.enumerated() {
      image.replaceSubrange(
        row * width + columns.lowerBound..<row * width + columns.upperBound,
        with: pixels[k * columns.count..<(k + 1) * columns.count])
    }
    return image
  }

  /// Whether pixels of the window's edge are not zero where the image goes on.
  func touchesEdge(_ pixels: [Double]) -> Bool {
    let (width, height) = (columns.count, rows.count)
    return pixels.indices.contains { k in
      guard pixels[k] != 0 else { return false }
      let (column, row) = (k % width, k / width)
      return (column == 0 && columns.lowerBound > 0)
        || (column == width - 1 && columns.upperBound < self.width)
        || (row == 0 && rows.lowerBound > 0) || (row == height - 1 && rows.upperBound < self.height)
    }
  }
}

extension SparseImagingProblem {
  /// The problem of the pixels of a window while all others are zero, if its penalties know windows.
  ///
  /// Quadratic penalties must be sums over neighbours: the pixels next to the window's edge must be zero.
  func cropped(to window: ImageWindow) -> SparseImagingProblem? {
    guard let penalty = separable as? WeightedL1 else { return nil }
    return SparseImagingProblem(
      misfit.cropped(to: window), quadratic: quadratic,
      separable: WeightedL1(
        weight: penalty.weight, pixelWeights: penalty.pixelWeights.map(window.cropped),
        isNonNegative: penalty.isNonNegative))
  }
}

extension VisibilityMisfit {
  fileprivate func cropped(to window: ImageWindow) -> VisibilityMisfit {
    var part = SkyImage(
      width: window.columns.count, height: window.rows.count, pixelSize: image.pixelSize)
    part.referencePixel =
      image.referencePixel
      - SIMD2(Double(window.columns.lowerBound), Double(window.rows.lowerBound))
    return VisibilityMisfit(
      image: part,
      curvature: curvature.cropped(width: window.columns.count, height: window.rows.count),
      dirty: window.cropped(dirty), dataSquare: dataSquare, count: count)
  }
}
