import NumericalMethods

/// What sampling alone makes of a constant: where peaks of a periodogram may be aliases of each other.
///
/// Reference: Deeming (1975), Ap&SS 36, 137; Roberts, Lehár & Dreher (1987), AJ 93, 968, Eq. 9.
public enum SpectralWindow {
  /// |Σ w exp(2πift)|² / (Σ w)² at every frequency, `[grid]`, with weights of one over the squared errors.
  public static func power(
    times: [Double], errors: [Double], grid: FrequencyGrid, threads: Int = 1
  ) -> [Double] {
    precondition(times.count == errors.count)
    let ordered = OrderedTimes(times)
    let layout = FrequencyBlocks(
      grid: grid, duration: ordered.duration, points: times.count, multiple: 1)
    let spectra = BlockSpectra(ordered, layout: layout, multiples: [1])
    let weights = errors.map { 1 / ($0 * $0) }
    let total = weights.reduce(0, +)
    return largeArray(grid.count) { power in
      nonisolated(unsafe) let power = power
      let term = spectra.term(weights.map { $0 / total }, multiple: 1)
      spectra.run([term], blocks: Array(0..<layout.count), threads: threads) { chunk in
        for vector in chunk.vectors {
          let (real, imaginary) = (chunk.real(0, vector), chunk.imaginary(0, vector))
          chunk.write(real * real + imaginary * imaginary, vector, to: power)
        }
      }
    }
  }
}
