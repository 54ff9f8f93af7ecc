import ArrayFiles
import Foundation
import Testing
import ThreeBody

/// Converged trajectories against integrations by others, and against themselves backwards.
@Suite struct ConvergedTests {
  let integration = GravityIntegration()

  /// 200 close encounters until the lightest body leaves; digits of a double-double Taylor series.
  @Test func pythagoreanProblem() throws {
    let end = try integration.trajectories(of: [Systems.pythagorean()], times: [70])[0]
    #expect(end.isConverged)
    let expected = [
      6.9334635990118872875541104585633, 20.261804305951714132284210856627,
      -2.003006002605984076339642078020, -6.8724634358245448457225456091609,
      -2.5576733573223451114607526126233, -6.6591118349113926027924900266711,
    ]
    let velocities = [
      0.56314119454301919030146168446363, 1.6724649874014030819918696758610,
      -2.2178940172871303495883023789997, -0.11141234919893438250366305992522,
      1.4364304971038927654897648925239, -0.91434911308169434319219135757790,
    ]
    for body in 0..<3 {
      for axis in 0..<2 {
        #expect(abs(end.value(0, body, axis) - expected[2 * body + axis]) < 1e-14)
        #expect(abs(end.value(0, body, 3 + axis) - velocities[2 * body + axis]) < 1e-14)
      }
    }
  }

  /// After a period the bodies are where they were, as far as the published digits of the orbit say.
  @Test func figureEightCloses() throws {
    let system = try Systems.figureEight()
    let period = 6.32591398292621
    let path = try integration.trajectories(of: [system], times: [period / 3, period])[0]
    #expect(path.isConverged)
    #expect(path.distance(at: 1, to: system) < 1e-12)
    // A third of a period later each has taken another's place: body 1 that of 3, or of 2.
    let places = (0..<3).map { SIMD2(path.value(0, $0, 0), path.value(0, $0, 1)) }
    for place in places {
      let nearest = system.positions.map { position -> Double in
        let d = SIMD2(position.x, position.y) - place
        return (d * d).sum().squareRoot()
      }.min()!
      #expect(nearest < 1e-12)
    }
  }

  /// Ten periods of two bodies at e = 0.99, a third of no mass to speak of far away.
  @Test func eccentricBinary() throws {
    let v = 0.035442405673917375
    let system = try GravitySystem(
      masses: [0.5, 0.5, 1e-200], positions: [[0.995, 0, 0], [-0.995, 0, 0], [100, 0, 0]],
      velocities: [[0, v, 0], [0, -v, 0], [0, 0.1, 0]])
    let end = try integration.trajectories(of: [system], times: [20 * .pi])[0]
    #expect(end.isConverged)
    let expected: [Double] = [
      0.99499999987657704586761065829949, 1.5671271430871034013788378214721e-06,
      -0.99499999987657704586761065829949, -1.5671271430871034013788378214721e-06,
      99.802636537430924152787147197216, 6.2790505162001909219033254788354,
    ]
    for body in 0..<3 {
      for axis in 0..<2 {
        let value = expected[2 * body + axis]
        #expect(abs(end.value(0, body, axis) - value) < 1e-14 * max(1, abs(value)))
      }
    }
  }

  /// Chaotic systems, half of which defeat double precision: see Data/README.md.
  @Test func chaoticSystems() throws {
    let url = try #require(Bundle.module.url(forResource: "Data", withExtension: nil))
    let table = try CSVTable.read(url.appendingPathComponent("converged.csv").path)
    let columns = try table.columnNames.map { try table.doubles($0) }
    let rows = (0..<table.rowCount).map { row in columns.map { $0[row] } }
    let firsts = Swift.stride(from: 0, to: rows.count, by: 4)
    let systems = try firsts.map { try Systems.falling(rows[$0][1], rows[$0][2]) }
    let paths = try integration.trajectories(of: systems, times: [2.5, 5, 7.5, 10])
    for (system, path) in paths.enumerated() {
      #expect(path.isConverged)
      for index in 0..<4 {
        let row = rows[4 * system + index]
        for body in 0..<3 {
          for axis in 0..<2 {
            #expect(abs(path.value(index, body, axis) - row[4 + 2 * body + axis]) < 1e-8)
            #expect(abs(path.value(index, body, 3 + axis) - row[10 + 2 * body + axis]) < 1e-8)
          }
        }
      }
      #expect(path.energyErrors(from: systems[system]).allSatisfy { $0 < 1e-22 })
    }
  }

  /// Turned round, a system comes back to where it began.
  @Test func timeReversal() throws {
    let begin = try [
      Systems.figureEight(), Systems.falling(-0.13735481315384868, 0.35702443647978654),
    ]
    let there = try integration.trajectories(of: begin, times: [10])
    let turned = zip(there, begin).map { $0.system(at: 0, masses: $1.masses).reversed }
    let back = try integration.trajectories(of: turned, times: [10])
    for (path, system) in zip(back, begin) {
      #expect(path.distance(at: 0, to: system.reversed) < 1e-20)
    }
    // The same by negative times.
    let states = zip(there, begin).map { $0.system(at: 0, masses: $1.masses) }
    let past = try integration.trajectories(of: states, times: [-10])
    for (path, system) in zip(past, begin) { #expect(path.distance(at: 0, to: system) < 1e-20) }
  }
}
