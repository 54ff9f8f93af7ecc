import NumericalMethods

/// The group LASSO, min ½‖y − Xβ‖² + λ Σ‖β_g‖₂ over β, for one λ after another; with groups of one column,
/// the LASSO.
///
/// A working set of groups is solved by Newton's method; the certificates ‖X_gᵀ r‖ of all others give the
/// duality gap and the groups to add: those that stand out among their neighbours. Each λ starts from the
/// solution of the one before.
///
/// References: Yuan & Lin (2006), J. R. Stat. Soc. B 68, 49; Simon & Tibshirani (2012), Stat. Sin. 22,
/// 983 (groups of orthonormal columns); Massias, Gramfort & Salmon (2018), ICML, 3315 (working sets).
public final class GroupLasso<Dictionary: GroupDictionary> {
  public struct Configuration: Codable, Sendable, Equatable {
    /// (P − D)/P at which a solution is good enough.
    public var tolerance = 1e-6
    /// Certificates of the whole dictionary for one λ at most; about five are usual.
    public var rounds = 200

    public init(tolerance: Double = 1e-6, rounds: Int = 200) {
      precondition(tolerance > 0 && rounds > 0)
      self.tolerance = tolerance
      self.rounds = rounds
    }
  }

  public let dictionary: Dictionary
  public let response: [Double]
  public let configuration: Configuration
  /// λmax, the least penalty for which nothing is left.
  public let largestPenalty: Double
  private var certificates: ScreenedCertificates<Dictionary>
  private var work: WorkingSet
  private var norms: [Double] = []
  private var residual: [Double]

  /// - Parameter response: y, `[points]`, as the columns: whitened, baseline projected out.
  ///
  /// Complexity: the certificates of the whole dictionary once.
  public init(
    _ dictionary: Dictionary, response: [Double], configuration: Configuration = .init()
  ) {
    precondition(response.count == dictionary.pointCount)
    precondition(response.allSatisfy(\.isFinite))
    self.dictionary = dictionary
    self.response = response
    self.configuration = configuration
    residual = response
    work = WorkingSet(groupSize: dictionary.groupSize, response: response)
    certificates = ScreenedCertificates(dictionary)
    certificates.update(response, level: 0)
    largestPenalty = certificates.maximum
  }

  /// Blocks of certificates computed so far.
  public var blockTransforms: Int { certificates.blockCount }

  /// The minimum for λ = `penalty` > 0, starting from that of the last call.
  public func solve(penalty: Double) -> GroupLassoSolution {
    precondition(penalty > 0 && penalty.isFinite)
    certificates.begin()
    // What the last λ left for this one.
    admit(penalty: penalty, isFar: false)
    var innerTolerance = 1e-3
    var steps = 0
    for round in 1... {
      let (point, newSteps) = NormNewton(work, penalty: penalty).minimum(
        from: norms, tolerance: innerTolerance)
      steps += newSteps
      norms = point.norms
      residual = work.residual(of: point.coefficients)
      certificates.update(residual, level: penalty)
      certificates.correct(work.groups, to: point.lengths.map { $0 * penalty })
      let gap = GroupLassoGap(
        residualSquare: dot(residual, residual), responseProduct: dot(response, residual),
        penaltyTerm: penalty * zip(norms, point.lengths).reduce(0) { $0 + $1.0 * $1.1 },
        excess: certificates.maximum / penalty)
      let isConverged = gap.relative <= configuration.tolerance
      // Nothing to add, and Newton's method at the end of its digits.
      let isStuck = newSteps == 0 && innerTolerance < 1e-13
      if isConverged || isStuck || round == configuration.rounds {
        return solution(
          point, penalty: penalty, gap: gap, isConverged: isConverged, rounds: round, steps: steps)
      }
      certificates.ruleOut(
        center: residual.map { $0 * gap.scale }, radius: (2 * gap.absolute).squareRoot(),
        penalty: penalty)
      let added = admit(penalty: penalty, isFar: gap.relative > 0.1)
      innerTolerance = min(innerTolerance, 0.03 * gap.relative)
      if added == 0 { innerTolerance = min(innerTolerance * 0.1, point.gap * 0.1) }
    }
    preconditionFailure("rounds end")
  }

  /// Takes the groups that exceed λ most into the working set, and leaves those out that are of no use.
  @discardableResult
  private func admit(penalty: Double, isFar: Bool) -> Int {
    let active = norms.indices.filter { norms[$0] > 0 }
    work.keep(active)
    norms = active.map { norms[$0] }
    // Half as many again, or as many far from the end: those that enter late know what those before them
    // explain.
    let peaks = certificates.peaks(above: penalty * (1 + 1e-12))
      .filter { !work.members.contains($0) }
    let added = Array(peaks.prefix(max(16, isFar ? active.count : active.count / 2)))
    work.append(added, columns: dictionary.columns(of: added))
    norms += [Double](repeating: 0, count: added.count)
    return added.count
  }

  private func solution(
    _ point: NormNewton.Point, penalty: Double, gap: GroupLassoGap, isConverged: Bool, rounds: Int,
    steps: Int
  ) -> GroupLassoSolution {
    let size = work.groupSize
    let order = norms.indices.filter { norms[$0] > 0 }
      .sorted { work.groups[$0] < work.groups[$1] }
    return GroupLassoSolution(
      penalty: penalty, groups: order.map { work.groups[$0] }, groupSize: size,
      coefficients: order.flatMap { point.coefficients[$0 * size..<($0 + 1) * size] },
      norms: order.map { point.norms[$0] * point.lengths[$0] },
      residual: residual, objective: gap.objective, relativeGap: gap.relative,
      isConverged: isConverged, rounds: rounds, newtonSteps: steps)
  }
}
