import ArrayFiles
import Foundation
import NumericalMethods
import Numerics
import Probability

/// Non-uniform fast Fourier transforms of random points in two dimensions; the peer reads the same points.
struct TransformWork {
  /// Modes along each dimension.
  let side: Int
  let points: Int

  static let all = [
    (128, 10_000), (128, 100_000), (512, 100_000), (512, 1_000_000), (1024, 1_000_000),
  ]
  .map { TransformWork(side: $0.0, points: $0.1) }
  /// Asked of the peer, and the finer ones asked of Sibyl, to find what costs least at the peer's error.
  static let tolerances = [1e-6: [1e-6, 5e-7, 2e-7], 1e-9: [1e-9, 5e-10, 2e-10]]
  /// Modes and points whose sums are computed directly.
  private static let checks = 40

  private var name: String { "\(side)-\(points)" }

  static func prepare(in folder: String) throws { for work in all { try work.prepare(in: folder) } }

  static func measure(in folder: String) throws { for work in all { try work.measure(in: folder) } }

  private func prepare(in folder: String) throws {
    var stream = RandomStream(seed: 1, purpose: .simulation, index: UInt64(side + points))
    let x = (0..<points).map { _ in Double.random(in: -Double.pi ..< .pi, using: &stream) }
    let y = (0..<points).map { _ in Double.random(in: -Double.pi ..< .pi, using: &stream) }
    func numbers(_ count: Int) -> [Complex<Double>] {
      (0..<count).map { _ in
        Complex(.random(in: -1...1, using: &stream), .random(in: -1...1, using: &stream))
      }
    }
    let (strengths, modes) = (numbers(points), numbers(side * side))
    let checkedModes = (0..<Self.checks).map { _ in
      Int.random(in: 0..<side * side, using: &stream)
    }
    let checkedPoints = (0..<Self.checks).map { _ in Int.random(in: 0..<points, using: &stream) }
    func wave(_ mode: Int, _ point: Int) -> Complex<Double> {
      let (kx, ky) = (mode % side - side / 2, mode / side - side / 2)
      return Complex(length: 1, phase: Double(kx) * x[point] + Double(ky) * y[point])
    }
    let sums = checkedModes.map { mode in
      strengths.indices.reduce(Complex<Double>.zero) { $0 + strengths[$1] * wave(mode, $1) }
    }
    let values = checkedPoints.map { point in
      modes.indices.reduce(Complex<Double>.zero) { $0 + modes[$1] * wave($1, point) }
    }
    var archive = NPZWriter()
    archive.add("x", NDArray(shape: [points], values: x))
    archive.add("y", NDArray(shape: [points], values: y))
    for (name, numbers) in [
      ("strengths", strengths), ("modes", modes), ("sums", sums), ("values", values),
    ] {
      archive.add(
        name,
        NDArray(shape: [numbers.count, 2], values: numbers.flatMap { [$0.real, $0.imaginary] }))
    }
    for (name, indices) in [("checked_modes", checkedModes), ("checked_points", checkedPoints)] {
      archive.add(name, NDArray(shape: [indices.count], values: indices.map { Int64($0) }))
    }
    try archive.write(to: path(in: folder))
  }

  private func path(in folder: String) -> String { "\(folder)/transform-\(name).npz" }

  private func measure(in folder: String) throws {
    let archive = try NPZArchive(path: path(in: folder))
    func numbers(_ name: String) throws -> [Complex<Double>] {
      let flat = try archive.read(name, as: Double.self).values
      return (0..<flat.count / 2).map { Complex(flat[2 * $0], flat[2 * $0 + 1]) }
    }
    func indices(_ name: String) throws -> [Int] {
      try archive.read(name, as: Int64.self).values.map { Int($0) }
    }
    let x = try archive.read("x", as: Double.self).values
    let y = try archive.read("y", as: Double.self).values
    let data = (
      strengths: try numbers("strengths"), modes: try numbers("modes"), sums: try numbers("sums"),
      values: try numbers("values")
    )
    let checked = (modes: try indices("checked_modes"), points: try indices("checked_points"))
    for threads in [1, 2] {
      let clock = threads == 1 ? processorSeconds : wallSeconds
      for (series, tolerances) in Self.tolerances.sorted(by: { $0.key > $1.key }) {
        for tolerance in tolerances {
          func run(_ type: Int) -> [Complex<Double>] {
            let plan = NonUniformFFT(modes: [side, side], tolerance: tolerance, threads: threads)
            plan.setPoints(x: x, y: y)
            return type == 1
              ? plan.type1(data.strengths, sign: .plus) : plan.type2(data.modes, sign: .plus)
          }
          for type in [1, 2] {
            let (seconds, result) = medianSeconds(clock: clock, patience: 2) { run(type) }
            let error =
              type == 1
              ? distance(checked.modes.map { result[$0] }, data.sums)
              : distance(checked.points.map { result[$0] }, data.values)
            try Measurement(
              "transform-\(type)-\(name)\(threads == 2 ? "-two-threads" : "")",
              series: "\(series)", setting: "tolerance \(tolerance)", seconds: seconds, units: 1,
              details: ["error": error]
            ).printLine()
          }
        }
      }
    }
  }

  /// Relative root-mean-square difference.
  private func distance(_ a: [Complex<Double>], _ b: [Complex<Double>]) -> Double {
    let squares = zip(a, b).map { (($0 - $1).lengthSquared, $1.lengthSquared) }
    return (squares.reduce(0) { $0 + $1.0 } / squares.reduce(0) { $0 + $1.1 }).squareRoot()
  }
}
