import ArrayFiles
import Foundation
import Interferometry
import NumericalMethods
import Numerics
import Observations
import SparseModeling

/// Sparse images of simulated visibilities; the peers read the same ones.
struct ImagingWork {
  let name: String
  /// With which strengths of l1 the image is sought, in units of the least that leaves nothing, and of
  /// total squared variation, in units of Σ 1/sigma².
  let penalties: [(l1: Double, tsv: Double)]
  let solvers: [Solver]
  /// Relative duality gaps.
  let tolerances: [Double]
  private let pixels: Int
  /// Radians.
  private let field: Double
  private let plan: ObservingPlan
  private let sky: [any ResolvedSkyModel]

  enum Solver: String {
    case activeSet = "active set"
    case quasiNewton = "quasi-Newton"

    func image(_ problem: SparseImagingProblem, _ rule: StoppingRule) -> ImageSolution {
      let solver: any ImageSolver =
        switch self {
        case .activeSet: ActiveSetSolver(rule)
        case .quasiNewton: QuasiNewtonSolver(rule)
        }
      return solver.solve(problem, from: nil) { _, _ in }
    }
  }

  private static let microarcsecond = Double.pi / 180 / 3600e6

  /// Some 640 visibilities of M87 by the Event Horizon Telescope, 27,000 by an array like ALMA.
  static let all = [
    ImagingWork(
      name: "eht", penalties: [(0.1, 0), (0.01, 0)], solvers: [.activeSet, .quasiNewton],
      tolerances: [1e-6, 1e-9], pixels: 64, field: 128 * microarcsecond,
      plan: plan("eht2017", 187.7059, 12.3911, hours: 0...24, integration: 60, cadence: 780),
      sky: [
        Ring(
          flux: 0.6, diameter: 42 * microarcsecond, width: 9 * microarcsecond,
          modulation: [Complex(length: 0.3, phase: -3.5)])
      ]),
    ImagingWork(
      name: "alma", penalties: [(0.001, 0), (0.001, 1e-4)], solvers: [.activeSet, .quasiNewton],
      tolerances: [1e-6], pixels: 128, field: 3.2e6 * microarcsecond,
      plan: plan("alma", 252.24, -24, hours: 6...12, integration: 30, cadence: 1000),
      sky: [
        EllipticalGaussian(flux: 0.3, width: 1e6 * microarcsecond),
        Ring(
          flux: 0.5, diameter: 1.2e6 * microarcsecond, width: 1.5e5 * microarcsecond,
          modulation: [Complex(length: 0.3, phase: -1)]),
        Ring(flux: 0.2, diameter: 0.6e6 * microarcsecond, width: 1e5 * microarcsecond),
      ]),
  ]

  private static func plan(
    _ array: String, _ rightAscension: Double, _ declination: Double, hours: ClosedRange<Double>,
    integration: Double, cadence: Double
  ) -> ObservingPlan {
    let array = TelescopeArray.catalogue.first { $0.name == array }!
    return ObservingPlan(
      stations: array.stations, source: "bench", rightAscension: rightAscension,
      declination: declination, mjd: 57854,
      scans: [
        Scan(
          start: hours.lowerBound, stop: hours.upperBound, integration: integration,
          cadence: cadence)
      ], frequency: array.frequency, bandwidth: array.bandwidth)
  }

  static func prepare(in folder: String) throws { for work in all { try work.prepare(in: folder) } }

  static func measure(in folder: String) throws { for work in all { try work.measure(in: folder) } }

  private var empty: SkyImage {
    SkyImage(width: pixels, height: pixels, pixelSize: field / Double(pixels))
  }

  /// Files of the visibilities, `.uvfits` for one peer and `.npz` for the others, with the truth and the
  /// strengths of l1.
  private func prepare(in folder: String) throws {
    var truth = empty
    for model in sky {
      let part = SkyImage(
        of: model, width: pixels, height: pixels, pixelSize: truth.pixelSize)
      for k in truth.pixels.indices { truth.pixels[k] += part.pixels[k] }
    }
    // What a file holds is what everybody gets.
    let path = "\(folder)/imaging-\(name).uvfits"
    try SyntheticObservation(coverage: plan.coverage).observe(ModelSum(sky), seed: 1)
      .writeUVFITS(to: path)
    let visibilities = try VisibilitySet.read(path).visibilities
    let emptying = WeightedL1(weight: 0, isNonNegative: true)
      .emptyingWeight(try VisibilityMisfit(visibilities, like: empty).dirty)
    var archive = NPZWriter()
    func add(_ name: String, _ values: [Double]) {
      archive.add(name, NDArray(shape: [values.count], values: values))
    }
    add("u", visibilities.map(\.u))
    add("v", visibilities.map(\.v))
    add("re", visibilities.map(\.value.real))
    add("im", visibilities.map(\.value.imaginary))
    add("sigma", visibilities.map(\.sigma))
    add("l1", penalties.filter { $0.tsv == 0 }.map { $0.l1 * emptying })
    add("l1_fractions", penalties.filter { $0.tsv == 0 }.map(\.l1))
    archive.add("truth", NDArray(shape: [pixels, pixels], values: truth.pixels))
    archive.add("pixel_size", NDArray(shape: [], values: [truth.pixelSize]))
    try archive.write(to: "\(folder)/imaging-\(name).npz")
  }

  private func measure(in folder: String) throws {
    let set = try VisibilitySet.read("\(folder)/imaging-\(name).uvfits")
    let visibilities = set.visibilities
    var truth = empty
    truth.pixels = try NPZArchive(path: "\(folder)/imaging-\(name).npz")
      .read("truth", as: Double.self).values
    for (l1, tsv) in penalties {
      // A smooth image has too many pixels for the active set.
      for solver in solvers where tsv == 0 || solver != .activeSet {
        for tolerance in tolerances {
          let rule = StoppingRule(tolerance: tolerance)
          // From the visibilities to the image.
          let (seconds, solution) = try medianSeconds {
            try solver.image(problem(visibilities, l1: l1, tsv: tsv), rule)
          }
          try Measurement(
            "imaging-\(name)-\(l1)-\(tsv)", series: solver.rawValue,
            setting: "\(solver.rawValue), gap \(tolerance)", seconds: seconds, units: 1,
            details: [
              "objective": solution.state.objective, "gap": solution.state.relativeGap,
              "rho": try rho(solution.pixels, truth),
            ]
          ).printLine()
        }
      }
    }
    try measureCrossValidation(visibilities, truth)
  }

  private func problem(
    _ visibilities: [Visibility], l1: Double, tsv: Double
  ) throws -> SparseImagingProblem {
    let misfit = try VisibilityMisfit(visibilities, like: empty)
    let penalty = WeightedL1(weight: 0, isNonNegative: true)
    return SparseImagingProblem(
      misfit,
      quadratic: tsv > 0 ? [TotalSquaredVariation(weight: tsv * misfit.totalWeight)] : [],
      separable: WeightedL1(
        weight: l1 * penalty.emptyingWeight(misfit.dirty), isNonNegative: true))
  }

  /// The image whose penalties a grid of 6 × 6 and 10 folds choose, on two threads; then that image alone,
  /// on one.
  private func measureCrossValidation(_ visibilities: [Visibility], _ truth: SkyImage) throws {
    var settings = ImageReconstruction.Settings()
    func image(threads: Int) throws -> ImageReconstruction {
      try ImageReconstruction(
        visibilities, like: empty, settings, monitor: WorkMonitor(threads: threads))
    }
    let chosen = try [1e-3, 1e-4].map { tolerance in
      settings.validationTolerance = tolerance
      return try medianSeconds(clock: wallSeconds) { try image(threads: 2) }
    }
    settings.weights = chosen[0].result.weights
    let alone = try medianSeconds { try image(threads: 1) }
    for (work, setting, seconds) in [
      ("cross-validation", "6 × 6 × 10, gap 1e-3", chosen[0].seconds),
      ("cross-validation-fine", "6 × 6 × 10, gap 1e-4", chosen[1].seconds),
      ("image", "penalties by cross-validation, gap 1e-6", alone.seconds),
    ] {
      try Measurement(
        "imaging-\(name)-\(work)", setting: setting, seconds: seconds, units: 1,
        details: ["rho": try rho(chosen[0].result.image.pixels, truth)]
      ).printLine()
    }
  }

  /// ρ_NX.
  private func rho(_ pixels: [Double], _ truth: SkyImage) throws -> Double {
    var image = truth
    image.pixels = pixels
    return try ImageScores(image, truth: truth).crossCorrelation
  }
}
