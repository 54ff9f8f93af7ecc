import Foundation
import NumericalMethods

/// One band of a `SinusoidDictionary`.
struct SinusoidBand: Sendable {
  let series: TimeSeries
  let degree: Int
  let whitening: [Double]
  let baseline: OrthonormalColumns
  /// Whitened, baseline projected out.
  let response: [Double]
  /// The places of the band's points among those of all bands.
  let points: Range<Int>
  /// The middle of the times: there phases are 0.
  let origin: Double

  init(_ series: TimeSeries, degree: Int, start: Int) {
    self.series = series
    self.degree = degree
    points = start..<start + series.count
    whitening = series.errors.map { 1 / $0 }
    baseline = OrthonormalColumns(
      polynomial: degree, times: series.times, errors: series.errors)
    response = baseline.projectingOut(
      from: baseline.projectingOut(from: zip(series.values, whitening).map { $0 * $1 }))
    origin = series.times.min()! + series.duration / 2
  }

  /// A and B for which A cos + B sin, divided by the errors and beside the baseline, is β of the
  /// orthonormal `pair`; the cosine comes first in it.
  func amplitudes(
    of coefficients: ArraySlice<Double>, pair: [[Double]], frequency: Double
  ) -> (cosine: Double, sine: Double) {
    var (cosine, sine) = (whitening, whitening)
    for (k, time) in series.times.enumerated() {
      let turns = frequency * (time - origin)
      let angle = 2 * .pi * (turns - turns.rounded())
      cosine[k] *= cos(angle)
      sine[k] *= sin(angle)
    }
    let (one, other) = (coefficients.first!, coefficients.last!)
    let (first, mixed) = (dot(pair[0], cosine), dot(pair[0], sine))
    let second = dot(pair[1], sine)
    guard first != 0, second != 0 else { return (0, 0) }
    let amplitude = other / second
    return ((one - mixed * amplitude) / first, amplitude)
  }
}
