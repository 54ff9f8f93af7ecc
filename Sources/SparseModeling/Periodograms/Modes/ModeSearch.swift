import NumericalMethods

/// The frequencies of a given number of sinusoids that fit best together.
///
/// χ² has many local minima: frequencies and their aliases, one in place of two. The search keeps several
/// models of each size. It goes from one size to the next by a scan beside each model, whose highest peaks
/// are refined together with what is there; then one mode after another is taken out of the best and
/// looked for anew over the whole grid, until no exchange lowers χ².
///
/// Complexity: `beam` × modes + `exchanged` × modes × rounds scans.
public final class ModeSearch {
  public struct Configuration: Codable, Sendable, Equatable {
    /// 0: a mean in each band; 1: a trend as well.
    public var baselineDegree = 0
    /// Models kept of one mode; of k modes, 2/(k + 1) as many, but two. One is prewhitening with a joint
    /// fit; an alias that fits better alone than the frequency itself needs several.
    public var beam = 12
    /// Peaks of each scan that are refined.
    public var peaks = 12
    /// Models of each size that go through exchanges; not more than half of those kept.
    public var exchanged = 3
    /// Least distance of two modes in 1/T: below, a pair is one mode of changing amplitude.
    public var separation = 0.25

    public init() {}
  }

  /// Frequencies with χ².
  struct Candidate: Sendable {
    var frequencies: [Double]
    var chiSquare: Double
  }

  public let series: WhitenedSeries
  public let grid: FrequencyGrid
  public let configuration: Configuration
  /// Whether to end with what is found so far.
  public var isInterrupted: @Sendable () -> Bool = { false }
  let scan: ModeScan
  /// By number of modes, best first.
  private var levels: [[Candidate]]
  /// From elsewhere, by number of modes.
  private var offered: [Int: [Candidate]] = [:]
  /// By number of modes, whose frequencies are in increasing order.
  private var scans: [Int: [(frequencies: [Double], peaks: [ModeScan.Peak])]] = [:]

  public init(
    _ series: [TimeSeries], grid: FrequencyGrid, configuration: Configuration = Configuration(),
    threads: Int = 1
  ) {
    let whitened = WhitenedSeries(series, baselineDegree: configuration.baselineDegree)
    self.series = whitened
    self.grid = grid
    self.configuration = configuration
    scan = ModeScan(whitened, grid: grid, threads: threads)
    levels = [[Candidate(frequencies: [], chiSquare: whitened.chiSquare)]]
  }

  /// The best model found of `count` modes, by decreasing amplitude; nil where there is none whose modes
  /// are far enough apart.
  public func model(modes count: Int) -> SinusoidModel? {
    guard let best = best(modes: count) else { return nil }
    let model = SinusoidModel(series, frequencies: best.frequencies)
    let order = model.modes.indices.sorted {
      (model.modes[$0].amplitude, $1) > (model.modes[$1].amplitude, $0)
    }
    return SinusoidModel(
      series, frequencies: order.map { model.frequencies[$0] }, refined: false)
  }

  func best(modes count: Int) -> Candidate? {
    while levels.count <= count { levels.append(grow(levels.last!)) }
    return levels[count].first
  }

  /// Frequencies from elsewhere, the support of a LASSO for one: the best subsets of each size, refined
  /// together, compete with what the search has found; to be called before models are asked for.
  ///
  /// From one size to the next each candidate is tried beside the three best models.
  ///
  /// Complexity: 3 × candidates refinements a mode.
  public func consider(candidates: [Double], upTo count: Int) {
    precondition(levels.count == 1)
    var models = levels[0]
    for size in 1...max(1, count) where series.degreesOfFreedom(modes: size) > 0 && count > 0 {
      let refinement = FrequencyRefinement(series, modes: size)
      var found: [Candidate] = []
      for model in models.prefix(3) {
        let extended = candidates.compactMap { candidate -> Candidate? in
          let (frequencies, chiSquare) = refinement.refine(
            model.frequencies + [candidate], tolerance: 1e-2, maximumSteps: 4)
          return isValid(frequencies)
            ? Candidate(frequencies: frequencies, chiSquare: chiSquare) : nil
        }
        insert(extended, into: &found)
      }
      offered[size] = found
      models = found
    }
  }

  /// The frequencies of a LASSO's support: local maxima of the norms, so that what the grid splits among
  /// neighbours counts once, and close pairs twice.
  ///
  /// - Parameters:
  ///   - groups: indices of the grid, in increasing order.
  ///   - norms: of them.
  public static func candidates(groups: [Int], norms: [Double], grid: FrequencyGrid) -> [Double] {
    precondition(groups.count == norms.count)
    func norm(_ place: Int, _ group: Int) -> Double {
      groups.indices.contains(place) && groups[place] == group ? norms[place] : 0
    }
    return groups.indices.filter { place in
      norms[place] > norm(place - 1, groups[place] - 1)
        && norms[place] >= norm(place + 1, groups[place] + 1)
    }.map { grid[groups[$0]] }
  }

  /// Models of one mode more.
  private func grow(_ models: [Candidate]) -> [Candidate] {
    guard let first = models.first else { return [] }
    let count = first.frequencies.count + 1
    guard series.degreesOfFreedom(modes: count) > 0 else { return [] }
    let refinement = FrequencyRefinement(series, modes: count)
    var found: [Candidate] = []
    let kept = min(configuration.beam, max(2, 2 * configuration.beam / (count + 1)))
    for model in models {
      let limit = found.count < kept ? .infinity : found[kept - 1].chiSquare
      insert(extensions(of: model, refinement, below: limit), into: &found)
    }
    insert(offered[count] ?? [], into: &found)
    if count > 1 { insert(fourierSeries(of: count, refinement), into: &found) }
    found = Array(found.prefix(kept))
    if count > 1 {
      for index in 0..<min(configuration.exchanged, max(1, kept / 2), found.count) {
        insert([exchange(found[index], refinement)], into: &found)
      }
    }
    return Array(found.prefix(kept))
  }

  /// f, 2f, ... of each single mode: a steep light curve is a series, whose low terms may fit worse than
  /// their aliases as long as the high ones are missing.
  private func fourierSeries(
    of count: Int, _ refinement: FrequencyRefinement
  ) -> [Candidate] {
    var ties = FrequencyTies()
    for mode in 1..<count { ties.tie(mode, to: [.init(mode: 0, multiple: mode + 1)]) }
    return levels[1].compactMap { single in
      let start = (1...count).map { Double($0) * single.frequencies[0] }
      guard isValid(start) else { return nil }
      let tied = refinement.refine(start, ties: ties, tolerance: 1e-3)
      let (frequencies, chiSquare) = refinement.refine(tied.frequencies, tolerance: 1e-4)
      return isValid(frequencies)
        ? Candidate(frequencies: frequencies, chiSquare: chiSquare) : nil
    }
  }

  /// `model` with each of the highest peaks beside it, refined together, as far as χ² may fall below `limit`.
  private func extensions(
    of model: Candidate, _ refinement: FrequencyRefinement, below limit: Double
  ) -> [Candidate] {
    if isInterrupted() { return [] }
    // With all modes free χ² falls by more than at a peak, where they are nearly aliases by far more.
    let gain = 3.0
    return peaks(beside: model.frequencies).compactMap { peak in
      guard model.chiSquare - gain * peak.drop < limit else { return nil }
      let (frequencies, chiSquare) = refinement.refine(
        model.frequencies + [peak.frequency], tolerance: 1e-4)
      return isValid(frequencies)
        ? Candidate(frequencies: frequencies, chiSquare: chiSquare) : nil
    }
  }

  /// The same subsets of modes come again and again.
  private func peaks(beside frequencies: [Double]) -> [ModeScan.Peak] {
    let sorted = frequencies.sorted()
    let known = scans[frequencies.count, default: []].first { scan in
      zip(scan.frequencies, sorted).allSatisfy { abs($0 - $1) < 1e-2 / series.duration }
    }
    if let known { return known.peaks }
    let peaks = scan.peaks(
      beside: frequencies, count: configuration.peaks,
      apart: configuration.separation / series.duration)
    scans[frequencies.count, default: []].append((sorted, peaks))
    return peaks
  }

  /// What is left when no mode can be exchanged for a better one.
  private func exchange(
    _ start: Candidate, _ refinement: FrequencyRefinement
  ) -> Candidate {
    var best = start
    let others = FrequencyRefinement(series, modes: start.frequencies.count - 1)
    var mode = 0
    var unchanged = 0
    while unchanged < best.frequencies.count {
      var rest = best.frequencies
      rest.remove(at: mode)
      let (refined, chiSquare) = others.refine(rest, tolerance: 1e-3)
      let candidates = extensions(
        of: Candidate(frequencies: refined, chiSquare: chiSquare), refinement,
        below: best.chiSquare)
      unchanged += 1
      if let better = candidates.min(by: { $0.chiSquare < $1.chiSquare }),
        better.chiSquare < best.chiSquare * (1 - 1e-9) - 1e-6,
        !isSame(better, best)
      {
        best = better
        unchanged = 0
        // The new mode stands last; begin with those that were there before.
        mode = 0
      } else {
        mode = (mode + 1) % best.frequencies.count
      }
    }
    return best
  }

  /// Keeps `found` in order, without doubles, and not longer than the beam.
  private func insert(_ candidates: [Candidate], into found: inout [Candidate]) {
    for candidate in candidates {
      if let same = found.firstIndex(where: { isSame($0, candidate) }) {
        if found[same].chiSquare <= candidate.chiSquare { continue }
        found.remove(at: same)
      }
      let place = found.firstIndex { $0.chiSquare > candidate.chiSquare } ?? found.count
      found.insert(candidate, at: place)
      if found.count > configuration.beam { found.removeLast() }
    }
  }

  private func isSame(_ a: Candidate, _ b: Candidate) -> Bool {
    zip(a.frequencies.sorted(), b.frequencies.sorted()).allSatisfy {
      abs($0 - $1) < 0.1 / series.duration
    }
  }

  private func isValid(_ frequencies: [Double]) -> Bool {
    let sorted = frequencies.sorted()
    let margin = 0.5 / series.duration
    guard sorted.first! > 0, sorted.first! > grid.first - margin,
      sorted.last! < grid.last + margin
    else { return false }
    return zip(sorted, sorted.dropFirst()).allSatisfy {
      $1 - $0 >= configuration.separation / series.duration
    }
  }
}
