import Observations

extension TelescopeArray {
  /// The Event Horizon Telescope as it observed in April 2017.
  ///
  /// SEFDs: medians of the campaign towards the zenith. Positions: the antenna tables of the release of
  /// the M87 data, doi:10.25739/g85n-f134; that of the South Pole Telescope, which does not see M87, is
  /// the one usual in simulations (eht-imaging's), near the Earth's axis.
  ///
  /// Reference: Event Horizon Telescope Collaboration (2019), Paper II, ApJ 875, L2,
  /// doi:10.3847/2041-8213/ab0c96, and Paper III, ApJ 875, L3, doi:10.3847/2041-8213/ab0c57.
  static let eventHorizonTelescope2017 = TelescopeArray(
    name: "eht2017", summary: "Event Horizon Telescope, April 2017, 8 stations",
    stations: [
      // ALMA, 37 antennas in phase.
      station("AA", 2_225_060.8136, -5_440_059.59994, -2_481_681.15054, sefd: 74),
      // APEX
      station("AP", 2_225_039.5297, -5_441_197.6292, -2_479_303.3597, sefd: 4_700),
      // Submillimeter Telescope, Arizona
      station("AZ", -1_828_796.2, -5_054_406.8, 3_427_865.2, sefd: 17_100),
      // James Clerk Maxwell Telescope
      station("JC", -5_464_584.676, -2_493_001.17, 2_150_653.982, sefd: 10_500),
      // Large Millimeter Telescope, 32.5 m of it
      station("LM", -768_715.632, -5_988_507.072, 2_063_354.852, sefd: 4_500),
      // IRAM 30 m, Pico Veleta
      station("PV", 5_088_967.74544, -301_681.18586, 3_825_012.20561, sefd: 1_900),
      // Submillimeter Array, in phase
      station("SM", -5_464_555.493, -2_492_927.989, 2_150_797.176, sefd: 6_200),
      // South Pole Telescope
      station("SP", 0.01, 0.01, -6_359_609.7, sefd: 19_300),
    ],
    frequency: 229.1e9, bandwidth: 1.856e9)

  private static func station(
    _ name: String, _ x: Double, _ y: Double, _ z: Double, sefd: Double
  ) -> Station {
    Station(name: name, position: SIMD3(x, y, z), sefd: sefd)
  }
}
