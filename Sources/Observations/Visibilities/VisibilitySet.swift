/// A station of an interferometer.
public struct Station: Sendable, Equatable {
  public var name: String
  /// Geocentric, to be rotated with the Earth (ITRS), m; zero where the file does not say.
  public var position: SIMD3<Double>
  /// System equivalent flux density, Jy; nil where the file does not say.
  public var sefd: Double?

  public init(name: String, position: SIMD3<Double> = .zero, sefd: Double? = nil) {
    self.name = name
    self.position = position
    self.sefd = sefd
  }
}

/// What an interferometer measured of one source, without what was flagged.
public struct VisibilitySet: Sendable, Equatable {
  /// Source name; empty where the file does not say.
  public var source: String
  /// Of the phase centre, degrees (J2000).
  public var rightAscension: Double
  public var declination: Double
  /// The day (UTC) that times count from; 0 where the file does not say.
  public var mjd: Int
  /// Centres of the channels, Hz; empty where the file gives u and v in wavelengths only.
  public var frequencies: [Double]
  /// Width of each channel, Hz.
  public var bandwidth: Double
  /// Empty where the file does not name stations; `station1`, `station2` and `time` are then zero.
  public var stations: [Station]
  public var visibilities: [Visibility]
  /// Of optical interferometers.
  public var squaredVisibilities: [SquaredVisibility]
  public var bispectra: [Bispectrum]
  /// What was done to the data that their owner should know.
  public var warnings: [String]

  public init(
    source: String = "", rightAscension: Double = 0, declination: Double = 0, mjd: Int = 0,
    frequencies: [Double] = [], bandwidth: Double = 0, stations: [Station] = [],
    visibilities: [Visibility] = [], squaredVisibilities: [SquaredVisibility] = [],
    bispectra: [Bispectrum] = [], warnings: [String] = []
  ) {
    self.source = source
    self.rightAscension = rightAscension
    self.declination = declination
    self.mjd = mjd
    self.frequencies = frequencies
    self.bandwidth = bandwidth
    self.stations = stations
    self.visibilities = visibilities
    self.squaredVisibilities = squaredVisibilities
    self.bispectra = bispectra
    self.warnings = warnings
  }
}
