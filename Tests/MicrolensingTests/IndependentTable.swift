import Foundation
import Microlensing
import MicrolensingReference

/// A row of `Data/independent.csv`.
struct IndependentRow: CustomStringConvertible {
  let s, q, x, y, rho: Double
  let law: LimbDarkening
  /// The same law in the independent integrator.
  let brightness: Brightness
  let magnification, error: Double

  var description: String {
    "s \(s) q \(q) x \(x) y \(y) rho \(rho) \(law) A \(magnification)"
  }
}

enum IndependentTable {
  static let rows: [IndependentRow] = csvRows("independent").map { fields in
    let v = fields.map { Double($0) ?? .nan }
    let (law, brightness) = laws(String(fields[5]), v[6], v[7])
    return IndependentRow(
      s: v[0], q: v[1], x: v[2], y: v[3], rho: v[4], law: law, brightness: brightness,
      magnification: v[8], error: v[9])
  }

  private static func laws(_ name: String, _ a: Double, _ b: Double) -> (LimbDarkening, Brightness)
  {
    switch name {
    case "linear": (.linear(u: a), .linear(a))
    case "square-root": (.squareRoot(c: a, d: b), .squareRoot(a, b))
    case "quadratic": (.quadratic(a: a, b: b), .quadratic(a, b))
    case "uniform": (.uniform, .uniform)
    default: preconditionFailure("no law \(name)")
    }
  }
}

/// A row of `Data/limb_darkening.csv`.
struct DarkenedRow: CustomStringConvertible {
  let s, q, x, y, rho, u, magnification: Double

  var description: String { "s \(s) q \(q) x \(x) y \(y) rho \(rho) u \(u) A \(magnification)" }

  static let all: [DarkenedRow] = csvRows("limb_darkening").map { fields in
    let v = fields.prefix(7).map { Double($0)! }
    return DarkenedRow(s: v[0], q: v[1], x: v[2], y: v[3], rho: v[4], u: v[5], magnification: v[6])
  }
}

/// The fields of a table in `Data`, without its header.
private func csvRows(_ name: String) -> [[Substring]] {
  let url = Bundle.module.url(forResource: "Data/\(name)", withExtension: "csv")!
  let text = try! String(contentsOf: url, encoding: .utf8)
  return text.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
}
