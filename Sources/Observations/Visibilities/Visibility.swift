import Numerics

/// One measured visibility: the Stokes I correlation of two stations over one integration.
public struct Visibility: Sendable, Equatable {
  /// Middle of the integration: hours UTC since 0h of the set's day, `VisibilitySet.mjd`.
  public var time: Double
  /// Length of the integration, s.
  public var integration: Double
  /// Indices into `VisibilitySet.stations`; the baseline points from the second to the first.
  public var station1: Int
  public var station2: Int
  /// Index into `VisibilitySet.frequencies`.
  public var channel: Int
  /// Wavelengths.
  public var u: Double
  public var v: Double
  /// ∫ I exp(+2πi(ux + vy)), x to the east, y to the north, Jy.
  public var value: Complex<Double>
  /// Standard deviation of the real and of the imaginary part each, Jy.
  public var sigma: Double

  public init(
    time: Double = 0, integration: Double = 0, station1: Int = 0, station2: Int = 0,
    channel: Int = 0, u: Double, v: Double, value: Complex<Double>, sigma: Double
  ) {
    self.time = time
    self.integration = integration
    self.station1 = station1
    self.station2 = station2
    self.channel = channel
    self.u = u
    self.v = v
    self.value = value
    self.sigma = sigma
  }

  /// The same measurement with the stations in the other order.
  public var reversed: Visibility {
    var other = self
    (other.station1, other.station2) = (station2, station1)
    (other.u, other.v) = (-u, -v)
    other.value = value.conjugate
    return other
  }
}

/// The squared modulus of a visibility, as optical interferometers measure it; total flux is one.
public struct SquaredVisibility: Sendable, Equatable {
  /// As in `Visibility`.
  public var time: Double
  public var station1: Int
  public var station2: Int
  public var channel: Int
  public var u: Double
  public var v: Double
  public var value: Double
  public var sigma: Double

  public init(
    time: Double, station1: Int, station2: Int, channel: Int, u: Double, v: Double, value: Double,
    sigma: Double
  ) {
    self.time = time
    self.station1 = station1
    self.station2 = station2
    self.channel = channel
    self.u = u
    self.v = v
    self.value = value
    self.sigma = sigma
  }
}

/// The product of three visibilities around a triangle, V12 V23 V31: free of the stations' phases.
///
/// Either part may be missing in files of optical interferometers: its sigma is then infinite.
public struct Bispectrum: Sendable, Equatable {
  /// As in `Visibility`.
  public var time: Double
  /// Indices into `VisibilitySet.stations`: the triangle runs from the first to the third.
  public var stations: (Int, Int, Int)
  public var channel: Int
  /// Wavelengths: of the baselines 12 and 23; that of 31 is minus their sum.
  public var uv12: SIMD2<Double>
  public var uv23: SIMD2<Double>
  public var amplitude: Double
  public var amplitudeSigma: Double
  /// The closure phase, radians.
  public var phase: Double
  public var phaseSigma: Double

  public init(
    time: Double, stations: (Int, Int, Int), channel: Int, uv12: SIMD2<Double>,
    uv23: SIMD2<Double>, amplitude: Double, amplitudeSigma: Double, phase: Double,
    phaseSigma: Double
  ) {
    self.time = time
    self.stations = stations
    self.channel = channel
    self.uv12 = uv12
    self.uv23 = uv23
    self.amplitude = amplitude
    self.amplitudeSigma = amplitudeSigma
    self.phase = phase
    self.phaseSigma = phaseSigma
  }

  public static func == (a: Bispectrum, b: Bispectrum) -> Bool {
    a.time == b.time && a.stations == b.stations && a.channel == b.channel && a.uv12 == b.uv12
      && a.uv23 == b.uv23 && a.amplitude == b.amplitude && a.amplitudeSigma == b.amplitudeSigma
      && a.phase == b.phase && a.phaseSigma == b.phaseSigma
  }
}
