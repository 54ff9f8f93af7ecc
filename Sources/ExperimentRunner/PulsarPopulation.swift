import BinaryPulsar
import Foundation
import NumericalMethods
import Probability

/// How much searches lose to the orbits of pulsars in binaries that a prior draws.
///
/// Parameters are those of `DegradationSimulator`, in the order of the prior; `cos_inc`, the cosine of the inclination,
/// may stand for `inc_deg`: of orbits without a preferred direction it is uniform.
struct PulsarPopulation: ReducedSimulator {
  struct Settings: CheckedSettings {
    var factors: [DegradationFactor] = [.gamma1Line, .gamma2Line, .gamma3Line]
    /// Numbers that the prior does not draw.
    var fixed: [String: Double] = [:]
    /// The least and most bins of the spectrum over which the orbit may spread the harmonic.
    var dopplerCycles = [0, OrbitalDegradation.maximumDopplerCycles]

    var ranges: [SettingRange] {
      dopplerCycles.map {
        SettingRange("doppler_cycles", $0, 0...OrbitalDegradation.maximumDopplerCycles)
      }
    }
  }

  let parameterNames: [String]
  let factors: [DegradationFactor]
  private let dopplerCycles: ClosedRange<Double>
  /// Of all parameters and the cosine, where each value comes from in theta, or what it is.
  private let sources: [Source]

  private enum Source {
    case drawn(Int)
    case fixed(Double)
    case absent
  }

  private static let names = DegradationSimulator.parameterNames + ["cos_inc"]

  init(_ section: SimulatorSection) throws {
    let settings = try section.settings(Settings())
    let node = section.node
    let priorNode = try section.file.configuration.node("prior")
    let drawn = try JointPrior(priorNode).names
    for (names, place, path) in [
      (drawn, priorNode, "prior"),
      (settings.fixed.keys.sorted(), try node["fixed"] ?? node, "simulator.fixed"),
    ] {
      for name in names where !Self.names.contains(name) {
        throw ConfigurationError.unknownKey(name, in: path, at: place.location, valid: Self.names)
      }
    }
    guard !settings.factors.isEmpty else {
      throw node.error("has no factors; name at least one, such as gamma1_line")
    }
    guard settings.dopplerCycles.count == 2, settings.dopplerCycles[0] < settings.dopplerCycles[1]
    else {
      throw (try node.node("doppler_cycles"))
        .error("is \(settings.dopplerCycles), expected [least, most]")
    }
    sources = try Self.names.map { name in
      switch (drawn.firstIndex(of: name), settings.fixed[name]) {
      case (let column?, nil): return .drawn(column)
      case (nil, let value?): return .fixed(value)
      case (nil, nil): return .absent
      case (_?, _?):
        throw (try node.node("fixed"))
          .error("gives '\(name)', which the prior draws; one of them must go")
      }
    }
    for (name, source) in zip(Self.names, sources) {
      guard case .absent = source, !["inc_deg", "cos_inc"].contains(name) else { continue }
      throw ConfigurationError(
        at: priorNode.location, key: "prior.\(name)",
        problem: "neither the prior nor 'simulator.fixed' gives '\(name)'")
    }
    let inclinations = ["inc_deg", "cos_inc"].filter {
      drawn.contains($0) || settings.fixed[$0] != nil
    }
    guard inclinations.count == 1 else {
      throw ConfigurationError(
        at: priorNode.location, key: "prior",
        problem: "the prior and 'simulator.fixed' give \(inclinations.count) of 'inc_deg' and "
          + "'cos_inc', expected one")
    }
    (parameterNames, factors) = (drawn, settings.factors)
    dopplerCycles = settings.dopplerCycles[0]...settings.dopplerCycles[1]
  }

  var signalCount: Int { factors.count }
  var outputNames: [String] { factors.map(\.rawValue) }

  /// In the order of `DegradationSimulator.parameterNames`.
  private func parameters(_ theta: ArraySlice<Double>) -> [Double] {
    var values: [Double] = []
    add(theta, to: &values)
    return values
  }

  /// Adds the parameters of a draw.
  private func add(_ theta: ArraySlice<Double>, to values: inout [Double]) {
    func value(_ source: Source) -> Double {
      switch source {
      case .drawn(let column): theta[theta.startIndex + column]
      case .fixed(let value): value
      case .absent: .nan
      }
    }
    for (index, source) in sources.dropLast().enumerated() {
      let found = value(source)
      let isInclined = index == Self.inclination && found.isNaN
      values.append(isInclined ? acos(value(sources.last!)) * 180 / .pi : found)
    }
  }

  private static let inclination = names.firstIndex(of: "inc_deg")!

  func check(_ theta: [Double]) throws(SimulationFailure) {
    try check(parameters: parameters(theta[...]))
  }

  private func check(parameters: [Double]) throws(SimulationFailure) {
    let cycles: Double
    do {
      cycles = try DegradationSimulator.dopplerCycles(of: parameters)
    } catch {
      // Without the value, failures are counted together.
      throw SimulationFailure("\(error.name) is out of range")
    }
    guard dopplerCycles.contains(cycles) else {
      throw SimulationFailure(
        "doppler_cycles outside of \(dopplerCycles.lowerBound)…\(dopplerCycles.upperBound)")
    }
  }

  func signal(
    of theta: [Double], into signal: UnsafeMutableBufferPointer<Float>,
    using stream: inout RandomStream
  ) throws(SimulationFailure) {
    let parameters = parameters(theta[...])
    try check(parameters: parameters)
    let degradation = try! DegradationSimulator.degradation(of: parameters)
    for (index, factor) in factors.enumerated() {
      signal[index] = Float(degradation.value(of: factor))
    }
  }

  // MARK: - Features

  var featureNames: [String] { DegradationFeatures.names(factors) }

  func features(of thetas: [Double]) -> [Double] {
    let width = parameterNames.count
    var values: [Double] = []
    values.reserveCapacity(thetas.count / width * DegradationSimulator.parameterNames.count)
    for start in stride(from: 0, to: thetas.count, by: width) {
      add(thetas[start..<start + width], to: &values)
    }
    return DegradationFeatures.features(of: values, for: factors)
  }
}
