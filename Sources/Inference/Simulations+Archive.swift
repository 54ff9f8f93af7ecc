import ArrayFiles
import Foundation
import NumericalMethods

/// Simulations from an `.npz` file of anybody's making.
extension Simulations {
  /// Opens an `.npz` with `theta` `[simulations, parameters]`, `x` `[simulations, …]` and perhaps
  /// `names` `[parameters]`.
  ///
  /// Rows of stored arrays are read where they lie. Compressed arrays are first expanded to files in
  /// the folder `scratch`, which vanish when the simulations are no longer used. Everything is read
  /// once, to check it and to find rows with a value that is not finite, which are left out.
  ///
  /// - Throws: `FileError` when the arrays are missing, damaged, of other types or of shapes that do
  ///   not fit together; `Interrupted`.
  public init(archive path: String, scratch: String, monitor: WorkMonitor) throws {
    let archive = try NPZArchive(path: path)
    for name in ["theta", "x"] where !archive.names.contains(name) {
      throw FileError(
        path: path,
        problem: "has no array '\(name)', it has "
          + (archive.names.isEmpty ? "none" : archive.names.joined(separator: ", "))
          + "; expected theta "
          + "[simulations, parameters] and x [simulations, …]")
    }
    let theta = try Self.rows("theta", of: archive, scratch: scratch, monitor: monitor)
    let x = try Self.rows("x", of: archive, scratch: scratch, monitor: monitor)
    guard theta.shape.count == 1 || theta.shape.count == 2, theta.rowLength > 0 else {
      throw FileError(
        path: theta.path,
        problem: "has shape \(theta.shape), expected [simulations, parameters] with at least one "
          + "parameter")
    }
    guard !x.shape.isEmpty, x.rowLength > 0 else {
      throw FileError(
        path: x.path,
        problem: "has shape \(x.shape), expected [simulations, …] with at least one value each")
    }
    guard theta.rowCount == x.rowCount else {
      throw FileError(
        path: path,
        problem: "theta has \(theta.rowCount) rows and x has \(x.rowCount); every simulation needs "
          + "one of each")
    }
    guard theta.rowCount > 0 else { throw FileError(path: path, problem: "holds no simulations") }
    var part = SimulationPart(theta: .open(theta), x: .open(x), storedRows: theta.rowCount)
    part.excluded = try Self.nonFiniteRows(theta: theta, x: x, monitor: monitor)
    let sums = try ["theta", "x"].map { String(try archive.checksum(of: $0), radix: 16) }
    self.init(
      path: path, names: try Self.names(in: archive, count: theta.rowLength),
      hasNames: archive.names.contains("names"), signalCount: x.rowLength,
      fingerprint: "\(theta.shape)\(sums[0])\(x.shape)\(sums[1])", parts: [part])
  }

  /// Rows of a member, checked.
  private static func rows(
    _ name: String, of archive: NPZArchive, scratch: String, monitor: WorkMonitor
  ) throws -> NPYRows {
    func report(_ action: String, _ done: Int, _ total: Int) throws {
      // Small files are done before anybody could read it.
      guard total >= 256 << 20 else { return }
      // In MiB: counts of bytes mean little to anybody.
      try monitor.advance(
        WorkProgress(label: "\(action) \(name)", completed: done >> 20, total: total >> 20))
    }
    if let rows = try archive.rows(name) {
      try archive.verify(name) { try report("check", $0, $1) }
      return rows
    }
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    let path = "\(scratch)/.\(name)-\(ProcessInfo.processInfo.processIdentifier).npy"
    try archive.extract(name, to: path) { try report("expand", $0, $1) }
    // An open file outlives its name: however the program ends, nothing is left behind.
    defer { unlink(path) }
    return try NPYRows(path)
  }

  private static func names(in archive: NPZArchive, count: Int) throws -> [String] {
    guard archive.names.contains("names") else { return (1...count).map { "theta_\($0)" } }
    let names = try archive.strings("names")
    guard names.count == count else {
      throw FileError(
        path: "\(archive.path)[names.npy]",
        problem: "has \(names.count) names \(names), theta has \(count) columns")
    }
    if let name = names.first(where: \.isEmpty) ?? Self.firstRepeated(names) {
      throw FileError(
        path: "\(archive.path)[names.npy]",
        problem: "has the name '\(name)' \(name.isEmpty ? "" : "twice"); names must be different "
          + "and not empty")
    }
    return names
  }

  private static func firstRepeated(_ names: [String]) -> String? {
    var seen: Set<String> = []
    return names.first { !seen.insert($0).inserted }
  }

  /// Rows in which theta or x is infinite or not a number, ascending.
  private static func nonFiniteRows(
    theta: NPYRows, x: NPYRows, monitor: WorkMonitor
  ) throws -> [Int] {
    let blockSize = max(1, (1 << 20) / (x.rowLength + theta.rowLength))
    let blocks = (theta.rowCount + blockSize - 1) / blockSize
    // A batch of blocks at a time, so that Ctrl-C is heard.
    let batchSize = 4 * monitor.threads
    var found: [Int] = []
    for batch in stride(from: 0, to: blocks, by: batchSize) {
      let count = min(batchSize, blocks - batch)
      let results = parallelMap(count, threads: monitor.threads) { offset in
        Result {
          let first = (batch + offset) * blockSize
          let rows = first..<min(first + blockSize, theta.rowCount)
          return Set(try nonFiniteRows(theta, rows, as: Double.self))
            .union(try nonFiniteRows(x, rows, as: Float.self))
        }
      }
      for result in results { found += try result.get().sorted() }
      guard blocks > batchSize else { break }
      try monitor.advance(
        WorkProgress(
          label: "scan", completed: min((batch + count) * blockSize, theta.rowCount),
          total: theta.rowCount))
    }
    return found
  }

  private static func nonFiniteRows<S: ArrayScalar & BinaryFloatingPoint & SIMDScalar>(
    _ array: NPYRows, _ rows: Range<Int>, as: S.Type
  ) throws -> [Int] {
    let width = array.rowLength
    return try withUnsafeTemporaryAllocation(of: S.self, capacity: rows.count * width) { buffer in
      try array.read(rows: rows, into: buffer)
      return rows.filter { row in
        let first = (row - rows.lowerBound) * width
        // v · 0 is NaN where v is not finite, and so is their sum.
        var sum = SIMD8<S>.zero
        var index = first
        while index + 8 <= first + width {
          sum +=
            UnsafeRawPointer(buffer.baseAddress! + index)
            .loadUnaligned(as: SIMD8<S>.self) * 0
          index += 8
        }
        var rest = sum.sum()
        while index < first + width {
          rest += buffer[index] * 0
          index += 1
        }
        return !rest.isFinite
      }
    }
  }
}
