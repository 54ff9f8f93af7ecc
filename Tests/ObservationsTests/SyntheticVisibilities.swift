import Foundation
import Numerics
import Observations

/// SplitMix64 (Steele, Lea & Flood 2014): reproducible numbers for tests.
struct TestGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func normal() -> Double {
    let u = Double.random(in: Double.leastNormalMagnitude..<1, using: &self)
    let v = Double.random(in: 0..<1, using: &self)
    return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
  }
}

/// Two points in the sky seen by stations strewn over a plane that turns.
enum SyntheticVisibilities {
  /// Baselines of each time as pairs of stations, in this order.
  static func set(
    stations: Int, times: [[(Int, Int)]], timeStep: Double = 0.01, channels: Int = 1,
    noise: Double = 0, seed: UInt64 = 1
  ) -> VisibilitySet {
    var generator = TestGenerator(state: seed)
    let places = (0..<stations).map { _ in
      SIMD2(
        Double.random(in: -4e9...4e9, using: &generator), .random(in: -4e9...4e9, using: &generator)
      )
    }
    var rows: [Visibility] = []
    for (step, baselines) in times.enumerated() {
      let time = 1 + timeStep * Double(step)
      for channel in 0..<channels {
        for (a, b) in baselines {
          let angle = 0.26 * time
          let d = (places[a] - places[b]) * (1 + 0.1 * Double(channel))
          let u = d.x * cos(angle) - d.y * sin(angle)
          let v = d.x * sin(angle) + d.y * cos(angle)
          let phase = 2 * .pi * (u * 3e-10 + v * 2e-10)
          let sigma = 0.01 * Double(1 + (a + b) % 4)
          let value = Complex(1.0, 0) + Complex(length: 0.4, phase: phase)
          rows.append(
            Visibility(
              time: time, integration: 10, station1: a, station2: b, channel: channel, u: u, v: v,
              value: value
                + Complex(noise * sigma * generator.normal(), noise * sigma * generator.normal()),
              sigma: sigma))
        }
      }
    }
    return VisibilitySet(
      source: "two points", mjd: 57_848,
      frequencies: (0..<channels).map { 2e11 + 2e10 * Double($0) },
      bandwidth: 2e9,
      stations: (0..<stations).map { Station(name: "S\($0)") }, visibilities: rows)
  }

  /// All baselines of so many stations; some written the other way round.
  static func complete(_ stations: Int) -> [(Int, Int)] {
    (0..<stations).flatMap { b in
      (0..<b).map { a in (a + b) % 3 == 0 ? (b, a) : (a, b) }
    }
  }
}

/// The rank of a matrix of rows by elimination with pivots.
func rank(_ rows: [[Double]]) -> Int {
  var rows = rows
  var rank = 0
  for column in 0..<(rows.first?.count ?? 0) {
    guard
      let pivot = (rank..<rows.count).max(by: { abs(rows[$0][column]) < abs(rows[$1][column]) }),
      abs(rows[pivot][column]) > 1e-9
    else { continue }
    rows.swapAt(rank, pivot)
    for row in rank + 1..<rows.count {
      let factor = rows[row][column] / rows[rank][column]
      if factor == 0 { continue }
      for k in column..<rows[row].count { rows[row][k] -= factor * rows[rank][k] }
    }
    rank += 1
    if rank == rows.count { break }
  }
  return rank
}

extension ClosureQuantities {
  /// Elements of a group as rows over all visibilities of the set.
  func design(of group: Group, visibilities: Int) -> [[Double]] {
    elements[group.elements].map { element in
      var row = [Double](repeating: 0, count: visibilities)
      for k in 0..<4 { row[element.visibilities[k]] += element.signs[k] }
      return row
    }
  }
}
