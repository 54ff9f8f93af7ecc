import Numerics

/// The inverse-variance weighted mean of visibilities of one baseline and channel.
struct VisibilityMean {
  private var weight = 0.0
  private var sum = Complex<Double>.zero
  private var sumU = 0.0
  private var sumV = 0.0
  private var integration = 0.0

  mutating func add(_ row: Visibility) {
    let w = 1 / (row.sigma * row.sigma)
    weight += w
    sum += row.value.multiplied(by: w)
    sumU += w * row.u
    sumV += w * row.v
    integration += row.integration
  }

  /// The mean, with the other properties of `row`; its sigma follows from the weights.
  func result(like row: Visibility, time: Double) -> Visibility {
    var mean = row
    mean.time = time
    mean.integration = integration
    (mean.u, mean.v) = (sumU / weight, sumV / weight)
    mean.value = sum.divided(by: weight)
    mean.sigma = 1 / weight.squareRoot()
    return mean
  }
}
