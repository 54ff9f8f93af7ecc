import ArrayFiles
import Foundation
import NumericalMethods
import Probability
import Surrogates
import Testing

@Suite struct GaussianProcessTests {
  private static let parameters = [log(0.7), log(1.6), log(0.05)]
  private static let data = Functions.data(rows: 60, features: 2, noise: 0.1) {
    [sin(3 * $0[0]) + $0[1]]
  }

  private static func correlation(_ kernel: StationaryKernel, _ r: Double) -> Double {
    switch kernel {
    case .squaredExponential: exp(-0.5 * r * r)
    case .matern52: (1 + 5.0.squareRoot() * r + 5 * r * r / 3) * exp(-5.0.squareRoot() * r)
    }
  }

  private static func differences(
    _ parameters: [Double], _ function: ([Double]) -> Double
  ) -> [Double] {
    parameters.indices.map { index in
      let step = 1e-5
      let values = [step, -step].map { change in
        var moved = parameters
        moved[index] += change
        return function(moved)
      }
      return (values[0] - values[1]) / (2 * step)
    }
  }

  /// A fit by its file: inputs, outputs, length scales and noise.
  private static func exact(
    _ kernel: StationaryKernel, x: [Double], y: [Double], parameters: [Double], outputs: Int = 1,
    isShared: Bool = false
  ) throws -> GaussianProcess.Fit {
    let (rows, sets) = (y.count / outputs, isShared ? 1 : outputs)
    var archive = NPZWriter()
    archive.add("x", NDArray(shape: [rows, x.count / rows], values: x))
    archive.add("y", NDArray(shape: [rows, outputs], values: y))
    archive.add(
      "parameters", NDArray(shape: [sets, parameters.count / sets], values: parameters))
    let path = FileManager.default.temporaryDirectory.path + "/process-\(UUID()).npz"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try archive.write(to: path)
    var method = GaussianProcess()
    (method.kernel, method.sharedKernel) = (kernel, isShared)
    return try method.restore(NPZArchive(path: path))
  }

  /// With one kernel for all, each output is what it would be alone with that kernel.
  @Test(arguments: StationaryKernel.allCases)
  func sharedKernelIsThatOfEachOutput(_ kernel: StationaryKernel) throws {
    let y = Self.data.y.enumerated().flatMap { [$1, 7 * cos(5 * $1), Double($0 % 3)] }
    let own = try Self.exact(
      kernel, x: Self.data.x, y: y, parameters: Self.parameters + Self.parameters + Self.parameters,
      outputs: 3)
    let shared = try Self.exact(
      kernel, x: Self.data.x, y: y, parameters: Self.parameters, outputs: 3, isShared: true)
    #expect(abs(shared.logMarginalLikelihood - own.logMarginalLikelihood) < 1e-9)
    let x = Functions.data(rows: 150, features: 2, seed: 3) { _ in [0] }.x
    let (a, b) = (shared.predict(x, threads: 2), own.predict(x, threads: 1))
    for index in a.mean.indices {
      #expect(abs(a.mean[index] - b.mean[index]) < 1e-10)
      #expect(abs(a.standardDeviation[index] - b.standardDeviation[index]) < 1e-10)
    }
  }

  @Test func kernelsAreSharedBySeveralOutputs() throws {
    func shared(_ outputs: Int) -> [Bool] {
      GaussianProcess.candidates(rows: 500, features: 2, outputs: outputs).map(\.sharedKernel)
    }
    #expect(shared(1) == [false, false])
    #expect(shared(2) == [true, true, false, false])
    var method = GaussianProcess()
    method.sharedKernel = true
    let data = Functions.data(rows: 100, features: 2) { [sin(3 * $0[0]), cos(3 * $0[0]) * $0[1]] }
    let fit = try method.fit(data, FittingContext())
    let test = Functions.data(rows: 100, features: 2, seed: 2) {
      [sin(3 * $0[0]), cos(3 * $0[0]) * $0[1]]
    }
    let inside = test.rows(
      (0..<100).filter { max(abs(test.x[2 * $0]), abs(test.x[2 * $0 + 1])) < 0.8 })
    for (mean, truth) in zip(fit.predict(inside.x, threads: 1).mean, inside.y) {
      #expect(abs(mean - truth) < 1e-2)
    }
  }

  @Test(arguments: StationaryKernel.allCases, [1, 2])
  func gradientOfLikelihoodIsItsSlope(_ kernel: StationaryKernel, outputs: Int) {
    let y = [Self.data.y, Self.data.y.map { cos(5 * $0) }]
    let likelihood = MarginalLikelihood(kernel, x: Self.data.x, y: Array(y.prefix(outputs)))
    let gradient = likelihood.value(at: Self.parameters).gradient
    let slopes = Self.differences(Self.parameters) { likelihood.value(at: $0).value }
    for (gradient, slope) in zip(gradient, slopes) {
      #expect(abs(gradient - slope) < 1e-5 * max(1, abs(slope)))
    }
  }

  @Test(arguments: StationaryKernel.allCases)
  func gradientOfBoundIsItsSlope(_ kernel: StationaryKernel) {
    let bound = InducingBound(kernel, x: Self.data.x, y: Self.data.y)
    let points = Array(Self.data.x[..<18]).map { $0 + 0.05 }
    let (_, gradient, pointGradient) = bound.value(at: Self.parameters, points)
    let slopes =
      Self.differences(Self.parameters) { bound.value(at: $0, points).value }
      + Self.differences(points) { bound.value(at: Self.parameters, $0).value }
    for (gradient, slope) in zip(gradient + pointGradient, slopes) {
      #expect(abs(gradient - slope) < 1e-5 * max(1, abs(slope)))
    }
  }

  /// Three points, with determinant and inverse by cofactors; other variances are less likely.
  @Test(arguments: StationaryKernel.allCases)
  func likelihoodIsThatOfANormalLaw(_ kernel: StationaryKernel) {
    let (x, y, scale, noise) = ([0, 0.5, 1.7], [0.3, 1.1, -0.8], 0.9, 0.2)
    func k(_ i: Int, _ j: Int) -> Double {
      Self.correlation(kernel, abs(x[i] - x[j]) / scale) + (i == j ? noise : 0)
    }
    let (a, b, c) = (k(0, 1), k(0, 2), k(1, 2))
    let d = 1 + noise
    let determinant = d * d * d + 2 * a * b * c - d * (a * a + b * b + c * c)
    let cofactors = [
      [d * d - c * c, b * c - a * d, a * c - b * d],
      [b * c - a * d, d * d - b * b, a * b - c * d],
      [a * c - b * d, a * b - c * d, d * d - a * a],
    ]
    var square = 0.0
    for i in 0..<3 { for j in 0..<3 { square += y[i] * cofactors[i][j] * y[j] / determinant } }
    func logDensity(variance: Double) -> Double {
      let logarithm = 3 * log(2 * .pi) + log(determinant) + 3 * log(variance)
      return -0.5 * (logarithm + square / variance)
    }
    let value = MarginalLikelihood(kernel, x: x, y: y).value(at: [log(scale), log(noise)]).value
    #expect(abs(value - logDensity(variance: square / 3)) < 1e-12)
    for factor in [0.5, 0.9, 1.1, 2] {
      #expect(value > logDensity(variance: factor * square / 3))
    }
  }

  /// Mean and variance at a third point from two, by the inverse of a 2 × 2 matrix.
  @Test(arguments: StationaryKernel.allCases)
  func posteriorOfTwoPoints(_ kernel: StationaryKernel) throws {
    let (x, y, scale, noise, place) = ([-0.4, 0.8], [1.2, -0.5], 0.6, 0.03, 0.3)
    let fit = try Self.exact(kernel, x: x, y: y, parameters: [log(scale), log(noise)])
    let prediction = fit.predict([place], threads: 1)
    let (d, k) = (1 + noise, Self.correlation(kernel, abs(x[1] - x[0]) / scale))
    let near = x.map { Self.correlation(kernel, abs($0 - place) / scale) }
    func solve(_ b: [Double]) -> [Double] {
      [(d * b[0] - k * b[1]) / (d * d - k * k), (d * b[1] - k * b[0]) / (d * d - k * k)]
    }
    let (weights, reduction) = (solve(y), solve(near))
    let variance = (y[0] * weights[0] + y[1] * weights[1]) / 2
    let mean = near[0] * weights[0] + near[1] * weights[1]
    let left = 1 + noise - near[0] * reduction[0] - near[1] * reduction[1]
    #expect(abs(prediction.mean[0] - mean) < 1e-13)
    #expect(abs(prediction.standardDeviation[0] - (variance * left).squareRoot()) < 1e-13)
  }

  @Test func interpolatesWithoutNoise() throws {
    let function = { (x: [Double]) in [sin(4 * x[0])] }
    let data = Functions.data(rows: 40, features: 1, function)
    let fit = try GaussianProcess().fit(data, FittingContext())
    let own = fit.predict(data.x, threads: 1)
    for (mean, truth) in zip(own.mean, data.y) { #expect(abs(mean - truth) < 1e-5) }
    let test = Functions.data(rows: 200, features: 1, seed: 2, function)
    let inside = test.rows(test.x.indices.filter { abs(test.x[$0]) < 0.9 })
    for (mean, truth) in zip(fit.predict(inside.x, threads: 1).mean, inside.y) {
      #expect(abs(mean - truth) < 1e-3)
    }
  }

  @Test(arguments: StationaryKernel.allCases)
  func boundIsBelowTheLikelihoodAndReachesIt(_ kernel: StationaryKernel) {
    let likelihood = MarginalLikelihood(kernel, x: Self.data.x, y: Self.data.y)
    let bound = InducingBound(kernel, x: Self.data.x, y: Self.data.y)
    let exact = likelihood.value(at: Self.parameters).value
    var last = -Double.infinity
    for size in [1, 3, 10, 30, 60] {
      let value = bound.value(at: Self.parameters, Array(Self.data.x[..<(2 * size)])).value
      #expect(value < exact)
      // One more point can only add to what is explained.
      #expect(value > last)
      last = value
    }
    // All rows: what is left is the 1e-8 that keeps their correlations regular.
    #expect(exact - last < 60 * 1e-8 / 0.05)
  }

  @Test func sparseProcessOfAllRowsIsTheExactOne() throws {
    var (sparse, exact) = (SparseGaussianProcess(), GaussianProcess())
    (sparse.kernel, exact.kernel) = (.squaredExponential, .squaredExponential)
    let (a, b) = (
      try sparse.fit(Self.data, FittingContext()), try exact.fit(Self.data, FittingContext())
    )
    #expect(abs(a.logMarginalLikelihoodBound - b.logMarginalLikelihood) < 1e-3)
    let test = Functions.data(rows: 100, features: 2, seed: 3) { _ in [0] }.x
    let (p, q) = (a.predict(test, threads: 1), b.predict(test, threads: 1))
    for index in p.mean.indices {
      #expect(abs(p.mean[index] - q.mean[index]) < 0.02 * q.standardDeviation[index])
      #expect(abs(p.standardDeviation[index] / q.standardDeviation[index] - 1) < 0.02)
    }
  }

  /// Places are searched with 20,000 of the rows, but all are learnt from: where noise is nearly all there is, ln p(y)
  /// is that of independent normal values, a row each.
  @Test func manyRowsAreAllLearntFrom() throws {
    let data = Functions.data(rows: 50_000, features: 2, noise: 1) { [0.1 * sin(3 * $0[0])] }
    var method = SparseGaussianProcess()
    method.inducingPoints = 8
    let bound = try method.fit(data, FittingContext(monitor: WorkMonitor(threads: 2)))
      .logMarginalLikelihoodBound
    let entropy = 0.5 * (1 + log(2 * .pi))
    // A mean of 50,000 squares is known to 0.6 %, half of which counts.
    #expect(abs(bound / 50_000 + entropy) < 4 * 0.0032)
  }

  /// Functions drawn from the prior, with noise: length scales and noise are found again, and error bars hold.
  @Test func errorBarsHoldForDrawsOfThePrior() throws {
    let (known, fresh, draws, noise) = (250, 250, 6, 0.1)
    let scales = [0.5, 1.5]
    var (within, square, noises) = (0, 0.0, [Double]())
    for draw in 0..<draws {
      let inputs = Functions.data(
        rows: known + fresh, features: 2, seed: UInt64(draw + 10)
      ) { _ in [0] }
      var matrix: [Double] = []
      for i in 0..<known + fresh {
        for j in 0..<known + fresh {
          let r = hypot(
            (inputs.x[2 * i] - inputs.x[2 * j]) / scales[0],
            (inputs.x[2 * i + 1] - inputs.x[2 * j + 1]) / scales[1])
          matrix.append(exp(-0.5 * r * r) + (i == j ? noise : 0))
        }
      }
      let factor = try #require(CholeskyFactor(matrix, count: known + fresh))
      var stream = RandomStream(seed: UInt64(draw), purpose: .noise)
      let normal = (0..<known + fresh).map { _ in stream.normal() }
      let y = normal.indices.map { row in
        (0...row).reduce(0.0) { $0 + factor.elements[row * (known + fresh) + $1] * normal[$1] }
      }
      let all = RegressionData(x: inputs.x, y: y, featureCount: 2, outputCount: 1)
      let (train, test) = (all.rows(0..<known), all.rows(known..<known + fresh))
      let fit = try GaussianProcess().fit(train, FittingContext())
      let prediction = fit.predict(test.x, threads: 1)
      for (index, truth) in test.y.enumerated() {
        let z = (prediction.mean[index] - truth) / prediction.standardDeviation[index]
        square += z * z
        if abs(z) < 1.6449 { within += 1 }
      }
      noises.append(prediction.standardDeviation.min()!)
    }
    let count = Double(draws * fresh)
    // 1,500 values: four standard errors are 3 % of them, and 0.15 of the mean square.
    #expect(abs(Double(within) / count - 0.9) < 0.03)
    #expect(abs(square / count - 1) < 0.15)
    // What remains where much is known is the noise, of which 250 rows tell 4.5 %.
    for found in noises { #expect(abs(found / noise.squareRoot() - 1) < 0.2) }
  }
}
