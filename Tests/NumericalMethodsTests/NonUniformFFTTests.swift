import Foundation
import NumericalMethods
import Numerics
import Probability
import Testing

/// A transform and the sums it stands for.
private struct Case: Sendable, CustomTestStringConvertible {
  var modes: [Int]
  var count: Int
  var tolerance: Double

  var testDescription: String { "\(modes), \(count) points, \(tolerance)" }

  /// The same points and numbers for the same case.
  func data() -> (x: [Double], y: [Double], strengths: [Complex<Double>], modes: [Complex<Double>])
  {
    var generator = RandomStream(seed: UInt64(count), purpose: .simulation)
    let angles = -3 * Double.pi...3 * Double.pi
    func points() -> [Double] { (0..<count).map { _ in .random(in: angles, using: &generator) } }
    func numbers(_ count: Int) -> [Complex<Double>] {
      (0..<count).map { _ in
        Complex(.random(in: -1...1, using: &generator), .random(in: -1...1, using: &generator))
      }
    }
    let x = points()
    return (
      x, modes.count == 1 ? [] : points(), numbers(count), numbers(modes.reduce(1, *))
    )
  }

  /// exp(±i k·x) for all modes at a point.
  func waves(_ x: Double, _ y: Double, _ sign: FourierTransform.Sign) -> [Complex<Double>] {
    let direction = Double(sign.rawValue)
    func line(_ count: Int, _ angle: Double) -> [Complex<Double>] {
      (0..<count).map { Complex(length: 1, phase: direction * Double($0 - count / 2) * angle) }
    }
    let row = line(modes[0], x)
    return modes.count == 1 ? row : line(modes[1], y).flatMap { v in row.map { $0 * v } }
  }
}

private func relativeDistance(_ a: [Complex<Double>], _ b: [Complex<Double>]) -> Double {
  let squares = zip(a, b).reduce(into: (0.0, 0.0)) {
    $0.0 += ($1.0 - $1.1).lengthSquared
    $0.1 += $1.1.lengthSquared
  }
  return (squares.0 / squares.1).squareRoot()
}

private let tolerances = [1e-3, 1e-4, 1e-6, 1e-8, 1e-9, 1e-10, 1e-12]

@Suite struct NonUniformFFTTests {
  private static let cases = tolerances.flatMap { tolerance in
    [[64, 64], [50, 33], [7, 120], [200], [513]].map {
      Case(modes: $0, count: 300, tolerance: tolerance)
    }
  }

  /// The root-mean-square error of sums over random numbers meets what was asked for; half of it again is
  /// left for the chance of the draw.
  @Test(arguments: cases) private func sums(_ test: Case) {
    let data = test.data()
    let plan = NonUniformFFT(modes: test.modes, tolerance: test.tolerance)
    plan.setPoints(x: data.x, y: data.y)
    for sign in FourierTransform.Sign.allCases {
      var modes = [Complex<Double>](repeating: .zero, count: plan.modeCount)
      var values: [Complex<Double>] = []
      for j in 0..<test.count {
        let waves = test.waves(data.x[j], data.y.isEmpty ? 0 : data.y[j], sign)
        for k in modes.indices { modes[k] += data.strengths[j] * waves[k] }
        values.append(zip(waves, data.modes).reduce(.zero) { $0 + $1.0 * $1.1 })
      }
      #expect(
        relativeDistance(plan.type1(data.strengths, sign: sign), modes) < 1.5 * test.tolerance)
      #expect(relativeDistance(plan.type2(data.modes, sign: sign), values) < 1.5 * test.tolerance)
    }
  }

  /// ⟨f, A c⟩ = ⟨A* f, c⟩ to rounding: type 1 with one sign and type 2 with the other share their errors.
  @Test(arguments: [
    Case(modes: [40, 30], count: 500, tolerance: 1e-5),
    Case(modes: [301], count: 1000, tolerance: 1e-7),
  ])
  private func adjoint(_ test: Case) {
    let data = test.data()
    let plan = NonUniformFFT(modes: test.modes, tolerance: test.tolerance)
    plan.setPoints(x: data.x, y: data.y)
    func product(_ a: [Complex<Double>], _ b: [Complex<Double>]) -> Complex<Double> {
      zip(a, b).reduce(.zero) { $0 + $1.0.conjugate * $1.1 }
    }
    let forward = product(data.modes, plan.type1(data.strengths, sign: .plus))
    let backward = product(plan.type2(data.modes, sign: .minus), data.strengths)
    #expect((forward - backward).length < 1e-12 * forward.length)
  }

  @Test(arguments: [
    Case(modes: [96, 80], count: 20_000, tolerance: 1e-6),
    Case(modes: [20_000], count: 30_000, tolerance: 1e-9),
  ])
  private func threadsChangeNothing(_ test: Case) {
    let data = test.data()
    let results = [1, 2, 3, 8].map { threads in
      let plan = NonUniformFFT(modes: test.modes, tolerance: test.tolerance, threads: threads)
      plan.setPoints(x: data.x, y: data.y)
      return plan.type1(data.strengths, sign: .plus) + plan.type2(data.modes, sign: .minus)
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test func manyTransformsAndNewPointsServeOnePlan() {
    let test = Case(modes: [24, 20], count: 200, tolerance: 1e-8)
    let data = test.data()
    let plan = NonUniformFFT(modes: test.modes, tolerance: test.tolerance)
    plan.setPoints(x: data.x, y: data.y)
    let doubled = data.strengths.map { Complex(2 * $0.real, 2 * $0.imaginary) }
    let once = plan.type1(data.strengths, sign: .plus)
    let both = plan.type1(data.strengths + doubled, sign: .plus)
    #expect(Array(both.prefix(plan.modeCount)) == once)
    #expect(
      Array(both.dropFirst(plan.modeCount)) == once.map { Complex(2 * $0.real, 2 * $0.imaginary) })

    // A single point at the origin of phases: every mode is its strength.
    plan.setPoints(x: [0], y: [0])
    let single = plan.type1([Complex(2, -1)], sign: .minus)
    let exact = single.map { _ in Complex(2.0, -1) }
    #expect(relativeDistance(single, exact) < 2 * test.tolerance)
  }

  /// Points at the multiples of a period's nth part: the discrete Fourier transform.
  @Test func uniformPointsGiveTheFastTransform() {
    let n = 48
    let test = Case(modes: [n], count: n, tolerance: 1e-11)
    let strengths = test.data().strengths
    let plan = NonUniformFFT(modes: [n], tolerance: 1e-11)
    plan.setPoints(x: (0..<n).map { 2 * .pi * Double($0) / Double(n) })
    let rows = FourierTransform.allocate(n)
    defer { rows.deallocate() }
    _ = rows.initialize(from: strengths)
    FourierTransform(length: n, count: 1, stride: n, sign: .minus).execute(rows.baseAddress!)
    let shifted = (0..<n).map { rows[($0 + n / 2) % n] }
    #expect(relativeDistance(plan.type1(strengths, sign: .minus), shifted) < 2e-11)
  }

  @Test func fastLengthsAreSmoothAndTight() {
    for least in 1...3000 {
      let length = FourierTransform.fastLength(atLeast: least)
      var odd = length
      while odd % 2 == 0 { odd /= 2 }
      #expect([1, 3, 5, 9, 15].contains(odd) && length >= least)
      #expect(least < 16 || Double(length) <= 1.26 * Double(least))
    }
  }
}
