import Foundation
import SparseModeling
import Testing

/// A regulariser under test, with images for it.
struct ListedRegularizer: Sendable, CustomTestStringConvertible {
  var name: String
  var regularizer: any Regularizer

  static let (width, height) = (9, 7)
  static let count = width * height
  /// Some pixels dear, some free, some never let in.
  private static let weights = (0..<count).map { [1, 0.3, 5, 0, .infinity][$0 % 5] }
  private static let prior = (0..<count).map { exp(sin(Double($0))) }

  static let separable = [
    Self(name: "l1", regularizer: WeightedL1(weight: 0.7, isNonNegative: false)),
    Self(name: "non-negative l1", regularizer: WeightedL1(weight: 0.7, isNonNegative: true)),
    Self(
      name: "weighted l1",
      regularizer: WeightedL1(weight: 0.7, pixelWeights: weights, isNonNegative: false)),
    Self(
      name: "weighted non-negative l1",
      regularizer: WeightedL1(weight: 0.7, pixelWeights: weights, isNonNegative: true)),
    Self(name: "entropy", regularizer: MaximumEntropy(weight: 0.7, prior: prior)),
    Self(name: "flat entropy", regularizer: MaximumEntropy(weight: 0.2, flux: 30, count: count)),
  ]
  static let quadratic = [
    Self(name: "squared variation", regularizer: TotalSquaredVariation(weight: 0.4))
  ]
  static let variation = [Self(name: "variation", regularizer: TotalVariation(weight: 0.4))]
  static let all = separable + quadratic + variation

  var testDescription: String { name }

  /// Numbers in (−3, 3), the same ones for the same seed.
  static func numbers(_ seed: UInt64, count: Int = count) -> [Double] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return 6 * (Double(state >> 11) / 0x1p53 - 0.5)
    }
  }

  /// An image that the penalty is finite for.
  func image(_ seed: UInt64) -> [Double] {
    let numbers = Self.numbers(seed)
    guard let separable = regularizer as? any SeparableRegularizer else { return numbers }
    return separable.proximal(numbers, step: 0.3)
  }

  func value(_ pixels: [Double]) -> Double { regularizer.value(pixels, width: Self.width) }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
}

private func combination(_ a: [Double], _ factor: Double, _ b: [Double]) -> [Double] {
  zip(a, b).map { $0 + factor * $1 }
}

@Suite struct RegularizerTests {
  private let width = ListedRegularizer.width
  private let height = ListedRegularizer.height
  private let count = ListedRegularizer.count

  @Test(arguments: ListedRegularizer.all) func isConvex(_ listed: ListedRegularizer) {
    for seed in 1...20 as ClosedRange<UInt64> {
      let (a, b) = (listed.image(seed), listed.image(seed + 100))
      #expect(listed.value(a).isFinite)
      for share in [0.1, 0.5, 0.8] {
        let between = zip(a, b).map { (1 - share) * $0 + share * $1 }
        let chord = (1 - share) * listed.value(a) + share * listed.value(b)
        #expect(listed.value(between) <= chord * (1 + 1e-12) + 1e-12)
      }
    }
  }

  /// β = prox(x) where (x − β)/step is a slope of R at β: R(z) ≥ R(β) + (z − β)·(x − β)/step for all z; and
  /// there R(β) + R*(p) = β·p.
  @Test(arguments: ListedRegularizer.separable)
  func slopesOfProximalMapsAreSubgradients(_ listed: ListedRegularizer) throws {
    let penalty = try #require(listed.regularizer as? any SeparableRegularizer)
    for (seed, step) in [(1, 0.01), (2, 0.5), (3, 1), (4, 20)] as [(UInt64, Double)] {
      let origin = ListedRegularizer.numbers(seed)
      let pixels = penalty.proximal(origin, step: step)
      let slope = zip(origin, pixels).map { ($0 - $1) / step }
      let value = listed.value(pixels)
      for other in 10...30 as ClosedRange<UInt64> {
        let image = listed.image(other)
        let below = value + dot(slope, combination(image, -1, pixels))
        #expect(listed.value(image) >= below - 1e-10 * (1 + abs(below)))
      }
      let scale = penalty.feasibleScale(slope)
      #expect(scale > 1 - 1e-12)
      let product = dot(slope, pixels)
      #expect(abs(value + penalty.conjugate(slope) - product) < 1e-10 * (1 + abs(product)))
    }
  }

  /// R(β) + R*(p) ≥ β·p for all β and p, and the conjugate is finite just where `feasibleScale` says so.
  @Test(arguments: ListedRegularizer.separable)
  func conjugatesBoundProducts(_ listed: ListedRegularizer) throws {
    let penalty = try #require(listed.regularizer as? any SeparableRegularizer)
    for seed in 1...10 as ClosedRange<UInt64> {
      let p = ListedRegularizer.numbers(seed)
      let scale = penalty.feasibleScale(p)
      #expect(scale >= 0 && scale <= 1)
      let feasible = p.map { scale * $0 }
      let conjugate = penalty.conjugate(feasible)
      #expect(conjugate.isFinite)
      let beyond = penalty.conjugate(p.map { (1.001 * scale + 1e-9) * $0 })
      #expect(scale == 1 || beyond == .infinity)
      for other in 20...40 as ClosedRange<UInt64> {
        let image = listed.image(other)
        let product = dot(feasible, image)
        #expect(listed.value(image) + conjugate >= product - 1e-10 * (1 + abs(product)))
      }
    }
  }

  /// Gradients where pixels are positive are those of the value that comes with them; that value is the
  /// penalty's, to what rounding of corners takes away.
  @Test(arguments: ListedRegularizer.all)
  func gradientsAreThoseOfTheValue(_ listed: ListedRegularizer) throws {
    let penalty = try #require(listed.regularizer as? any SmoothRegularizer)
    let free = listed.image(1)
    let pixels = ListedRegularizer.numbers(1).indices.map {
      free[$0] == 0 ? 0 : abs(free[$0]) + 0.5
    }
    let direction = zip(pixels, ListedRegularizer.numbers(2)).map { $0 == 0 ? 0 : $1 }
    var gradient = [Double](repeating: 1, count: count)
    let value = penalty.value(pixels, width: width, addingGradientTo: &gradient)
    #expect(abs(value - listed.value(pixels)) < 1e-6 * (1 + value))
    let step = 1e-5
    let (above, below) = (
      listed.value(combination(pixels, step, direction)),
      listed.value(combination(pixels, -step, direction))
    )
    let slope = dot(gradient.map { $0 - 1 }, direction)
    #expect(abs((above - below) / (2 * step) - slope) < 1e-5 * (1 + abs(slope)))
  }

  @Test(arguments: ListedRegularizer.quadratic)
  func productsAreGradients(_ listed: ListedRegularizer) throws {
    let penalty = try #require(listed.regularizer as? any QuadraticRegularizer)
    let (pixels, direction) = (listed.image(1), listed.image(2))
    var product = [Double](repeating: 0, count: count)
    penalty.addProduct(pixels, width: width, to: &product)
    let (above, below) = (
      listed.value(combination(pixels, 0.5, direction)),
      listed.value(combination(pixels, -0.5, direction))
    )
    // Differences of quadratic functions are exact.
    #expect(abs(above - below - dot(product, direction)) < 1e-10)
    #expect(abs(listed.value(pixels) - dot(product, pixels) / 2) < 1e-10)
    #expect(dot(product, pixels) <= penalty.largestEigenvalue * dot(pixels, pixels))
    for a in 0..<count {
      var row = 0.0
      for b in 0..<count {
        let element = penalty.element(a, b, width: width, height: height)
        #expect(element == penalty.element(b, a, width: width, height: height))
        row += element * pixels[b]
      }
      #expect(abs(row - product[a]) < 1e-10)
    }
  }

  /// The map beside any separable penalty: (x − β)/step is a slope of the sum, and p of the variation at β.
  @Test(arguments: ListedRegularizer.variation, ListedRegularizer.separable)
  func variationHasItsProximalMap(_ listed: ListedRegularizer, _ beside: ListedRegularizer) throws {
    let penalty = try #require(listed.regularizer as? any VariationRegularizer)
    let separable = try #require(beside.regularizer as? any SeparableRegularizer)
    let (origin, step, tolerance) = (ListedRegularizer.numbers(5), 0.8, 1e-11)
    var dual: [Double] = []
    let pixels = penalty.proximal(
      origin, width: width, step: step, beside: separable, tolerance: tolerance,
      maximumIterations: 100_000, dual: &dual)
    let slope = zip(origin, pixels).map { ($0 - $1) / step }
    let value = listed.value(pixels) + beside.value(pixels)
    let pull = penalty.adjoint(dual, width: width)
    #expect(listed.value(pixels) - dot(pull, pixels) <= 2 * tolerance / step)
    for other in 10...40 as ClosedRange<UInt64> {
      let image = beside.image(other)
      #expect(dot(pull, image) <= listed.value(image) * (1 + 1e-12))
      let below = value + dot(slope, combination(image, -1, pixels))
      #expect(listed.value(image) + beside.value(image) >= below - 1e-8)
    }
    // From its own result on, the search is at its end.
    let again = penalty.proximal(
      origin, width: width, step: step, beside: separable, tolerance: tolerance,
      maximumIterations: 2, dual: &dual)
    #expect(zip(pixels, again).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test(arguments: ListedRegularizer.variation)
  func theAdjointIsThatOfTheDifferences(_ listed: ListedRegularizer) throws {
    let penalty = try #require(listed.regularizer as? any VariationRegularizer)
    for (width, height) in [(9, 7), (1, 5), (6, 1), (1, 1)] {
      let count = width * height
      let pixels = ListedRegularizer.numbers(1, count: count)
      let p = ListedRegularizer.numbers(2, count: 2 * count)
      var expected = 0.0
      for k in 0..<count {
        if k % width < width - 1 { expected += p[k] * (pixels[k + 1] - pixels[k]) }
        if k + width < count { expected += p[count + k] * (pixels[k + width] - pixels[k]) }
      }
      #expect(abs(dot(penalty.adjoint(p, width: width), pixels) - expected) < 1e-12)
    }
  }

  /// One bright pixel: four differences of one, of which the pixel's own two are one length.
  @Test func variationsOfAPoint() {
    var pixels = [Double](repeating: 0, count: count)
    pixels[3 * width + 4] = 1
    #expect(TotalSquaredVariation(weight: 0.5).value(pixels, width: width) == 2)
    let length = TotalVariation(weight: 0.5).value(pixels, width: width)
    #expect(abs(length - 1 - 0.5.squareRoot()) < 1e-15)
    let flat = [Double](repeating: 3, count: count)
    #expect(TotalVariation(weight: 0.5).value(flat, width: width) == 0)
  }

  /// β + t ln(β/m) = x from where β is all but zero to where it is all but x.
  @Test func entropyHasItsProximalMapAtAnyScale() {
    let prior = 1e-3
    for step in [1e-12, 1e-6, 1, 1e6] {
      let origins = [-600, -50, -1, 0, 0.3, 1, 1.5, 40, 1e6, 1e15].map { $0 * step }
      let penalty = MaximumEntropy(weight: 1, flux: prior * 10, count: 10)
      for (origin, value) in zip(origins, penalty.proximal(origins, step: step)) {
        #expect(value > 0)
        let logarithm = step * log(value / prior)
        // The last digit of β is one of its logarithm, too.
        let scale = max(abs(origin), abs(logarithm), value, step)
        #expect(abs(value + logarithm - origin) < 1e-14 * scale)
      }
    }
    let prior0 = MaximumEntropy(weight: 2, prior: [0, 1])
    #expect(prior0.proximal([5, 1], step: 1) == [0, 1])
    #expect(prior0.value([0, 1]) == 0 && prior0.value([1, 1]) == .infinity)
    #expect(prior0.value([0, -1]) == .infinity && prior0.value([0, 0]) == 2)
  }
}
