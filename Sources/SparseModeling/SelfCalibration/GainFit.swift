import Foundation
import NumericalMethods
import Numerics

/// The gains of stations that baselines join, at one time and channel: those that minimise
///
///   Σ |v − g₁g₂* m|²/sigma² + Σ (ln|g|)²/s²
///
/// by Levenberg–Marquardt steps in ln|g| and arg g. In these the Gauss–Newton matrix has one block for
/// amplitudes and one for phases, and no more than that. Phases of raw data are random: steps start
/// from phases along the strongest baselines, improved as the leading eigenvector of the ratios of data
/// and model.
///
/// Complexity: O(baselines + *n*³) a step, *n* stations.
///
/// References: Cornwell & Wilkinson (1981), MNRAS 196, 1067 (priors on gains); Singer (2011), Appl. Comput.
/// Harmon. Anal. 30, 20 (phases by eigenvectors); Marquardt (1963), J. SIAM 11, 431.
struct GainFit {
  /// A baseline between stations, numbered from zero; all numbers in units of sigma.
  struct Baseline {
    let stations: (Int, Int)
    let value: Complex<Double>
    let model: Complex<Double>
  }

  private let count: Int
  /// Whose phase is zero.
  private let reference: Int
  private let baselines: [Baseline]
  /// 1/s² of each station; nil holds amplitudes at one.
  private let priorWeights: [Double]?

  private(set) var logarithms: [Double]
  private(set) var phases: [Double]
  /// What is minimised.
  private(set) var objective: Double

  /// - Parameters:
  ///   - baselines: they join all stations, and none of their models is zero.
  ///   - scatter: s of each station; nil holds amplitudes at one.
  init(count: Int, reference: Int, _ baselines: [Baseline], scatter: [Double]?) {
    (self.count, self.reference, self.baselines) = (count, reference, baselines)
    priorWeights = scatter.map { $0.map { 1 / ($0 * $0) } }
    logarithms = [Double](repeating: 0, count: count)
    phases = logarithms
    objective = .infinity
    descend()
    let untouched = (logarithms, phases, objective)
    logarithms = [Double](repeating: 0, count: count)
    phases = startingPhases()
    descend()
    // Where noise is all there is, the start may be a bad one.
    if !(objective <= untouched.2) { (logarithms, phases, objective) = untouched }
  }

  /// Standard deviations of ln|g| and arg g by the curvature of the objective; zero for what is held.
  ///
  /// A phase that nothing tells has that of a uniform one.
  var errors: (logarithms: [Double], phases: [Double]) {
    let system = normalSystem()
    var ofPhases = deviations(system.phases).map { min($0, .pi / 3.0.squareRoot()) }
    ofPhases[reference] = 0
    guard let priorWeights else { return ([Double](repeating: 0, count: count), ofPhases) }
    let ofLogarithms = zip(deviations(system.amplitudes), priorWeights).map { deviation, weight in
      min(deviation, 1 / weight.squareRoot())
    }
    return (ofLogarithms, ofPhases)
  }

  // MARK: Start

  /// Phases that agree with the strongest baselines one after the other, and then with all.
  private func startingPhases() -> [Double] {
    let ratios = baselines.map { $0.value * $0.model.conjugate }
    let order = ratios.indices.sorted { (-ratios[$0].length, $0) < (-ratios[$1].length, $1) }
    var gains = [Complex<Double>?](repeating: nil, count: count)
    gains[reference] = .one
    while let next = order.first(where: { index in
      let (a, b) = baselines[index].stations
      return (gains[a] == nil) != (gains[b] == nil)
    }) {
      let (a, b) = baselines[next].stations
      let turn = ratios[next].normalized ?? .one
      if let known = gains[b] {
        gains[a] = turn * known
      } else {
        gains[b] = turn.conjugate * gains[a]!
      }
    }
    var vector = gains.map { $0 ?? .one }
    // Normalised by the sums of rows, so that no baseline outshines all others; the eigenvalues lie
    // between −1 and 1, and all the same phase gives the largest.
    var sums = [Double](repeating: 0, count: count)
    for (baseline, ratio) in zip(baselines, ratios) {
      sums[baseline.stations.0] += ratio.length
      sums[baseline.stations.1] += ratio.length
    }
    let roots = sums.map { max($0, .leastNormalMagnitude).squareRoot() }
    for k in vector.indices { vector[k] = vector[k].multiplied(by: roots[k]) }
    for _ in 0..<30 {
      var next = vector
      for (baseline, ratio) in zip(baselines, ratios) {
        let (a, b) = baseline.stations
        let scaled = ratio.divided(by: roots[a]).divided(by: roots[b])
        next[a] += scaled * vector[b]
        next[b] += scaled.conjugate * vector[a]
      }
      vector = next
    }
    let zero = vector[reference].phase
    return vector.indices.map { k in
      let phase = vector[k].phase - zero
      return k == reference || !phase.isFinite ? 0 : phase
    }
  }

  // MARK: Steps

  private typealias System = (
    amplitudes: [[Double]], phases: [[Double]], amplitudeSlope: [Double], phaseSlope: [Double]
  )

  private mutating func descend() {
    objective = value(logarithms, phases)
    guard objective.isFinite else { return }
    var damping = 1e-3
    for _ in 0..<200 {
      let system = normalSystem()
      var isLower = false
      var size = 0.0
      while !isLower, damping < 1e12 {
        let phaseStep = solve(system.phases, system.phaseSlope, damping)
        let step =
          priorWeights == nil
          ? [Double](repeating: 0, count: count)
          : solve(system.amplitudes, system.amplitudeSlope, damping)
        let next = (zip(logarithms, step).map { $0 + $1 }, zip(phases, phaseStep).map { $0 + $1 })
        let nextObjective = value(next.0, next.1)
        size = (step + phaseStep).reduce(0) { max($0, abs($1)) }
        // The objective is flat to rounding before the gains are; the slope is not.
        isLower = nextObjective <= objective * (1 + 1e-13)
        if isLower {
          (logarithms, phases) = next
          objective = nextObjective
          damping = max(damping / 10, 1e-15)
        } else {
          if size < 1e-11 { break }
          damping *= 10
        }
      }
      if !isLower || size < 1e-11 { break }
    }
    phases = phases.map { remainder($0, 2 * .pi) }
  }

  private func predicted(
    _ baseline: Baseline, _ logarithms: [Double], _ phases: [Double]
  ) -> Complex<Double> {
    let (a, b) = baseline.stations
    return baseline.model
      * Complex(length: exp(logarithms[a] + logarithms[b]), phase: phases[a] - phases[b])
  }

  private func value(_ logarithms: [Double], _ phases: [Double]) -> Double {
    let misfit = baselines.reduce(0) { sum, baseline in
      sum + (baseline.value - predicted(baseline, logarithms, phases)).lengthSquared
    }
    guard let priorWeights else { return misfit }
    return zip(priorWeights, logarithms).reduce(misfit) { $0 + $1.0 * $1.1 * $1.1 }
  }

  /// Half of the Gauss–Newton matrix, and minus half of the gradient.
  private func normalSystem() -> System {
    let zeros = [Double](repeating: 0, count: count)
    var system: System = (
      [[Double]](repeating: zeros, count: count), [[Double]](repeating: zeros, count: count), zeros,
      zeros
    )
    for baseline in baselines {
      let (a, b) = baseline.stations
      let prediction = predicted(baseline, logarithms, phases)
      let power = prediction.lengthSquared
      let along = prediction.conjugate * (baseline.value - prediction)
      for (i, j, sign) in [(a, b, 1.0), (b, a, -1.0)] {
        system.amplitudes[i][i] += power
        system.amplitudes[i][j] += power
        system.phases[i][i] += power
        system.phases[i][j] -= power
        system.amplitudeSlope[i] += along.real
        system.phaseSlope[i] += sign * along.imaginary
      }
    }
    if let priorWeights {
      for k in 0..<count {
        system.amplitudes[k][k] += priorWeights[k]
        system.amplitudeSlope[k] -= priorWeights[k] * logarithms[k]
      }
    }
    // The reference keeps its phase.
    for k in 0..<count where k != reference {
      system.phases[k][reference] = 0
      system.phases[reference][k] = 0
    }
    system.phases[reference][reference] = 1
    system.phaseSlope[reference] = 0
    return system
  }

  /// The step of a damped system; zero along what the matrix does not tell to rounding.
  private func solve(_ matrix: [[Double]], _ right: [Double], _ damping: Double) -> [Double] {
    var system = CholeskySystem()
    var kept: [Int] = []
    for row in matrix.indices where matrix[row][row] > 0 {
      let elements = kept.map { matrix[row][$0] } + [matrix[row][row] * (1 + damping)]
      if system.append([elements], right: [right[row]])[0] { kept.append(row) }
    }
    var result = [Double](repeating: 0, count: right.count)
    for (row, value) in zip(kept, system.solution) where value.isFinite { result[row] = value }
    return result
  }

  /// Roots of the inverse's diagonal.
  private func deviations(_ matrix: [[Double]]) -> [Double] {
    matrix.indices.map { k in
      var unit = [Double](repeating: 0, count: count)
      unit[k] = 1
      let variance = solve(matrix, unit, 0)[k]
      return variance > 0 ? variance.squareRoot() : .infinity
    }
  }
}
