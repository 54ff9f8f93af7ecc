import Foundation
import Microlensing
import MicrolensingReference

/// The mean of point sources over a disc: Gauss's rule across its rings, equal steps along them.
struct PointMean {
  let mean, low, high: Double

  init(lens: BinaryLens, source: FuzzCase, rings: Int, angles: Int) {
    var (x, y, weights): ([Double], [Double], [Double]) = ([], [], [])
    // μ = v², because laws may have a √μ; r dr = −μ dμ.
    for (v, weight) in GaussLegendre.rule(rings) {
      let mu = v * v
      let radius = source.rho * (1 - mu * mu).squareRoot()
      let share = weight * v * mu * source.law.intensity(mu: mu) / Double(angles)
      for k in 0..<angles {
        let angle = 2 * Double.pi * (Double(k) + v) / Double(angles)
        x.append(source.x + radius * cos(angle))
        y.append(source.y + radius * sin(angle))
        weights.append(share)
      }
    }
    let values = lens.magnifications(x: x, y: y, rho: 0).map(\.value)
    mean = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
    low = values.min()!
    high = values.max()!
  }
}
