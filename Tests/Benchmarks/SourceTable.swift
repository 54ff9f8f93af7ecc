import ArrayFiles
import Microlensing

/// Discs behind lenses, uniform or with linear limb darkening.
struct SourceTable: MagnificationTable {
  /// Sources of one kind behind one lens, which are one call.
  struct Batch {
    let s: Double
    let q: Double
    let rho: Double
    /// Coefficient of linear limb darkening; 0 is a uniform disc.
    let u1: Double
    var x: [Double] = []
    var y: [Double] = []
  }

  private(set) var batches: [Batch] = []
  var unitCount: Int { batches.reduce(0) { $0 + $1.x.count } }

  init() {}

  init(_ table: CSVTable) throws {
    let (s, q) = (try table.doubles("s"), try table.doubles("q"))
    let (x, y) = (try table.doubles("x"), try table.doubles("y"))
    let (rho, u1) = (try table.doubles("rho"), try table.doubles("u1"))
    for k in s.indices { append(s: s[k], q: q[k], x: x[k], y: y[k], rho: rho[k], u1: u1[k]) }
  }

  /// Adds a source, to the last batch if it is of its kind.
  mutating func append(s: Double, q: Double, x: Double, y: Double, rho: Double, u1: Double) {
    let isAlike =
      batches.last.map { $0.s == s && $0.q == q && $0.rho == rho && $0.u1 == u1 } ?? false
    if !isAlike { batches.append(Batch(s: s, q: q, rho: rho, u1: u1)) }
    batches[batches.count - 1].x.append(x)
    batches[batches.count - 1].y.append(y)
  }

  func write(_ name: String, in folder: String) throws {
    func column(_ name: String, _ value: (Batch) -> Double) -> CSVColumn {
      CSVColumn(name, batches.flatMap { [Double](repeating: value($0), count: $0.x.count) })
    }
    try CSVTable.write(
      columns: [
        column("s", \.s), column("q", \.q), CSVColumn("x", batches.flatMap(\.x)),
        CSVColumn("y", batches.flatMap(\.y)), column("rho", \.rho), column("u1", \.u1),
      ], to: "\(folder)/\(name).csv")
  }

  func magnifications(tolerance: Double) throws -> [Double] {
    var result: [Double] = []
    var lens: BinaryLens?
    for batch in batches {
      if lens?.s != batch.s || lens?.q != batch.q { lens = try BinaryLens(s: batch.s, q: batch.q) }
      let values = lens!.magnifications(
        x: batch.x, y: batch.y, rho: batch.rho,
        limbDarkening: batch.u1 == 0 ? .uniform : .linear(u: batch.u1), tolerance: tolerance)
      for value in values { result.append(value.value) }
    }
    return result
  }
}
