import Foundation

/// A row of `Data/magnification.csv`.
struct ReferenceRow: CustomStringConvertible {
  let s, q, x, y, rho, magnification, relativeError: Double
  let category: String

  var description: String {
    "s \(s) q \(q) x \(x) y \(y) rho \(rho) A \(magnification) \(category)"
  }
}

enum ReferenceTable {
  static let rows: [ReferenceRow] = {
    let url = Bundle.module.url(forResource: "Data/magnification", withExtension: "csv")!
    let text = try! String(contentsOf: url, encoding: .utf8)
    return text.split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: ",")
      let v = fields.prefix(7).map { Double($0)! }
      return ReferenceRow(
        s: v[0], q: v[1], x: v[2], y: v[3], rho: v[4], magnification: v[5], relativeError: v[6],
        category: String(fields[7]))
    }
  }()
  static var points: [ReferenceRow] { rows.filter { $0.rho == 0 } }
  static var discs: [ReferenceRow] { rows.filter { $0.rho > 0 } }
}
