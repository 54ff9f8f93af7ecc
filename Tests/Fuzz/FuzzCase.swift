import Microlensing
import MicrolensingReference

/// Where a source was put.
enum Place: String, CaseIterable, Sendable {
  case plane, inside, nearCaustic, onCaustic, nearCusp, onCusp, onAxis, onMass, tangentLimb
}

/// A source behind a lens.
struct FuzzCase: Sendable {
  var s, q, x, y, rho: Double
  var law: LimbDarkening
  var tolerance: Double
  var place = Place.plane

  /// The arguments that check this case again.
  var arguments: String {
    // An equals sign keeps negative numbers from being taken for options.
    "--s=\(s) --q=\(q) --x=\(x) --y=\(y) --rho=\(rho) --tolerance=\(tolerance)"
      + (law == .uniform ? "" : " --law=\(law.argument)")
  }
}

extension LimbDarkening {
  /// `linear:U`, `square-root:C,D`, `quadratic:A,B` or `uniform`.
  var argument: String {
    switch self {
    case .uniform: "uniform"
    case .linear(let u): "linear:\(u)"
    case .squareRoot(let c, let d): "square-root:\(c),\(d)"
    case .quadratic(let a, let b): "quadratic:\(a),\(b)"
    }
  }

  init?(argument: String) {
    let parts = argument.split(separator: ":")
    let values = (parts.count > 1 ? parts[1] : "").split(separator: ",").compactMap { Double($0) }
    switch (parts.first, values.count) {
    case ("uniform", 0): self = .uniform
    case ("linear", 1): self = .linear(u: values[0])
    case ("square-root", 2): self = .squareRoot(c: values[0], d: values[1])
    case ("quadratic", 2): self = .quadratic(a: values[0], b: values[1])
    default: return nil
    }
  }

  /// The same law in the independent integrator.
  var reference: Brightness {
    switch self {
    case .uniform: .uniform
    case .linear(let u): .linear(u)
    case .squareRoot(let c, let d): .squareRoot(c, d)
    case .quadratic(let a, let b): .quadratic(a, b)
    }
  }
}
