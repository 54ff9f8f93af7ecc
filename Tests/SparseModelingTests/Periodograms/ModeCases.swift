import Foundation
import Probability
import SparseModeling

/// Made-up observations: nights of a quarter of a day, half of the year, sinusoids and noise.
struct ModeCase {
  let frequencies: [Double]
  let amplitudes: [Double]
  let series: TimeSeries

  init(
    frequencies: [Double], amplitudes: [Double], count: Int = 80, duration: Double = 400,
    noise: Double = 0.02, stated: Double? = nil, seed: UInt64, night: Double = 0.3,
    times given: [Double]? = nil
  ) {
    var stream = RandomStream(seed: seed, purpose: .simulation)
    var times = given ?? []
    while times.count < count && given == nil {
      let day = (stream.uniform() * duration).rounded(.down)
      let time = day * 0.99727 + night * stream.uniform()
      if time.truncatingRemainder(dividingBy: 365.25) < 200 { times.append(time) }
    }
    times.sort()
    let phases = frequencies.map { _ in 2 * Double.pi * stream.uniform() }
    let values = times.map { time in
      zip(zip(frequencies, amplitudes), phases).reduce(noise * stream.normal()) {
        $0 + $1.0.1 * cos(2 * .pi * $1.0.0 * time + $1.1)
      }
    }
    self.frequencies = frequencies
    self.amplitudes = amplitudes
    series = try! TimeSeries(
      times: times, values: values, errors: times.map { _ in stated ?? noise })
  }

  var grid: FrequencyGrid {
    FrequencyGrid(range: 0.02...5, duration: series.duration, oversampling: 10)
  }

  func isFound(in found: [Double]) -> Bool {
    found.count == frequencies.count
      && frequencies.allSatisfy { truth in
        found.contains { abs($0 - truth) < 0.5 / series.duration }
      }
  }
}
