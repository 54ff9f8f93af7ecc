import Numerics

extension VisibilitySet {
  /// Closure phases or log closure amplitudes of each time and channel.
  ///
  /// Only baselines with the same time close with each other; an average over scans or intervals keeps
  /// it so. Of several visibilities of one baseline, time and channel the first is taken;
  /// autocorrelations and visibilities of exactly zero are left out. Stations are preferred by their
  /// median signal-to-noise ratio: independent triangles contain the best station where they can.
  ///
  /// - Throws: ``DerivedDataError``, also when nothing closes at any time.
  /// - Complexity: O(*n* log *n*) in the number of visibilities, plus that of finding the closures once
  ///   for each combination of baselines that occurs.
  public func closures(
    _ kind: ClosureQuantities.Kind, _ selection: ClosureQuantities.Selection = .independent
  ) throws(DerivedDataError) -> ClosureQuantities {
    try requireBaselines()
    var relativeVariances: [Double] = []
    relativeVariances.reserveCapacity(visibilities.count)
    for row in visibilities {
      relativeVariances.append(row.sigma * row.sigma / row.value.lengthSquared)
    }
    let values = visibilities.map(\.value)
    var finder = ClosureFinder(kind: kind, selection: selection, order: stationsBySignal())
    var elements: [ClosureQuantities.Element] = []
    var groups: [ClosureQuantities.Group] = []
    for rows in simultaneous() {
      let found = finder.elements(among: rows, of: visibilities).map { element in
        var element = element
        element.value = kind.value(of: element, from: values)
        var variance = 0.0
        for k in 0..<4 where element.signs[k] != 0 {
          variance += relativeVariances[element.visibilities[k]]
        }
        element.sigma = variance.squareRoot()
        return element
      }
      if found.isEmpty { continue }
      let row = visibilities[rows[0]]
      groups.append(
        .init(
          time: row.time, channel: row.channel,
          elements: elements.count..<elements.count + found.count))
      elements += found
    }
    if elements.isEmpty { throw .noClosure(kind) }
    return ClosureQuantities(
      kind: kind, elements: elements, groups: groups, relativeVariances: relativeVariances)
  }

  /// Products of visibilities around triangles, V12 V23 V31, with errors to first order.
  ///
  /// Their phases are the closure phases, whose correlations a bispectrum does not hold.
  ///
  /// - Throws: as ``closures(_:_:)``.
  public func triangleBispectra(
    _ selection: ClosureQuantities.Selection = .independent
  ) throws(DerivedDataError) -> [Bispectrum] {
    let phases = try closures(.phase, selection)
    return phases.groups.flatMap { group in
      phases.elements[group.elements].map { element in
        func uv(_ k: Int) -> SIMD2<Double> {
          let row = visibilities[element.visibilities[k]]
          return element.signs[k] * SIMD2(row.u, row.v)
        }
        let amplitude = (0..<3).reduce(1.0) {
          $0 * visibilities[element.visibilities[$1]].value.length
        }
        return Bispectrum(
          time: group.time,
          stations: (element.stations[0], element.stations[1], element.stations[2]),
          channel: group.channel, uv12: uv(0), uv23: uv(1), amplitude: amplitude,
          amplitudeSigma: amplitude * element.sigma, phase: element.value,
          phaseSigma: element.sigma)
      }
    }
  }

  /// Rows that can close with each other: those of one time and channel, in the order of the set.
  func simultaneous() -> [[Int]] {
    let order = visibilities.indices.sorted { i, j in
      let (a, b) = (visibilities[i], visibilities[j])
      return (a.time, a.channel, i) < (b.time, b.channel, j)
    }
    return order.reduce(into: []) { groups, index in
      if let first = groups.last?.first,
        visibilities[first].time == visibilities[index].time,
        visibilities[first].channel == visibilities[index].channel
      {
        groups[groups.count - 1].append(index)
      } else {
        groups.append([index])
      }
    }
  }

  /// Stations from the highest median of |V|/sigma to the lowest.
  private func stationsBySignal() -> [Int] {
    var ratios = [[Double]](repeating: [], count: stations.count)
    for row in visibilities where row.station1 != row.station2 {
      let ratio = row.value.length / row.sigma
      ratios[row.station1].append(ratio)
      ratios[row.station2].append(ratio)
    }
    let medians = ratios.map { $0.isEmpty ? 0 : $0.sorted()[$0.count / 2] }
    return stations.indices.sorted { (-medians[$0], $0) < (-medians[$1], $1) }
  }
}

/// Finds closures among simultaneous visibilities, once for each combination of baselines.
private struct ClosureFinder {
  let kind: ClosureQuantities.Kind
  let selection: ClosureQuantities.Selection
  /// Stations, the preferred first, and the rank of each in that list.
  let order: [Int]
  private let rank: [Int]
  private var known: [BaselineGraph: [SIMD4<Int>]] = [:]

  init(kind: ClosureQuantities.Kind, selection: ClosureQuantities.Selection, order: [Int]) {
    (self.kind, self.selection, self.order) = (kind, selection, order)
    var rank = order
    for (position, station) in order.enumerated() { rank[station] = position }
    self.rank = rank
  }

  /// Elements without value and sigma.
  mutating func elements(
    among rows: [Int], of visibilities: [Visibility]
  ) -> [ClosureQuantities.Element] {
    var graph = BaselineGraph(count: order.count)
    var index: [SIMD2<Int>: Int] = [:]
    for row in rows {
      let (a, b) = (rank[visibilities[row].station1], rank[visibilities[row].station2])
      let isKnown = index[[a, b]] != nil || index[[b, a]] != nil
      if a == b || isKnown || visibilities[row].value == .zero { continue }
      graph.join(a, b)
      index[[a, b]] = row
    }
    if index.count < (kind == .phase ? 3 : 4) { return [] }
    let corners = known[graph] ?? find(in: graph)
    known[graph] = corners
    return corners.map { corners in
      var element = ClosureQuantities.Element(
        stations: SIMD4(repeating: -1), visibilities: .zero, signs: .zero, value: 0, sigma: 0)
      let sides =
        kind == .phase
        ? [(0, 1, 1.0), (1, 2, 1), (2, 0, 1)] : [(0, 1, 1.0), (2, 3, 1), (1, 2, -1), (3, 0, -1)]
      for (k, (from, to, sign)) in sides.enumerated() {
        element.stations[from] = order[corners[from]]
        if let row = index[[corners[from], corners[to]]] {
          (element.visibilities[k], element.signs[k]) = (row, sign)
        } else {
          // Recorded the other way round: the conjugate, which has the same amplitude.
          element.visibilities[k] = index[[corners[to], corners[from]]]!
          element.signs[k] = kind == .phase ? -sign : sign
        }
      }
      if kind == .phase { element.visibilities[3] = element.visibilities[0] }
      return element
    }
  }

  private func find(in graph: BaselineGraph) -> [SIMD4<Int>] {
    switch (kind, selection) {
    case (.phase, .independent): graph.independentTriangles
    case (.phase, .all): graph.allTriangles
    case (.logAmplitude, .independent): graph.independentQuadrangles
    case (.logAmplitude, .all): graph.allQuadrangles
    }
  }
}
