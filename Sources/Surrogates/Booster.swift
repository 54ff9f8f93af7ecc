import ArrayFiles
import CXGBoost
import Foundation
import NumericalMethods

/// Trees of XGBoost for one output.
///
/// Reference: Chen & Guestrin (2016), KDD, 785, arXiv:1603.02754.
final class Booster: @unchecked Sendable {
  // Sendable by the lock: the number of threads is a setting that each call makes.
  private let lock = NSLock()
  private let handle: BoosterHandle

  private init(_ matrices: [DMatrixHandle?]) throws(SurrogateError) {
    var handle: BoosterHandle?
    try Self.check(XGBoosterCreate(matrices, UInt64(matrices.count), &handle))
    self.handle = handle!
  }

  deinit { XGBoosterFree(handle) }

  /// Grows `rounds` rounds of trees, on one thread: sums must not follow the number of threads.
  ///
  /// - Throws: `SurrogateError` with XGBoost's reason; `Interrupted`.
  static func trained(
    x: [Double], columns: Int, y: [Double], settings: [String: String], rounds: Int,
    monitor: WorkMonitor
  ) throws -> Booster {
    let matrix = try matrix(x, columns: columns)
    defer { XGDMatrixFree(matrix) }
    let labels = y.map(Float.init)
    try check(XGDMatrixSetFloatInfo(matrix, "label", labels, UInt64(labels.count)))
    let booster = try Booster([matrix])
    let fixed = [
      "nthread": "1", "verbosity": "0", "objective": "reg:squarederror", "base_score": "0",
      "tree_method": "hist",
    ]
    for (name, value) in fixed.merging(settings, uniquingKeysWith: { $1 }) {
      try check(XGBoosterSetParam(booster.handle, name, value))
    }
    for round in 0..<rounds {
      try monitor.checkInterruption()
      try check(XGBoosterUpdateOneIter(booster.handle, Int32(round), matrix))
    }
    return booster
  }

  convenience init(bytes: [UInt8], path: String) throws {
    try self.init([])
    guard XGBoosterLoadModelFromBuffer(handle, bytes, UInt64(bytes.count)) == 0 else {
      throw FileError(path: path, column: "trees", problem: Self.reason)
    }
  }

  func bytes() throws(SurrogateError) -> [UInt8] {
    var (count, pointer): (UInt64, UnsafePointer<CChar>?) = (0, nil)
    try check(XGBoosterSaveModelToBuffer(handle, "{\"format\": \"ubj\"}", &count, &pointer))
    return UnsafeRawBufferPointer(start: pointer, count: Int(count)).map { $0 }
  }

  /// `[rows]` at inputs `[rows, columns]`, the same for any number of threads.
  func predict(_ x: [Double], columns: Int, threads: Int) throws(SurrogateError) -> [Double] {
    let matrix = try Self.matrix(x, columns: columns)
    defer { XGDMatrixFree(matrix) }
    lock.lock()
    defer { lock.unlock() }
    try check(XGBoosterSetParam(handle, "nthread", "\(threads)"))
    var (shape, dimensions, result): (UnsafePointer<UInt64>?, UInt64, UnsafePointer<Float>?) = (
      nil, 0, nil
    )
    let options =
      "{\"type\": 0, \"training\": false, \"iteration_begin\": 0, \"iteration_end\": 0, "
      + "\"strict_shape\": false}"
    try check(
      XGBoosterPredictFromDMatrix(handle, matrix, options, &shape, &dimensions, &result))
    return UnsafeBufferPointer(start: result, count: x.count / columns).map(Double.init)
  }

  private static func matrix(
    _ x: [Double], columns: Int
  ) throws(SurrogateError) -> DMatrixHandle {
    let values = x.map(Float.init)
    var matrix: DMatrixHandle?
    try check(
      XGDMatrixCreateFromMat(
        values, UInt64(x.count / columns), UInt64(columns), .nan, &matrix))
    return matrix!
  }

  private static var reason: String {
    let text = XGBGetLastError().map { String(cString: $0) } ?? ""
    return "XGBoost: " + (text.split(separator: "\n").first.map(String.init) ?? "unknown error")
  }

  private static func check(_ status: Int32) throws(SurrogateError) {
    guard status == 0 else { throw .badData(reason) }
  }
  private func check(_ status: Int32) throws(SurrogateError) { try Self.check(status) }
}

/// Trees for each output.
public struct TreeFit: FittedSurrogate {
  public static let knowsItsErrors = false

  private let boosters: [Booster]
  private let columns: Int

  /// - Throws: `SurrogateError`, `Interrupted`.
  init(
    _ data: RegressionData, settings: [String: String], rounds: Int, _ context: FittingContext
  ) throws {
    columns = data.featureCount
    let columns = columns
    var settings = settings
    settings["seed"] = "\(context.seed & 0x7fff_ffff)"
    let (chosen, monitor) = (settings, context.monitor)
    boosters = try parallelMap(data.outputCount, threads: monitor.threads) { output in
      Result {
        try Booster.trained(
          x: data.x, columns: columns, y: data.output(output), settings: chosen, rounds: rounds,
          monitor: monitor)
      }
    }.map { try $0.get() }
  }

  init(_ archive: NPZArchive) throws {
    let columns = try archive.read("tree_columns", as: Int64.self).values
    guard columns.count == 1, (1...1_000_000).contains(columns[0]) else {
      throw FileError(
        path: archive.path, column: "tree_columns", problem: "is no number of columns")
    }
    self.columns = Int(columns[0])
    var boosters: [Booster] = []
    while archive.names.contains("trees_\(boosters.count)") {
      let bytes = try archive.read("trees_\(boosters.count)", as: UInt8.self).values
      boosters.append(try Booster(bytes: bytes, path: archive.path))
    }
    self.boosters = boosters
  }

  public func write(to archive: inout NPZWriter) {
    archive.add("tree_columns", NDArray(shape: [1], values: [Int64(columns)]))
    for (output, booster) in boosters.enumerated() {
      // What was trained or read can be written.
      let bytes = try! booster.bytes()
      archive.add("trees_\(output)", NDArray(shape: [bytes.count], values: bytes))
    }
  }

  public func predict(_ x: [Double], threads: Int) -> Prediction {
    let rows = x.count / columns
    var mean = [Double](repeating: 0, count: rows * boosters.count)
    for (output, booster) in boosters.enumerated() where rows > 0 {
      // Finite inputs of the right number have an answer.
      let values = try! booster.predict(x, columns: columns, threads: threads)
      for (row, value) in values.enumerated() { mean[row * boosters.count + output] = value }
    }
    return Prediction(
      mean: mean, standardDeviation: [Double](repeating: 0, count: mean.count))
  }
}
