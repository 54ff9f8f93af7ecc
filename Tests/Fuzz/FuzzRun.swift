import Foundation
import NumericalMethods

/// Random cases in groups behind one lens each; a group depends on nothing but seed and number.
struct FuzzRun {
  let seed: UInt64
  let count: Int
  let threads: Int
  /// One case in so many goes to the independent integrator.
  let referenceInterval: Int
  let kept: Int
  /// Where all sources are put, if not everywhere.
  let place: Place?

  private static let blockSize = 8
  private static let blocksPerGroup = 4
  private static let groupSize = blockSize * blocksPerGroup
  private static let groupsPerRound = 64

  /// - Parameter report: called now and then with the number of cases done and the tally so far.
  func run(report: (Int, Tally) -> Void) -> Tally {
    var tally = Tally(kept: kept)
    let groups = (count + Self.groupSize - 1) / Self.groupSize
    for start in stride(from: 0, to: groups, by: Self.groupsPerRound) {
      let round = min(Self.groupsPerRound, groups - start)
      for part in parallelMap(round, threads: threads, { group(start + $0) }) { tally.merge(part) }
      report(tally.cases, tally)
    }
    return tally
  }

  private func group(_ index: Int) -> Tally {
    var tally = Tally(kept: kept)
    var generator = CaseGenerator(seed: seed, group: index)
    let (s, q) = generator.lens()
    let start = ContinuousClock.now
    guard let checks = try? LensChecks(s: s, q: q) else {
      preconditionFailure("no lens with s = \(s), q = \(q)")
    }
    tally.time((ContinuousClock.now - start) / .seconds(1), "two lenses --s=\(s) --q=\(q)")
    for block in 0..<Self.blocksPerGroup {
      let (rho, law, tolerance, second) = generator.source()
      let sources = (0..<Self.blockSize).map { _ in
        var (point, place) = generator.position(s: s, q: q, rho: rho, caustics: checks.caustics)
        while let only = self.place, place != only {
          (point, place) = generator.position(s: s, q: q, rho: rho, caustics: checks.caustics)
        }
        return FuzzCase(
          s: s, q: q, x: point.x, y: point.y, rho: rho, law: law, tolerance: tolerance,
          place: place)
      }
      let number = (index * Self.blocksPerGroup + block) * Self.blockSize
      let due = (number + Self.blockSize - 1) / referenceInterval * referenceInterval
      checks.check(
        sources, second: second, symmetry: index % 2 == 0 ? .mirror : .exchange,
        isThorough: block == 0, reference: due >= number ? due - number : nil, tally: &tally)
      tally.cases += sources.count
    }
    return tally
  }
}
