/// The largest distance between the empirical distribution of `sample` and `law`.
func kolmogorovSmirnov(_ sample: [Double], _ law: (Double) -> Double) -> Double {
  let sorted = sample.sorted()
  let count = Double(sorted.count)
  return sorted.enumerated().reduce(0) { largest, entry in
    let expected = law(entry.element)
    let (below, above) = (Double(entry.offset) / count, Double(entry.offset + 1) / count)
    return max(largest, abs(expected - below), abs(above - expected))
  }
}

/// The distance that a sample of the right law exceeds with probability 0.001 (Kolmogorov 1933).
func kolmogorovSmirnovLimit(_ count: Int) -> Double { 1.95 / Double(count).squareRoot() }
