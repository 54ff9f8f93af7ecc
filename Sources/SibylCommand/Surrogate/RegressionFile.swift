import ArrayFiles
import Foundation
import Surrogates

/// Inputs and outputs of a function from an `.npz` file.
struct RegressionFile {
  let path: String
  let data: RegressionData
  let inputNames: [String]
  let outputNames: [String]
  /// What the user should know about them.
  private(set) var notes: [String] = []

  /// - Parameter mostRows: rows to keep, evenly chosen.
  ///
  /// Throws `FileError` for arrays that are missing, of other shapes, or without finite rows.
  init(_ path: String, mostRows: Int?) throws {
    self.path = path
    let archive = try NPZArchive(path: path)
    let x = try archive.read("x", as: Double.self)
    let y = try archive.read("y", as: Double.self)
    guard x.shape.count >= 1, y.shape.count >= 1, x.shape[0] == y.shape[0] else {
      throw FileError(
        path: path, column: "y",
        problem: "has shape \(y.shape), expected as many rows as x, \(x.shape)")
    }
    guard x.shape[0] > 0, x.rowLength > 0, y.rowLength > 0 else {
      throw FileError(path: path, column: "x", problem: "has shape \(x.shape): it is empty")
    }
    let (features, outputs) = (x.rowLength, y.rowLength)
    func names(_ key: String, _ count: Int, _ prefix: String) throws -> [String] {
      guard archive.names.contains(key) else {
        return count == 1 && prefix == "y" ? ["y"] : (1...count).map { "\(prefix)\($0)" }
      }
      let names = try archive.strings(key)
      guard names.count == count, Set(names).count == count else {
        throw FileError(
          path: path, column: key, problem: "has \(names.count) names, expected \(count) different")
      }
      return names
    }
    inputNames = try names("x_names", features, "x")
    outputNames = try names("y_names", outputs, "y")

    let all = RegressionData(
      x: x.values, y: y.values, featureCount: features, outputCount: outputs)
    var kept = (0..<all.rowCount).filter { row in
      all.x[row * features..<(row + 1) * features].allSatisfy(\.isFinite)
        && all.y[row * outputs..<(row + 1) * outputs].allSatisfy(\.isFinite)
    }
    let left = all.rowCount - kept.count
    if left > 0 { notes.append("\(left) of \(all.rowCount) rows are not finite and left out") }
    guard kept.count >= 10 else {
      throw FileError(
        path: path,
        problem: "has \(kept.count) finite row\(kept.count == 1 ? "" : "s") of x and y, "
          + "at least 10 are needed")
    }
    if let mostRows, kept.count > mostRows {
      kept = (0..<mostRows).map { kept[$0 * kept.count / mostRows] }
    }
    data = kept.count == all.rowCount ? all : all.rows(kept)
    if data.rowCount < features {
      notes.append(
        "there are fewer rows (\(data.rowCount)) than features (\(features)): expect little")
    }
  }

  /// The period of each feature, 0 for none, from `name=period` or `number=period`.
  func periods(_ options: [String]) throws -> [Double] {
    var periods = [Double](repeating: 0, count: data.featureCount)
    for option in options {
      let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let period = Double(parts[1]), period > 0, period.isFinite else {
        throw FileError(
          path: path,
          problem: "--periodic is '\(option)'; it must be a feature and its period, as "
            + "\(inputNames.last!)=360")
      }
      guard
        let index = inputNames.firstIndex(of: parts[0])
          ?? Int(parts[0]).map({ $0 - 1 }).flatMap({ periods.indices.contains($0) ? $0 : nil })
      else {
        throw FileError(
          path: path, column: "x_names",
          problem: "has no '\(parts[0])' (there are \(inputNames.joined(separator: ", ")))")
      }
      periods[index] = period
    }
    return periods
  }

  /// Inputs to predict for, `[rows, features]`.
  ///
  /// Throws `FileError` for other shapes and values that are not finite.
  static func inputs(_ path: String, names: [String]) throws -> [Double] {
    let array: NDArray<Double>
    switch URL(fileURLWithPath: path).pathExtension.lowercased() {
    case "npy": array = try NPY.read(path, as: Double.self)
    case "npz": array = try NPZArchive(path: path).read("x", as: Double.self)
    case "csv":
      let table = try CSVTable.read(path)
      let wanted = names.allSatisfy(table.columnNames.contains) ? names : table.columnNames
      let columns = try wanted.map { try table.doubles($0) }
      array = NDArray(
        shape: [table.rowCount, columns.count],
        values: (0..<table.rowCount).flatMap { row in columns.map { $0[row] } })
    default:
      throw FileError(path: path, problem: "is no .npy, .npz or .csv file")
    }
    // One row, or one feature, may come without a second dimension.
    let isOneRow = array.shape.count == 1 && names.count > 1 && array.values.count == names.count
    guard isOneRow || array.rowLength == names.count, !array.values.isEmpty else {
      throw FileError(
        path: path,
        problem: "has shape \(array.shape), expected [n, \(names.count)]: "
          + names.joined(separator: ", "))
    }
    if let index = array.values.firstIndex(where: { !$0.isFinite }) {
      throw FileError(
        path: path, column: names[index % names.count],
        problem:
          "is \(array.values[index]) in row \(index / names.count + 1), expected a finite number")
    }
    return array.values
  }
}
