import Foundation
import Microlensing
import MicrolensingReference
import NumericalMethods

/// Rows of the tests' table: places drawn as for the other checks, values from the independent
/// integrator alone.
struct ReferenceRows {
  let seed: UInt64
  let count: Int
  let threads: Int

  var csv: String {
    let rows = parallelMap(count, threads: threads) { row($0) }
    return (["s,q,x,y,rho,law,first,second,magnification,error"] + rows).joined(separator: "\n")
  }

  private func row(_ index: Int) -> String {
    var generator = CaseGenerator(seed: seed, group: index)
    let (s, q) = generator.lens()
    guard let lens = try? BinaryLens(s: s, q: q) else {
      preconditionFailure("no lens with s = \(s), q = \(q)")
    }
    let caustics = CausticMap(lens: lens)
    var (rho, law, _, _) = generator.source()
    while rho == 0 { (rho, law, _, _) = generator.source() }
    let (point, _) = generator.position(s: s, q: q, rho: rho, caustics: caustics)
    let result = ReferenceMagnification.magnification(
      s: s, q: q, x: point.x, y: point.y, rho: rho, brightness: law.reference)
    let source = [s, q, point.x, point.y, rho].map { "\($0)" }.joined(separator: ",")
    return "\(source),\(columns(law)),\(result.value),\(result.error)"
  }

  /// The law's name and two coefficients.
  private func columns(_ law: LimbDarkening) -> String {
    switch law {
    case .uniform: "uniform,0,0"
    case .linear(let u): "linear,\(u),0"
    case .squareRoot(let c, let d): "square-root,\(c),\(d)"
    case .quadratic(let a, let b): "quadratic,\(a),\(b)"
    }
  }
}
