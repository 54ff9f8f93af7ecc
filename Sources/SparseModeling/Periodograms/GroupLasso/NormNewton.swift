import NumericalMethods

/// Newton's method for the group LASSO on a working set, with the norms η of the groups as unknowns.
///
/// min ½‖y − Xβ‖² + λ Σ‖β_g‖ over β is the minimum over η ≥ 0 of
///
///     f(η) = ½λ (yᵀ K⁻¹ y + Σ η_g),  K = λI + Σ η_g X_g X_gᵀ,
///
/// which is smooth and convex; there η_g = ‖β_g‖ and β_g = η_g a_g with a_g = X_gᵀ K⁻¹ y, so that ∂f/∂η_g
/// = ½λ (1 − ‖a_g‖²). Everything goes through M = λI + D^½ XᵀX D^½, D = diag η, however alike columns are.
/// Newton's step for 1/‖a_g‖ = 1, which is linear in η for orthogonal groups, has the matrix of Newton's
/// step for f and is tried first, as in trust-region methods.
///
/// Complexity: O((columns)³) a step, of which there are about five from a near start.
///
/// References: Bach, Jenatton, Mairal & Obozinski (2012), Found. Trends Mach. Learn. 4, 1, §5 (the form
/// with η); Bertsekas (1982), SIAM J. Control Optim. 20, 221 (projected steps); Moré & Sorensen (1983),
/// SIAM J. Sci. Stat. Comput. 4, 553 (the reciprocal).
struct NormNewton {
  let work: WorkingSet
  let penalty: Double
  private let responseSquare: Double
  /// Of the mean second derivative, added to all: groups that are alike to rounding, or more of them than
  /// points, have no Newton step of their own.
  private static let leastRidge = 1e-12
  private var size: Int { work.groupSize }

  /// f and what follows from η.
  struct Point {
    var norms: [Double]
    var value = 0.0
    /// β, `[columns]`
    var coefficients: [Double] = []
    /// Xᵀ K⁻¹ y, `[columns]`
    var directions: [Double] = []
    /// ‖a_g‖, `[groups]`
    var lengths: [Double] = []
    /// (P − D)/P of the problem with these groups only.
    var gap = 0.0
    fileprivate var active: [Int] = []
    fileprivate var factor: CholeskyFactor?
  }

  init(_ work: WorkingSet, penalty: Double) {
    self.work = work
    self.penalty = penalty
    responseSquare = dot(work.response, work.response)
  }

  /// Goes on from `norms` until the relative duality gap is at most `tolerance`, or no step helps.
  func minimum(from norms: [Double], tolerance: Double) -> (point: Point, steps: Int) {
    var point = evaluate(norms)
    var ridge = Self.leastRidge
    for step in 0..<100 {
      guard point.gap > tolerance, let next = improved(point, ridge: &ridge) else {
        return (point, step)
      }
      point = next
    }
    return (point, 100)
  }

  private func improved(_ point: Point, ridge: inout Double) -> Point? {
    let free = point.norms.indices.filter { point.norms[$0] > 0 || point.lengths[$0] > 1 }
    guard !free.isEmpty else { return nil }
    let lengths = free.map { point.lengths[$0] }
    let hessian = hessian(at: point, free: free)
    let mean = free.indices.reduce(0) { $0 + hessian[$1 * free.count + $1] } / Double(free.count)
    ridge = max(Self.leastRidge, ridge / 1000)
    while ridge < 1e6 {
      var ridged = hessian
      for k in free.indices { ridged[k * free.count + k] += ridge * mean }
      let model = BoundedQuadratic(matrix: ridged, lower: free.map { -point.norms[$0] })
      for slope in [
        lengths.map { $0 * $0 * ($0 - 1) }, lengths.map { ($0 * $0 - 1) / 2 },
      ] {
        guard let step = model.minimum(slope: slope) else { break }
        if let next = search(from: point, along: step, free: free) { return next }
      }
      ridge *= 100
    }
    return nil
  }

  /// The first point on the projected arc that lowers f enough.
  private func search(
    from point: Point, along step: [Double], free: [Int]
  ) -> Point? {
    for scale in [1, 0.5, 0.25] {
      var norms = point.norms
      var slope = 0.0
      for (k, group) in free.enumerated() {
        norms[group] = max(0, norms[group] + scale * step[k])
        let length = point.lengths[group]
        slope += penalty / 2 * (1 - length * length) * (norms[group] - point.norms[group])
      }
      if slope < 0 {
        let next = evaluate(norms)
        // Where f has no more digits to tell, the gap does.
        let rounding = 1e-14 * responseSquare
        if next.value <= point.value + 1e-4 * slope, -slope > rounding { return next }
        if -slope <= rounding, next.gap < 0.9 * point.gap { return next }
      }
    }
    return nil
  }

  private func evaluate(_ norms: [Double]) -> Point {
    var point = Point(norms: norms)
    let total = work.columnCount
    point.active = norms.indices.filter { norms[$0] > 0 }
      .flatMap { $0 * size..<($0 + 1) * size }
    let active = point.active
    let roots = active.map { norms[$0 / size].squareRoot() }
    let count = active.count
    point.coefficients = [Double](repeating: 0, count: total)
    if count > 0 {
      let matrix = [Double](unsafeUninitializedCapacity: count * count) { matrix, initialized in
        work.gram.withUnsafeBufferPointer { gram in
          for (i, row) in active.enumerated() {
            for j in 0...i {
              matrix[i * count + j] = roots[i] * roots[j] * gram[row * total + active[j]]
            }
            for j in i + 1..<max(count, i + 1) { matrix[i * count + j] = 0 }
            matrix[i * count + i] += penalty
          }
        }
        initialized = count * count
      }
      guard let factor = CholeskyFactor(matrix, count: count) else {
        preconditionFailure("λI + D^½ XᵀX D^½ is positive definite for numbers that are finite")
      }
      let solution = factor.solve(zip(roots, active).map { $0 * work.correlations[$1] })
      for (k, column) in active.enumerated() { point.coefficients[column] = roots[k] * solution[k] }
      point.factor = factor
    }
    let fitted = work.gram.withUnsafeBufferPointer { gram in
      point.coefficients.withUnsafeBufferPointer { coefficients in
        (0..<total).map {
          count > 0 ? dot(gram.baseAddress! + $0 * total, coefficients.baseAddress!, total) : 0
        }
      }
    }
    point.directions = zip(work.correlations, fitted).map { ($0 - $1) / penalty }
    point.lengths = norms.indices.map { norm(of: point.directions, group: $0) }
    let explained = dot(point.coefficients, work.correlations)
    point.value = (responseSquare - explained + penalty * norms.reduce(0, +)) / 2
    let square = responseSquare - 2 * explained + dot(point.coefficients, fitted)
    let absolute = norms.indices.reduce(0) { $0 + norm(of: point.coefficients, group: $1) }
    point.gap =
      GroupLassoGap(
        residualSquare: square, responseProduct: responseSquare - explained,
        penaltyTerm: penalty * absolute, excess: point.lengths.max() ?? 0
      ).relative
    return point
  }

  private func norm(of values: [Double], group: Int) -> Double {
    var square = 0.0
    for k in group * size..<(group + 1) * size { square += values[k] * values[k] }
    return square.squareRoot()
  }

  /// S_gh = a_gᵀ X_gᵀ K⁻¹ X_h a_h of the `free` groups, its lower triangle: λS is the matrix of f's second
  /// derivatives.
  private func hessian(at point: Point, free: [Int]) -> [Double] {
    let (total, count) = (work.columnCount, free.count)
    let active = point.active
    // XᵀX_g a_g
    let images = [Double](unsafeUninitializedCapacity: count * total) { images, initialized in
      images.initialize(repeating: 0)
      work.gram.withUnsafeBufferPointer { gram in
        for (k, group) in free.enumerated() {
          for row in group * size..<(group + 1) * size {
            let direction = point.directions[row]
            for column in 0..<total {
              images[k * total + column] += direction * gram[row * total + column]
            }
          }
        }
      }
      initialized = count * total
    }
    var matrix = [Double](repeating: 0, count: count * count)
    for i in 0..<count {
      for (j, group) in free[...i].enumerated() {
        var sum = 0.0
        for column in group * size..<(group + 1) * size {
          sum += images[i * total + column] * point.directions[column]
        }
        matrix[i * count + j] = sum / penalty
      }
    }
    if let factor = point.factor {
      let roots = active.map { point.norms[$0 / size].squareRoot() }
      var scaled = [Double](repeating: 0, count: count * active.count)
      for i in 0..<count {
        for (k, column) in active.enumerated() {
          scaled[i * active.count + k] = roots[k] * images[i * total + column]
        }
      }
      let solved = factor.solveForward(scaled)
      let product = DenseMatrix.productTransposed(
        solved, solved, m: count, n: count, k: active.count)
      for k in matrix.indices { matrix[k] -= product[k] / penalty }
    }
    return matrix
  }
}
