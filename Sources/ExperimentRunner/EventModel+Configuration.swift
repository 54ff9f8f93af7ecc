import Microlensing
import MicrolensingEvents

extension EventModel {
  private static let required = ["t0", "u0", "tE", "s", "q", "alpha"]
  private static let brightnessKeys = [
    "source_flux", "blend_flux", "source_magnitude", "blend_magnitude",
  ]

  /// Reads the parameters of an event: `t0`, `u0`, `tE`, `s`, `q`, `alpha` (degrees), and optionally
  /// `rho`, `limb_darkening`, and either one brightness or `data_sets` by name.
  ///
  /// - Throws: `ConfigurationError` with the line and key.
  public init(yaml path: String) throws { try self.init(ConfigurationFile(path: path)) }

  /// See `init(yaml:)`.
  public init(_ file: ConfigurationFile) throws {
    let root = file.root
    try root.requireOnly(
      keys: Self.required + ["rho", "limb_darkening", "data_sets"] + Self.brightnessKeys)
    let missing = try Self.required.filter { try root[$0] == nil }
    guard missing.isEmpty else {
      let names = missing.map { "'\($0)'" }.joined(separator: ", ")
      throw ConfigurationError(
        at: root.location, key: missing[0],
        problem: "missing \(missing.count == 1 ? "key" : "keys") \(names)")
    }
    let limbDarkening = try LimbDarkening(root["limb_darkening"]) ?? .uniform
    self.init(
      parameters: try Self.parameters(root), limbDarkening: limbDarkening,
      dataSets: try Self.dataSets(root, limbDarkening: limbDarkening))
  }

  private static func parameters(_ root: ConfigurationNode) throws -> BinaryLensParameters {
    func value(_ key: String) throws -> Double { try root.node(key).double }
    do {
      return try BinaryLensParameters(
        t0: value("t0"), u0: value("u0"), tE: value("tE"), rho: root["rho"]?.double ?? 0,
        s: value("s"), q: value("q"), alpha: value("alpha") * .pi / 180)
    } catch MicrolensingError.invalidParameter(let name, let value, let requirement) {
      throw try root.node(name).error("is \(value), expected a number that is \(requirement)")
    }
  }

  private static func dataSets(
    _ root: ConfigurationNode, limbDarkening: LimbDarkening
  ) throws -> [DataSet] {
    let ownBrightness = try brightness(root)
    guard let section = try root["data_sets"] else {
      return ownBrightness.map {
        [DataSet(name: "", limbDarkening: limbDarkening, brightness: $0)]
      } ?? []
    }
    guard ownBrightness == nil else {
      throw section.error("and a brightness at the top exclude each other; move it into a data set")
    }
    return try section.mapping.map { name, node in
      try node.requireOnly(keys: brightnessKeys + ["limb_darkening"])
      guard !name.isEmpty, !name.contains(where: { $0 == "," || $0 == "\"" || $0.isWhitespace })
      else { throw node.error("has a name that cannot stand in a column's: no spaces or commas") }
      guard let brightness = try brightness(node) else {
        throw node.error("is missing 'source_flux' or 'source_magnitude'")
      }
      return DataSet(
        name: name, limbDarkening: try LimbDarkening(node["limb_darkening"]) ?? limbDarkening,
        brightness: brightness)
    }
  }

  /// The brightness that a section gives; nil where it gives none.
  private static func brightness(_ node: ConfigurationNode) throws -> Brightness? {
    let given = try brightnessKeys.filter { try node[$0] != nil }
    guard let first = given.first else { return nil }
    let unit = first.hasSuffix("flux") ? "flux" : "magnitude"
    for key in given where !key.hasSuffix(unit) {
      throw try node.node(key).error("and '\(first)' exclude each other: fluxes or magnitudes")
    }
    guard let sourceNode = try node["source_\(unit)"] else { throw node.missing("source_\(unit)") }
    let source = try sourceNode.finite
    let blend = try node["blend_\(unit)"]?.finite
    guard unit == "flux" else { return .magnitude(source: source, blend: blend) }
    guard source > 0 else { throw sourceNode.error("is \(source), expected a positive flux") }
    return .flux(source: source, blend: blend ?? 0)
  }
}

extension LimbDarkening {
  /// `{ u1: … }` (linear), `{ c: …, d: … }` (square root) or `{ a: …, b: … }` (quadratic); nil for nil.
  fileprivate init?(_ node: ConfigurationNode?) throws {
    guard let node else { return nil }
    try node.requireOnly(keys: ["u1", "a", "b", "c", "d"])
    let keys = try node.mapping.map(\.key).sorted()
    func value(_ key: String) throws -> Double { try node.node(key).finite }
    switch keys {
    case ["u1"]: self = .linear(u: try value("u1"))
    case ["c", "d"]: self = .squareRoot(c: try value("c"), d: try value("d"))
    case ["a", "b"]: self = .quadratic(a: try value("a"), b: try value("b"))
    default:
      throw node.error(
        "has \(keys.isEmpty ? "no keys" : keys.joined(separator: ", ")), expected u1 (linear), "
          + "c and d (square root) or a and b (quadratic)")
    }
    if case .linear(let u) = self, !(0...1).contains(u) {
      throw try node.node("u1").error("is \(u), expected a number from 0 to 1")
    }
    if (try? validate()) == nil {
      throw node.error("makes a part of the disc dark, expected coefficients that do not")
    }
  }
}

extension ConfigurationNode {
  fileprivate var finite: Double {
    get throws {
      let value = try double
      guard value.isFinite else { throw error("is \(value), expected a finite number") }
      return value
    }
  }
}
