import ArrayFiles
import BinaryPulsar
import Foundation
import Probability
import Testing

/// Another program's factors: see Data/README.md.
@Suite struct FactorTableTests {
  let table: CSVTable
  let systems: [[Double]]

  init() throws {
    let url = try #require(Bundle.module.url(forResource: "Data", withExtension: nil))
    table = try CSVTable.read(url.appending(path: "factors.csv").path)
    let columns = try DegradationSimulator.parameterNames.map { [table] in try table.doubles($0) }
    systems = (0..<table.rowCount).map { row in columns.map { $0[row] } }
  }

  @Test(arguments: [
    (DegradationFactor.gamma0, 1e-6), (.gamma1Line, 1e-6), (.gamma2Line, 1e-6),
    (.gamma3Line, 1e-6), (.gamma1Free, 1e-4), (.gamma2Free, 1e-4),
  ])
  func factors(_ factor: DegradationFactor, tolerance: Double) throws {
    let expected = try table.doubles(factor.rawValue)
    #expect(expected.count == 40)
    for (row, theta) in systems.enumerated() {
      let value = try DegradationSimulator.degradation(of: theta).value(of: factor)
      #expect(abs(value - expected[row]) < tolerance, "row \(row + 1): \(value), \(expected[row])")
    }
  }

  /// Extremes of the velocity are exact; those of the table are of samples, and so a little closer together.
  @Test func dopplerCycles() throws {
    let expected = try table.doubles("doppler_cycles")
    for (row, theta) in systems.enumerated() {
      let degradation = try DegradationSimulator.degradation(of: theta)
      let ratio = degradation.dopplerCycles / expected[row]
      #expect(ratio > 1 - 1e-5 && ratio < 1 + 1e-3)
    }
  }

  /// A simulator's signals are the factors asked for, in that order; harmonics are rounded.
  @Test func simulator() throws {
    let simulator = DegradationSimulator([.gamma3Line, .gamma1Free])
    let expected = try [table.doubles("gamma3_line"), table.doubles("gamma1_free")]
    for (row, theta) in systems.prefix(5).enumerated() {
      var signal = [Float](repeating: 0, count: simulator.signalCount)
      var stream = RandomStream(seed: 1, purpose: .simulation, index: 0)
      var shifted = theta
      shifted[0] += 0.4
      try signal.withUnsafeMutableBufferPointer { buffer throws(SimulationFailure) in
        try simulator.signal(of: shifted, into: buffer, using: &stream)
      }
      #expect(abs(Double(signal[0]) - expected[0][row]) < 2e-6)
      #expect(abs(Double(signal[1]) - expected[1][row]) < 1e-4)
    }
  }

  @Test func simulatorRefuses() throws {
    var theta = systems[0]
    theta[7] = 1.5
    var signal: [Float] = [0]
    var stream = RandomStream(seed: 1, purpose: .simulation, index: 0)
    let failure = try #require(throws: SimulationFailure.self) {
      try signal.withUnsafeMutableBufferPointer { buffer throws(SimulationFailure) in
        try DegradationSimulator([.gamma0]).signal(of: theta, into: buffer, using: &stream)
      }
    }
    #expect(failure.description == "e is not an eccentricity within 0…0.95")
  }
}
