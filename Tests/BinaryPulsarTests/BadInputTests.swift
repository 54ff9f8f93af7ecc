import BinaryPulsar
import Testing

@Suite struct BadInputTests {
  private let good: [Double] = [1, 1000, 1.4, 0.5, 0.03, 40, 60, 0.3, 0.2, 10]

  /// Each parameter out of range is named with its value.
  @Test(arguments: [
    ("m", 0.2, "0.0"), ("m", -3, "-3.0"), ("m", .nan, "nan"), ("m", 1e300, "1e+300"),
    ("T_s", 0, "0.0"), ("T_s", -1, "-1.0"), ("T_s", .infinity, "inf"), ("T_s", 1e8, "100000000.0"),
    ("m1_Msun", 0, "0.0"), ("m2_Msun", -1, "-1.0"), ("Ps_s", 0, "0.0"), ("Ps_s", .nan, "nan"),
    ("omega_deg", 1e9, "1000000000.0"), ("inc_deg", 190, "190.0"), ("e", 1, "1.0"),
    ("e", -0.1, "-0.1"), ("Pb_d", 0, "0.0"), ("f0_deg", .infinity, "inf"),
  ])
  func outOfRange(name: String, value: Double, spelt: String) throws {
    var theta = good
    theta[try #require(DegradationSimulator.parameterNames.firstIndex(of: name))] = value
    let error = try #require(throws: PulsarError.self) {
      try DegradationSimulator.degradation(of: theta)
    }
    #expect(error.description.hasPrefix("\(name): found \(spelt), expected a"))
    #expect(!error.description.contains("\n"))
  }

  /// A millisecond pulsar about a black hole for a month: no factor worth its time.
  @Test func tooManyCycles() throws {
    let binary = PulsarBinary(
      pulsarMass: 1.4, companionMass: 30, spinPeriod: 0.001, orbitalPeriod: 0.5, eccentricity: 0.5)
    let error = try #require(throws: PulsarError.self) {
      try OrbitalDegradation(binary, duration: 30 * 86_400)
    }
    #expect(error.name == "T_s" && error.description.contains("bins of the spectrum"))
  }
}
