import ArrayFiles

/// Simulations on disk: parameters theta and what was simulated from them, row by row, in one or
/// several pairs of `.npy` arrays.
///
/// Rows are numbered through all parts; rows that were left out have no number. Nothing is kept in
/// memory but the numbers of the rows left out.
public struct Simulations: Sendable {
  /// What messages call them: the folder or file they came from.
  public let path: String
  /// The parameters, in the order of theta's columns.
  public internal(set) var names: [String]
  /// Whether the names are those of the file, and not mere numbers.
  let hasNames: Bool
  /// Values of x per row.
  public let signalCount: Int
  /// Checksums of all arrays: equal simulations have equal ones.
  public let fingerprint: String
  let parts: [SimulationPart]
  /// The number of each part's first row.
  let firstRows: [Int]

  init(
    path: String, names: [String], hasNames: Bool = true, signalCount: Int, fingerprint: String,
    parts: [SimulationPart]
  ) {
    precondition(!names.isEmpty && signalCount > 0)
    self.path = path
    self.names = names
    self.hasNames = hasNames
    self.signalCount = signalCount
    self.fingerprint = fingerprint
    self.parts = parts
    var next = 0
    firstRows = parts.map { part in
      defer { next += part.rowCount }
      return next
    }
  }

  public var rowCount: Int { parts.reduce(0) { $0 + $1.rowCount } }
  /// Rows left out because a value is not finite.
  public var excludedCount: Int { parts.reduce(0) { $0 + $1.excluded.count } }

  /// - Throws: `FileError` when there are too few to train and validate on.
  public func requireEnough() throws {
    guard rowCount >= 20 else {
      throw FileError(
        path: path,
        problem: "has \(rowCount) usable simulation\(rowCount == 1 ? "" : "s")"
          + (excludedCount > 0 ? " (\(excludedCount) are not finite)" : "")
          + "; training needs at least 20")
    }
  }

  /// Reads rows: theta `[rows, parameters]` and x `[rows, signalCount]`.
  ///
  /// - Throws: `FileError` when a file is not what it was.
  public func read(_ rows: Range<Int>) throws -> (theta: [Double], x: [Float]) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount)
    var theta = [Double](repeating: 0, count: rows.count * names.count)
    var x = [Float](repeating: 0, count: rows.count * signalCount)
    for (part, first) in zip(parts, firstRows) {
      let own = rows.clamped(to: first..<first + part.rowCount)
      guard !own.isEmpty else { continue }
      let offset = own.lowerBound - rows.lowerBound
      let reader = try part.open(parameters: names.count, signalCount: signalCount)
      try theta.withUnsafeMutableBufferPointer { theta in
        try x.withUnsafeMutableBufferPointer { x in
          try reader.read(
            own.lowerBound - first..<own.upperBound - first,
            theta: theta.baseAddress! + offset * names.count,
            x: x.baseAddress! + offset * signalCount)
        }
      }
    }
    return (theta, x)
  }
}

/// Arrays theta and x whose rows belong together.
struct SimulationPart: Sendable {
  /// Where an array is: shards are opened when they are read, because there may be thousands.
  enum Source: Sendable {
    case file(String)
    case open(NPYRows)

    func rows() throws -> NPYRows {
      switch self {
      case .file(let path): try NPYRows(path)
      case .open(let rows): rows
      }
    }
  }

  let theta: Source
  let x: Source
  let storedRows: Int
  /// Stored rows that are left out, ascending.
  var excluded: [Int] = []

  var rowCount: Int { storedRows - excluded.count }

  /// - Throws: `FileError` when the arrays do not have the promised shape.
  func open(parameters: Int, signalCount: Int) throws -> Reader {
    let reader = Reader(theta: try theta.rows(), x: try x.rows(), excluded: excluded)
    for (array, width) in [(reader.theta, parameters), (reader.x, signalCount)] {
      guard array.rowCount == storedRows, array.rowLength == width else {
        throw FileError(
          path: array.path, problem: "has shape \(array.shape), expected [\(storedRows), \(width)]")
      }
    }
    return reader
  }

  struct Reader {
    let theta: NPYRows
    let x: NPYRows
    let excluded: [Int]

    /// Reads rows, counted without those left out, to theta `[rows, parameters]` and, where it is
    /// wanted, x `[rows, signalCount]`.
    func read(
      _ rows: Range<Int>, theta: UnsafeMutablePointer<Double>, x: UnsafeMutablePointer<Float>?
    ) throws {
      var row = rows.lowerBound
      var skipped = excludedCount(before: row)
      while row < rows.upperBound {
        let next = skipped < excluded.count ? excluded[skipped] - skipped : rows.upperBound
        let end = min(next, rows.upperBound)
        let stored = row + skipped..<end + skipped
        try read(stored, of: self.theta, to: theta + (row - rows.lowerBound) * self.theta.rowLength)
        if let x {
          try read(stored, of: self.x, to: x + (row - rows.lowerBound) * self.x.rowLength)
        }
        row = end
        while skipped < excluded.count, excluded[skipped] == row + skipped { skipped += 1 }
      }
    }

    private func read<S: ArrayScalar>(
      _ rows: Range<Int>, of array: NPYRows, to place: UnsafeMutablePointer<S>
    ) throws {
      try array.read(
        rows: rows,
        into: UnsafeMutableBufferPointer(start: place, count: rows.count * array.rowLength))
    }

    /// How many stored rows before the row of this number are left out.
    private func excludedCount(before row: Int) -> Int {
      // excluded[i] − i, the number of the row that follows it, ascends.
      var (low, high) = (0, excluded.count)
      while low < high {
        let middle = (low + high) / 2
        if excluded[middle] - middle <= row { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }
}

extension TrainingSet {
  /// The rows of all shards.
  public var simulations: Simulations {
    Simulations(
      path: folder, names: description.parameters, signalCount: description.signalCount,
      fingerprint: shards.map { "\($0.thetaChecksum),\($0.xChecksum)" }.joined(separator: ","),
      parts: shards.map { shard in
        SimulationPart(
          theta: .file(path(shard, "theta")), x: .file(path(shard, "x")), storedRows: shard.rows)
      })
  }
}
