import ArrayFiles
import Foundation
import Inference
import Interferometry
import NumericalMethods
import Observations
import Plotting
import Probability

/// What is made of the posterior of a crescent: `samples.npz`, `summary.json`, and figures.
struct CrescentAnswer {
  /// `summary.json`.
  struct Summary: Codable {
    /// In the order of the simulator's parameters; angles near their mean, so that none is cut at its ends.
    var parameters: [ParameterSummary]
    /// χ² per closure of the posterior's samples, and of the best of them.
    var chi2PerClosure: ParameterSummary
    /// Samples that χ² was computed of.
    var skies: Int
    var best: [String: Double]
    var bestPhaseChi2: Double
    var phases: Int
    var bestLogAmplitudeChi2: Double
    var logAmplitudes: Int
    /// From the simulations, and the distance below which 99.9 % of these are.
    var distance: Double?
    var distanceP999: Double?
    /// The median χ² per closure of each replica's own posterior; see ``CrescentReplicas``.
    var replicas: [Double] = []

    /// Where the observation is not among what was simulated.
    var warning: String? {
      if let distance, let distanceP999, distance > distanceP999 {
        return String(
          format: "the closures lie farther from the simulations than 99.9 %% of these: distance "
            + "%.3g, where 99.9 %% are below %.3g; do not trust the posterior", distance,
          distanceP999)
      }
      if let largest = replicas.max(), chi2PerClosure.median > largest {
        return String(
          format: "no sky of the model fits as it should: the posterior's χ² per closure is %.3g, "
            + "those of %d crescents simulated from it are at most %.3g", chi2PerClosure.median,
          replicas.count, largest)
      }
      return nil
    }

    /// The part of the replicas that fit their own posterior worse.
    var worseReplicas: Double {
      (Double(replicas.count { $0 > chi2PerClosure.median }) + 1) / Double(replicas.count + 1)
    }

    var metrics: [String: Double] {
      var metrics = [
        "chi2_per_closure_median": chi2PerClosure.median,
        "chi2_per_closure_best": (bestPhaseChi2 + bestLogAmplitudeChi2)
          / Double(phases + logAmplitudes),
        "chi2_per_phase_best": bestPhaseChi2 / Double(phases),
        "chi2_per_log_amplitude_best": bestLogAmplitudeChi2 / Double(max(logAmplitudes, 1)),
      ]
      metrics["distance"] = distance
      metrics["distance_p99.9"] = distanceP999
      if !replicas.isEmpty {
        metrics["replica_chi2_per_closure_median"] = weightedQuantiles(replicas, at: [0.5])[0]
        metrics["worse_replicas"] = worseReplicas
      }
      for row in parameters {
        metrics["\(row.name)_median"] = row.median
        metrics["\(row.name)_p16"] = row.p16
        metrics["\(row.name)_p84"] = row.p84
      }
      return metrics
    }
  }

  var summary: Summary
  private let samples: PosteriorSamples
  private let residuals: ClosureResiduals
  private let sets: [VisibilitySet]
  /// Skies of some samples, evenly from all, and the best of them.
  private let skies: [CrescentSky]

  /// Samples whose skies are looked at.
  private static let mostSkies = 1000
  /// Of these, those that figures are made of.
  private static let mostPredictions = 200
  /// Triangles and quadrangles of fewer are shown last.
  private static let fewPoints = 6

  /// - Throws: `SimulationFailure` if none of the samples is a sky.
  init(
    _ samples: PosteriorSamples, residuals: ClosureResiduals, sets: [VisibilitySet]
  ) throws(SimulationFailure) {
    (self.samples, self.residuals, self.sets) = (samples, residuals, sets)
    let count = min(samples.count, Self.mostSkies)
    // A prior may reach where there are no skies, such as below a diameter of 0.
    let chosen = (0..<count).compactMap { number -> (theta: [Double], sky: CrescentSky)? in
      let theta = samples[number * samples.count / count]
      return (try? CrescentSimulator.sky(of: theta)).map { (theta, $0) }
    }
    if chosen.isEmpty { throw SimulationFailure("no sample of the posterior is a sky") }
    skies = chosen.map(\.sky)
    let chi2 = skies.map { residuals.chiSquared(of: $0) }
    let best = chi2.indices.min { chi2[$0].perClosure < chi2[$1].perClosure }!
    summary = Summary(
      parameters: samples.names.map { name in
        ParameterSummary(name, Self.column(name, of: samples), weights: nil)
      } + [
        ParameterSummary(
          "peak_diameter", skies.map { $0.peakDiameter / CrescentSimulator.microarcsecond },
          weights: nil)
      ],
      chi2PerClosure: ParameterSummary(
        "chi2_per_closure", chi2.map(\.perClosure), weights: nil),
      skies: chosen.count,
      best: Dictionary(uniqueKeysWithValues: zip(samples.names, chosen[best].theta)),
      bestPhaseChi2: chi2[best].phases, phases: chi2[best].phaseCount,
      bestLogAmplitudeChi2: chi2[best].logAmplitudes, logAmplitudes: chi2[best].logAmplitudeCount)
  }

  /// The column of a parameter; angles moved by whole turns to be near their circular mean.
  private static func column(_ name: String, of samples: PosteriorSamples) -> [Double] {
    let values = samples.column(name)
    let turn = name == "orientation" ? 360.0 : name.hasSuffix("_angle") ? 180 : nil
    guard let turn else { return values }
    let (x, y) = values.reduce((0.0, 0.0)) {
      ($0.0 + cos($1 * 2 * .pi / turn), $0.1 + sin($1 * 2 * .pi / turn))
    }
    let mean = atan2(y, x) * turn / (2 * .pi)
    let middle = mean < 0 ? mean + turn : mean
    return values.map { middle + ($0 - middle).remainder(dividingBy: turn) }
  }

  // MARK: Files

  func write(to folder: String, threads: Int) throws {
    var writer = NPZWriter()
    for (name, column) in zip(samples.names, samples.columns) {
      writer.add(name, NDArray(shape: [column.count], values: column))
    }
    writer.add(
      "log_prob", NDArray(shape: [samples.logDensity.count], values: samples.logDensity))
    try writer.write(to: "\(folder)/samples.npz")
    try corner.write(to: "\(folder)/corner")
    try closures.write(to: "\(folder)/closures")
    try image(threads: threads).write(to: "\(folder)/image")
    // Last: a folder with a summary is complete.
    try JSONFile.write(summary, to: "\(folder)/summary.json")
  }

  private var corner: CornerFigure {
    let names = [
      "diameter", "width", "asymmetry", "orientation", "second_mode", "floor", "extended_flux",
    ]
    var figure = CornerFigure(
      names: names, columns: names.map { Self.column($0, of: samples) })
    figure.labels = [
      "extended_flux": "extended flux", "width": Label(markup: "width / diameter"),
      "second_mode": "second mode",
    ]
    figure.units = ["diameter": "µas", "orientation": "°", "extended_flux": "Jy"]
    return figure
  }

  /// The mean of the skies without extended flux, mJy per square microarcsecond.
  private func image(threads: Int) -> SkyImageFigure {
    let (side, field) = (96, 140.0)
    let compact = pick(Self.mostPredictions).map { sky in
      var sky = sky
      sky.extendedFlux = 0
      return sky
    }
    let image = SkyImage(
      meanOf: compact, side: side,
      pixelSize: field / Double(side) * CrescentSimulator.microarcsecond, threads: threads)
    let unit = 1e3 * pow(Double(side) / field, 2)
    return SkyImageFigure(
      values: (0..<side).map { row in
        image.pixels[row * side..<(row + 1) * side].map { unit * $0 }
      },
      pixelSize: image.pixelSize, corner: SIMD2(image.x(column: 0), image.y(row: 0)),
      label: "mean brightness [mJy/µas²]")
  }

  private func pick(_ most: Int) -> [CrescentSky] {
    let count = min(skies.count, most)
    return (0..<count).map { skies[$0 * skies.count / count] }
  }

  /// Six triangles and three quadrangles.
  private var closures: ClosureFigure {
    let some = pick(Self.mostPredictions)
    let entries =
      chosen(.phase, most: 6).map { entry($0, .phase, some) }
      + chosen(.logAmplitude, most: 3).map { entry($0, .logAmplitude, some) }
    return ClosureFigure(
      entries: entries,
      series: sets.map { set in
        set.frequencies.first.map { String(format: "%.1f GHz", $0 / 1e9) } ?? "data"
      })
  }

  /// Triangles or quadrangles, those first whose departure from a point source, 0, is the most certain;
  /// of those through the same sites one alone.
  private func chosen(
    _ kind: ClosureQuantities.Kind, most: Int
  ) -> [[ClosureResiduals.Quantity]] {
    let groups = Dictionary(grouping: residuals.quantities.filter { $0.kind == kind }) {
      $0.stations.names(in: sets[$0.set])
    }
    func size(_ quantity: ClosureResiduals.Quantity) -> Double {
      let departure = kind == .phase ? 2 * sin(quantity.value / 2) : quantity.value
      return departure * departure / (quantity.sigma * quantity.sigma)
    }
    let sizes = groups.mapValues { $0.reduce(0) { $0 + size($1) } }
    // Of a few points there is little to see.
    let isShort = groups.mapValues { $0.count < Self.fewPoints ? 1 : 0 }
    let order = groups.keys.sorted {
      (isShort[$0]!, -sizes[$0]!, $0.joined()) < (isShort[$1]!, -sizes[$1]!, $1.joined())
    }
    var sites: Set<[String]> = []
    var found: [[ClosureResiduals.Quantity]] = []
    for names in order where found.count < most {
      if sites.insert(names.map { siteNames[$0]! }.sorted()).inserted {
        found.append(groups[names]!)
      }
    }
    return found
  }

  /// Of each station, the first of those that stand at the same place within 100 km.
  private var siteNames: [String: String] {
    let stations = sets.flatMap(\.stations)
    return Dictionary(
      stations.map { station in
        let first = stations.first {
          let separation = $0.position - station.position
          return (separation * separation).sum() < 1e10
        }
        return (station.name, first!.name)
      }, uniquingKeysWith: { first, _ in first })
  }

  private func entry(
    _ quantities: [ClosureResiduals.Quantity], _ kind: ClosureFigure.Entry.Quantity,
    _ skies: [CrescentSky]
  ) -> ClosureFigure.Entry {
    let unit = kind == .phase ? 180 / Double.pi : 1
    return ClosureFigure.Entry(
      name: quantities[0].stations.names(in: sets[quantities[0].set]).joined(separator: "–"),
      quantity: kind,
      points: quantities.sorted { $0.time < $1.time }.map { quantity in
        ClosureFigure.Point(
          time: quantity.time, series: quantity.set, value: unit * quantity.value,
          sigma: unit * quantity.sigma,
          predictions: skies.map { unit * quantity.prediction(of: $0) })
      })
  }
}

extension SIMD4<Int> {
  /// Of stations around a triangle or quadrangle.
  fileprivate func names(in set: VisibilitySet) -> [String] {
    indices.filter { self[$0] >= 0 }.map { set.stations[self[$0]].name }
  }
}
