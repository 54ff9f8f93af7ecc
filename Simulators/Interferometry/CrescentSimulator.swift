import Foundation
import Numerics
import Observations
import Probability

/// Crescents on the sky, seen by a real array at the times and with the errors of real data, in closure
/// quantities alone.
///
/// The signal is the sky's visibilities, real and imaginary parts one after the other. An observation
/// multiplies them by gains, adds thermal noise and errors that do not close, and only then closes them:
/// the law of closures of low signal-to-noise ratio is the true one. Gains cancel but for what they do to
/// the signal-to-noise ratio (Lockhart & Gralla 2021, arXiv:2107.06948); their phases do nothing at all and
/// are left out.
public struct CrescentSimulator: Simulator {
  /// What is done to visibilities.
  public struct Errors: Codable, Sendable, Equatable {
    /// Standard deviation of ln |g| of each station's gain in each scan.
    public var gainSpread = 0.1
    /// Errors that belong to no station, such as leakage of polarisation: of the real and of the imaginary
    /// part each, as a part of the amplitude.
    public var nonClosing = 0.02

    public init() {}
  }

  /// In the units of ``sky(of:)``.
  public static let parameterNames =
    [
      "diameter", "width", "asymmetry", "orientation", "second_mode", "second_mode_angle", "floor",
      "flux", "extended_flux",
    ]
    + (1...gaussianCount).flatMap { number in
      ["flux", "east", "north", "width", "axis_ratio", "angle"].map { "gaussian_\(number)_\($0)" }
    }
  public static let gaussianCount = 2

  public let data: ClosureData
  public let errors: Errors

  public init(_ data: ClosureData, errors: Errors = .init()) {
    (self.data, self.errors) = (data, errors)
  }

  public var parameterNames: [String] { Self.parameterNames }
  public var signalCount: Int { 2 * data.visibilities.count }
  public var observationCount: Int { data.featureCount }

  /// One microarcsecond, radians.
  public static let microarcsecond = Double.pi / 648_000e6

  /// The sky of parameters in the order of ``parameterNames``.
  ///
  /// Diameter of the ring in microarcseconds; width as a part of the diameter; asymmetry; position angle of
  /// the brightest place, degrees east of north; |β₂| of the second mode and the position angle of one of
  /// its two bright places, degrees; part of the crescent's flux in the hole; its flux, Jy; extended flux,
  /// Jy. Of the first Gaussian: flux as a part of the crescent's, place east and north of the ring's centre
  /// and full width at half maximum along its long axis in microarcseconds, ratio of its axes, position
  /// angle of the long axis in degrees. Of the second the same, but its flux is a part of the first one's:
  /// which of two is the first would else be arbitrary.
  ///
  /// - Throws: `SimulationFailure` for what is no sky, such as a negative flux.
  public static func sky(of theta: [Double]) throws(SimulationFailure) -> CrescentSky {
    precondition(theta.count == parameterNames.count)
    func require(_ isPossible: Bool, _ what: String) throws(SimulationFailure) {
      if !isPossible { throw SimulationFailure(what) }
    }
    let (diameter, flux) = (theta[0] * microarcsecond, theta[7])
    try require(theta[0] > 0 && theta[1] > 0, "a diameter or width not above 0")
    try require((0...1).contains(theta[2]), "an asymmetry outside 0…1")
    try require((0...0.5).contains(theta[4]), "a second mode outside 0…0.5")
    try require((0...1).contains(theta[6]), "a floor outside 0…1")
    try require(flux > 0 && theta[8] >= 0, "a negative flux")
    var sky = CrescentSky(
      crescentFlux: flux, diameter: diameter, width: theta[1] * diameter, asymmetry: theta[2],
      brightest: theta[3] * .pi / 180,
      secondMode: Complex(length: theta[4], phase: -2 * theta[5] * .pi / 180),
      floor: theta[6], extendedFlux: theta[8])
    var whole = flux
    for number in 0..<gaussianCount {
      let part = theta[9 + 6 * number..<15 + 6 * number].map { $0 }
      try require(part[0] >= 0, "a negative flux")
      try require(part[3] > 0 && part[4] > 0, "a Gaussian without width")
      whole *= part[0]
      let axis = part[3] * microarcsecond
      sky.gaussians.append(
        EllipticalGaussian(
          flux: whole,
          shape: Beam(
            majorAxis: axis, minorAxis: axis * part[4], positionAngle: part[5] * .pi / 180)
        ).shifted(x: part[1] * microarcsecond, y: part[2] * microarcsecond))
    }
    return sky
  }

  public func signal(
    of theta: [Double], into signal: UnsafeMutableBufferPointer<Float>,
    using stream: inout RandomStream
  ) throws(SimulationFailure) {
    let sky = try Self.sky(of: theta)
    for (index, row) in data.visibilities.enumerated() {
      let value = sky.visibility(u: row.u, v: row.v)
      signal[2 * index] = Float(value.real)
      signal[2 * index + 1] = Float(value.imaginary)
    }
  }

  public func observe(
    _ signal: UnsafeBufferPointer<Float>, into observation: UnsafeMutableBufferPointer<Float>,
    using stream: inout RandomStream
  ) {
    withUnsafeTemporaryAllocation(
      of: Complex<Double>.self, capacity: data.visibilities.count
    ) { values in
      measure(signal, into: values, using: &stream)
      data.describe(UnsafeBufferPointer(values), into: observation)
    }
  }

  /// The visibilities that are measured of a signal, `[visibilities]`: with gains, noise and errors that do
  /// not close.
  public func measure(
    _ signal: UnsafeBufferPointer<Float>,
    into values: UnsafeMutableBufferPointer<Complex<Double>>, using stream: inout RandomStream
  ) {
    precondition(signal.count == signalCount && values.count == data.visibilities.count)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: data.gainCount + 1) { gains in
      for index in stride(from: 0, to: data.gainCount, by: 2) {
        let (first, second) = stream.normalPair()
        gains[index] = exp(errors.gainSpread * first)
        gains[index + 1] = exp(errors.gainSpread * second)
      }
      let nonClosing = errors.nonClosing * errors.nonClosing
      for index in values.indices {
        let (sigma, pair) = (data.visibilities[index].sigma, data.gains[index])
        let gain = gains[pair.x] * gains[pair.y]
        let (real, imaginary) = (
          gain * Double(signal[2 * index]), gain * Double(signal[2 * index + 1])
        )
        let power = real * real + imaginary * imaginary
        let spread = (sigma * sigma + nonClosing * power).squareRoot()
        let (first, second) = stream.normalPair()
        values[index] = Complex(real + spread * first, imaginary + spread * second)
      }
    }
  }
}
