import Foundation
import Probability
import Testing

/// Every prior, held against its density, integrated by Simpson's rule on a fine grid.
@Suite struct PriorDistributionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let prior: PriorDistribution
    /// Where all but 1e-15 of the probability lies, and the variable to integrate over.
    let range: ClosedRange<Double>
    let logarithmic: Bool

    init(_ prior: PriorDistribution, _ low: Double, _ high: Double, logarithmic: Bool = false) {
      self.prior = prior
      range = low...high
      self.logarithmic = logarithmic
    }

    var testDescription: String { "\(prior.description)" }

    /// The parameter at fraction `u` of the range.
    func value(_ u: Double) -> Double {
      let (low, high) = (range.lowerBound, range.upperBound)
      if u == 0 || u == 1 { return u == 0 ? low : high }
      return logarithmic ? low * exp(u * log(high / low)) : low + u * (high - low)
    }

    /// What is lost where θ is computed from a mean of another size.
    var rounding: Double {
      guard case .truncatedNormal(let mean, let deviation, _, _) = prior else { return 0 }
      return 2e-15 * (abs(mean) + deviation)
    }

    /// The distribution function at `panels + 1` equidistant fractions.
    func cumulative(panels: Int) -> [Double] {
      func integrand(_ u: Double) -> Double {
        let x = value(u)
        let slope = logarithmic ? x * log(range.upperBound / range.lowerBound) : width
        return exp(prior.logDensity(x)) * slope
      }
      let step = 1 / Double(panels)
      var (sum, result) = (0.0, [0.0])
      for panel in 0..<panels {
        let u = Double(panel) * step
        sum +=
          step / 6
          * (integrand(u) + 4 * integrand(u + step / 2)
            + integrand(panel + 1 == panels ? 1 : u + step))
        result.append(sum)
      }
      return result
    }

    private var width: Double { range.upperBound - range.lowerBound }
  }

  static let cases = [
    Case(.uniform(low: -2, high: 5), -2, 5),
    Case(.uniform(low: 0, high: 1e-6), 0, 1e-6),
    Case(.logUniform(low: 1e-4, high: 1), 1e-4, 1, logarithmic: true),
    Case(.logUniform(low: 3, high: 3e9), 3, 3e9, logarithmic: true),
    Case(.normal(mean: 3, standardDeviation: 0.5), -1.2, 7.2),
    Case(.logNormal(median: 30, sigma: 2), 30 * exp(-16.4), 30 * exp(16.4), logarithmic: true),
    Case(.truncatedNormal(mean: 1, standardDeviation: 2, low: 0, high: 4), 0, 4),
    Case(.truncatedNormal(mean: 0, standardDeviation: 1, low: -20, high: 21), -8.3, 8.3),
    Case(.truncatedNormal(mean: 0, standardDeviation: 1, low: -20, high: 0.5), -8.3, 0.5),
    Case(.truncatedNormal(mean: 0, standardDeviation: 1, low: 9, high: 12), 9, 12),
    Case(.truncatedNormal(mean: 50, standardDeviation: 2, low: 20, high: 36), 20, 36),
    Case(.periodic(low: 0, high: 360), 0, 360),
  ]

  @Test func everyKindIsTested() {
    let tested = Set(Self.cases.map { $0.prior.description.kind })
    #expect(tested == Set(PriorDistribution.kinds.map(\.name)))
  }

  @Test(arguments: cases) func densityIntegratesToOne(_ item: Case) {
    #expect(abs(item.cumulative(panels: 4_000).last! - 1) < 1e-9)
  }

  @Test(arguments: cases) func unboundedIsTheNormalQuantile(_ item: Case) {
    let panels = 4_000
    for (index, expected) in item.cumulative(panels: panels).enumerated()
    where index % 40 == 0 && expected > 1e-6 && expected < 1 - 1e-6 {
      let z = item.prior.unbounded(item.value(Double(index) / Double(panels)))
      #expect(abs(0.5 * erfc(-z / 2.0.squareRoot()) - expected) < 1e-9)
    }
  }

  @Test(arguments: cases) func roundTrip(_ item: Case) {
    let nearTheEnds: [Double] = [1e-12, 1e-9, 1e-6, 1e-3]
    let inside: [Double] = (1...19).map { Double($0) / 20 }
    for fraction in nearTheEnds + inside + nearTheEnds.map({ 1 - $0 }) {
      let x = item.value(fraction)
      let z = item.prior.unbounded(x)
      let back = item.prior.bounded(z)
      #expect(
        abs(back - x) <= 1e-10 * abs(x) + item.rounding, "z = \(z), \(x) came back as \(back)")
    }
    for step in -15...15 {
      let z = 0.5 * Double(step)
      // Steps of z that change x by rounding cannot come back.
      let x = item.prior.bounded(z)
      let resolution = (1e-14 * abs(x) + item.rounding) * derivative(item.prior, x)
      let back = item.prior.unbounded(x)
      #expect(abs(back - z) <= 1e-10 + resolution, "\(z) came back as \(back)")
    }
  }

  /// dz/dθ from p(θ) = φ(z) |dz/dθ|, to judge rounding only.
  private func derivative(_ prior: PriorDistribution, _ x: Double) -> Double {
    let z = prior.unbounded(x)
    return exp(prior.logDensity(x) + 0.5 * z * z + 0.5 * log(2 * .pi))
  }

  @Test(arguments: cases) func jacobianIsTheDerivative(_ item: Case) {
    let joint = JointPrior([.init(name: "x", distribution: item.prior)])
    for fraction in [0.05, 0.3, 0.5, 0.8, 0.95] {
      let x = item.value(fraction)
      let step = 1e-5 * min(x - item.range.lowerBound, item.range.upperBound - x)
      let slope =
        (item.prior.unbounded(x + step) - item.prior.unbounded(x - step)) / (2 * step)
      let space = LatentSpace(joint, circles: false)
      let logJacobian = space.logJacobian(theta: [x], z: space.latent([x]))
      #expect(abs(logJacobian - log(slope)) < 1e-5)
    }
  }

  @Test(arguments: cases) func samplesFollowTheDensity(_ item: Case) {
    let panels = 4_000
    let cumulative = item.cumulative(panels: panels)
    var stream = RandomStream(seed: 5, purpose: .simulation)
    let sample = (0..<10_000).map { _ in item.prior.sample(using: &stream) }
    let distance = kolmogorovSmirnov(sample) { x in
      let (low, high) = (item.range.lowerBound, item.range.upperBound)
      let u = item.logarithmic ? log(x / low) / log(high / low) : (x - low) / (high - low)
      let place = min(max(u, 0), 1) * Double(panels)
      let index = min(Int(place), panels - 1)
      let fraction = place - Double(index)
      return cumulative[index] * (1 - fraction) + cumulative[index + 1] * fraction
    }
    #expect(distance < kolmogorovSmirnovLimit(sample.count))
  }

  @Test(arguments: cases) func nothingLeavesTheSupport(_ item: Case) {
    let values = stride(from: -40.0, through: 40, by: 0.5).map { item.prior.bounded($0) }
    for value in values {
      #expect(value.isFinite && item.prior.support.contains(value))
      #expect(item.prior.logDensity(value).isFinite)
      #expect(item.prior.unbounded(value).isFinite)
    }
    #expect(values == values.sorted())
  }

  @Test(arguments: cases) func densityVanishesOutside(_ item: Case) {
    let support = item.prior.support
    for value in [support.lowerBound - 1e-3, support.upperBound + 1e-3] where value.isFinite {
      #expect(item.prior.logDensity(value) == -.infinity)
    }
  }
}
