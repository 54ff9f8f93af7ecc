import Foundation
import NumericalMethods
import Testing

@Suite struct LeastSquaresTests {
  /// Misra1a of NIST's Statistical Reference Datasets (Misra 1978): y = b1 (1 − exp(−b2 x)), with the
  /// certified values and both starting points.
  @Test(arguments: [[500, 1e-4], [250, 5e-4]]) func misra1a(start: [Double]) throws {
    let y = [
      10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47,
      81.78,
    ]
    let x = [
      77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1,
      760.0,
    ]
    let fit = try LeastSquares.minimize(start: start, count: y.count) { b, residuals in
      for i in y.indices { residuals[i] = b[0] * (1 - exp(-b[1] * x[i])) - y[i] }
    }
    #expect(abs(fit.parameters[0] / 2.389_421_291_8e2 - 1) < 1e-6)
    #expect(abs(fit.parameters[1] / 5.501_564_318_1e-4 - 1) < 1e-6)
    #expect(abs(fit.sum / 1.245_513_889_4e-1 - 1) < 1e-8)
  }

  /// Rosenbrock (1960): a curved valley with its minimum 0 at (1, 1).
  @Test(arguments: [[-1.2, 1], [10, -10], [0, 0]]) func rosenbrock(start: [Double]) throws {
    let fit = try LeastSquares.minimize(start: start, count: 2) { p, residuals in
      residuals[0] = 10 * (p[1] - p[0] * p[0])
      residuals[1] = 1 - p[0]
    }
    #expect(fit.parameters.allSatisfy { abs($0 - 1) < 1e-6 })
    #expect(fit.sum < 1e-12)
  }

  /// A straight line has its solution in closed form, residuals of a row a stride apart included.
  @Test func straightLine() throws {
    let x = (0..<20).map(Double.init)
    let y = x.map { 2 - 0.7 * $0 + sin(13 * $0) }
    let fit = try LeastSquares.minimize(start: [0, 0], count: x.count) { p, residuals in
      for i in x.indices { residuals[i] = p[0] + p[1] * x[i] - y[i] }
    }
    let count = Double(x.count)
    let (meanX, meanY) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
    let slope =
      zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
      / x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
    #expect(abs(fit.parameters[1] - slope) < 1e-7)
    #expect(abs(fit.parameters[0] - (meanY - slope * meanX)) < 1e-7)
  }

  /// Never a crash, a hang, or an answer.
  @Test(.timeLimit(.minutes(1)), arguments: [Double.nan, .infinity, -.infinity])
  func uselessResidualsAreAnError(value: Double) {
    #expect(throws: NumericalError.self) {
      try LeastSquares.minimize(start: [1, 1], count: 3) { _, residuals in
        residuals.update(repeating: value)
      }
    }
  }

  /// A wall where the residuals have no value, between the start and the minimum at −3.
  @Test(.timeLimit(.minutes(1)), arguments: [Double.nan, .infinity])
  func stepsIntoTheVoidAreTurnedDown(value: Double) throws {
    let fit = try LeastSquares.minimize(start: [2], count: 2) { p, residuals in
      residuals[0] = p[0] < 0 ? value : p[0] + 3
      residuals[1] = 0
    }
    #expect(fit.parameters[0] >= 0 && fit.sum <= 25)
    #expect(abs(fit.sum - pow(fit.parameters[0] + 3, 2)) < 1e-9)
  }
}
