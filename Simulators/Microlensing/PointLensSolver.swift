import CVector
import Foundation

/// A point-source point-lens curve: what `PointLensSolver` finds.
public struct PointLensSolution: Sendable, Equatable {
  /// flux = baseline + sourceFlux (A − 1) of one data set.
  public struct Line: Sendable, Equatable {
    public let sourceFlux: Double
    public let baseline: Double
    public let baselineError: Double
  }

  public let t0: Double
  public let u0: Double
  public let tE: Double
  public let chi2: Double
  /// One per data set.
  public let lines: [Line]
}

/// Least-squares fits of a point lens to photometry of several data sets, fast enough to be made of
/// every training curve.
///
/// Source flux and baseline of each data set are projected out, so that only t0, tE and u0 are searched,
/// by Levenberg–Marquardt with Kaufman's approximate derivatives of the projected residuals.
///
/// References: Paczyński (1986), ApJ 304, 1, eq. 11 (magnification); Golub & Pereyra (2003), Inverse
/// Problems 19, R1 (variable projection); Kaufman (1975), BIT 15, 49.
public struct PointLensSolver: Sendable {
  typealias Lanes = SIMD8<Double>

  private struct DataSet: Sendable {
    let times: [Lanes]
    /// Inverse variances; 0 fills the last lanes.
    let weights: [Lanes]
    let count: Int
  }

  private let dataSets: [DataSet]
  /// Subtracted from times, for accuracy.
  private let origin: Double

  /// - Parameters:
  ///   - times: of each data set, any common system.
  ///   - errors: of the fluxes that will be fitted.
  public init(times: [[Double]], errors: [[Double]]) {
    precondition(!times.isEmpty && times.count == errors.count)
    let origin = times[0][0]
    self.origin = origin
    dataSets = zip(times, errors).map { times, errors in
      DataSet(
        times: Self.lanes(times.map { $0 - origin }, fill: times.last! - origin),
        weights: Self.lanes(errors.map { 1 / ($0 * $0) }, fill: 0), count: times.count)
    }
  }

  /// Fits fluxes (one array per data set) from a start, in at most `iterations` steps.
  ///
  /// u0 stays in 10⁻³ … 3 and tE within a factor of 30 of the start.
  ///
  /// - Complexity: O(iterations · points), about 1 ns per point.
  public func solve(
    _ flux: [[Double]], t0: Double, u0: Double, tE: Double, iterations: Int = 12
  ) -> PointLensSolution {
    precondition(flux.count == dataSets.count)
    let values = zip(flux, dataSets).map { flux, set in
      precondition(flux.count == set.count)
      return Self.lanes(flux, fill: 0)
    }
    var point = (t0: t0 - origin, logTE: log(tE), logU0: log(min(max(u0, 1e-3), 3)))
    let tERange = (log(tE / 30))...(log(tE * 30))
    var current = normalEquations(values, point)
    var damping = 1e-2
    for _ in 0..<iterations {
      guard let step = Self.solve(current, damping: damping) else { break }
      let next = (
        t0: point.t0 + step[0] * exp(point.logTE),
        logTE: min(max(point.logTE + step[1], tERange.lowerBound), tERange.upperBound),
        logU0: min(max(point.logU0 + step[2], log(1e-3)), log(3))
      )
      let trial = normalEquations(values, next)
      if trial.chi2 < current.chi2 {
        let gain = current.chi2 - trial.chi2
        (point, current) = (next, trial)
        damping *= 0.2
        if gain < 1e-3 { break }
      } else {
        damping *= 8
        if damping > 1e6 { break }
      }
    }
    return PointLensSolution(
      t0: point.t0 + origin, u0: exp(point.logU0), tE: exp(point.logTE), chi2: current.chi2,
      lines: current.lines)
  }

  /// The residuals in units of the errors, one array per data set.
  public func residuals(_ flux: [[Double]], of solution: PointLensSolution) -> [[Double]] {
    dataSets.indices.map { index in
      let set = dataSets[index]
      let line = solution.lines[index]
      let values = flux[index]
      return [Double](unsafeUninitializedCapacity: set.times.count * 8) { buffer, count in
        for i in 0..<set.times.count {
          let tau = (set.times[i] - (solution.t0 - origin)) / solution.tE
          let excess = Self.excess(tau * tau + solution.u0 * solution.u0).value
          let model = excess * line.sourceFlux + line.baseline
          let scale = f64x8_sqrt(set.weights[i])
          for lane in 0..<8 where 8 * i + lane < set.count {
            buffer[8 * i + lane] = (values[8 * i + lane] - model[lane]) * scale[lane]
          }
        }
        count = set.count
      }
    }
  }

  private struct NormalEquations {
    var matrix = (SIMD3<Double>.zero, SIMD3<Double>.zero, SIMD3<Double>.zero)
    var gradient = SIMD3<Double>.zero
    var chi2 = 0.0
    var lines: [PointLensSolution.Line] = []
  }

  /// A − 1 of w = u², free of cancellation, and its derivative by w.
  @inline(__always)
  private static func excess(_ w: Lanes) -> (value: Lanes, derivative: Lanes) {
    let square = w * (w + 4)
    let root = f64x8_sqrt(square)
    return (4 / (root * (w + 2 + root)), -4 / (square * root))
  }

  /// Weighted sums over the points of one data set: of the columns e = A − 1, y = flux and the three
  /// derivatives of e, and of their products.
  private struct Moments {
    var w = Lanes.zero, e = Lanes.zero, y = Lanes.zero
    var d0 = Lanes.zero, d1 = Lanes.zero, d2 = Lanes.zero
    var ee = Lanes.zero, ey = Lanes.zero, yy = Lanes.zero
    var e0 = Lanes.zero, e1 = Lanes.zero, e2 = Lanes.zero
    var y0 = Lanes.zero, y1 = Lanes.zero, y2 = Lanes.zero
    var d00 = Lanes.zero, d01 = Lanes.zero, d02 = Lanes.zero
    var d11 = Lanes.zero, d12 = Lanes.zero, d22 = Lanes.zero
  }

  private func normalEquations(
    _ values: [[Lanes]], _ point: (t0: Double, logTE: Double, logU0: Double)
  ) -> NormalEquations {
    var result = NormalEquations()
    for (set, flux) in zip(dataSets, values) {
      Self.add(Self.moments(set, flux, point), to: &result)
    }
    return result
  }

  private static func moments(
    _ set: DataSet, _ flux: [Lanes], _ point: (t0: Double, logTE: Double, logU0: Double)
  ) -> Moments {
    let inverseTE = exp(-point.logTE)
    let u2 = exp(2 * point.logU0)
    var m = Moments()
    for i in 0..<set.times.count {
      let w = set.weights[i]
      let y = flux[i]
      let tau = (set.times[i] - point.t0) * inverseTE
      let (e, slope) = excess(tau * tau + u2)
      let d0 = slope * tau * -2
      let d1 = d0 * tau
      let d2 = slope * (2 * u2)
      let (we, wy, w0, w1, w2) = (w * e, w * y, w * d0, w * d1, w * d2)
      m.w += w
      m.e += we
      m.y += wy
      m.d0 += w0
      m.d1 += w1
      m.d2 += w2
      m.ee.addProduct(we, e)
      m.ey.addProduct(we, y)
      m.yy.addProduct(wy, y)
      m.e0.addProduct(w0, e)
      m.e1.addProduct(w1, e)
      m.e2.addProduct(w2, e)
      m.y0.addProduct(w0, y)
      m.y1.addProduct(w1, y)
      m.y2.addProduct(w2, y)
      m.d00.addProduct(w0, d0)
      m.d01.addProduct(w0, d1)
      m.d02.addProduct(w0, d2)
      m.d11.addProduct(w1, d1)
      m.d12.addProduct(w1, d2)
      m.d22.addProduct(w2, d2)
    }
    return m
  }

  /// Projects means and e out of the columns of one data set and adds its normal equations.
  private static func add(_ m: Moments, to result: inout NormalEquations) {
    let (w, e, y) = (m.w.sum(), m.e.sum(), m.y.sum())
    let ee = m.ee.sum() - e * e / w
    let ey = m.ey.sum() - e * y / w
    let yy = m.yy.sum() - y * y / w
    let hasSignal = ee > 1e-12 * e * e / w && ee > 0
    let slope = hasSignal ? ey / ee : 0
    result.chi2 += max(yy - slope * ey, 0)
    result.lines.append(
      .init(
        sourceFlux: slope, baseline: (y - slope * e) / w,
        baselineError: (1 / w + (hasSignal ? e * e / (w * w * ee) : 0)).squareRoot()))
    guard hasSignal else { return }
    let d = SIMD3(m.d0.sum(), m.d1.sum(), m.d2.sum())
    let de = SIMD3(m.e0.sum(), m.e1.sum(), m.e2.sum()) - d * (e / w)
    let dy = SIMD3(m.y0.sum(), m.y1.sum(), m.y2.sum()) - d * (y / w)
    let products = (
      SIMD3(m.d00.sum(), m.d01.sum(), m.d02.sum()), SIMD3(m.d01.sum(), m.d11.sum(), m.d12.sum()),
      SIMD3(m.d02.sum(), m.d12.sum(), m.d22.sum())
    )
    let square = slope * slope
    result.matrix.0 += square * (products.0 - d[0] * d / w - de[0] * de / ee)
    result.matrix.1 += square * (products.1 - d[1] * d / w - de[1] * de / ee)
    result.matrix.2 += square * (products.2 - d[2] * d / w - de[2] * de / ee)
    result.gradient += slope * (dy - de * slope)
  }

  /// The damped step (M + λ diag M)⁻¹ g by Cramer's rule; nil when singular.
  private static func solve(_ equations: NormalEquations, damping: Double) -> SIMD3<Double>? {
    var (a, b, c) = equations.matrix
    a[0] = a[0] * (1 + damping) + 1e-12
    b[1] = b[1] * (1 + damping) + 1e-12
    c[2] = c[2] * (1 + damping) + 1e-12
    let (bc, ca, ab) = (cross(b, c), cross(c, a), cross(a, b))
    let determinant = (a * bc).sum()
    guard determinant.isNormal else { return nil }
    // The matrix is symmetric, so its rows are its columns.
    let g = equations.gradient
    let step = (bc * g[0] + ca * g[1] + ab * g[2]) / determinant
    guard step.x.isFinite, step.y.isFinite, step.z.isFinite else { return nil }
    return step.clamped(lowerBound: SIMD3(repeating: -1), upperBound: SIMD3(repeating: 1))
  }

  private static func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
  }

  private static func lanes(_ values: [Double], fill: Double) -> [Lanes] {
    stride(from: 0, to: values.count, by: 8).map { start in
      var lanes = Lanes(repeating: fill)
      for i in start..<min(start + 8, values.count) { lanes[i - start] = values[i] }
      return lanes
    }
  }
}
