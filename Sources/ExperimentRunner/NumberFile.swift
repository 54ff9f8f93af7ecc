import ArrayFiles
import Foundation

/// Numbers that a user hands over: an `.npy` file, an array of an `.npz` file, or a table of text.
public struct NumberFile: Sendable {
  public let path: String
  public let shape: [Int]
  public let values: [Double]
  /// Names of a table's columns.
  public let columnNames: [String]?

  /// - Parameter members: names of the array in an `.npz` file, the first that is there; an archive of
  ///   one array may call it anything.
  /// - Throws: `FileError`, also for numbers that are not finite.
  public init(_ path: String, members: [String]) throws {
    let array: NDArray<Double>
    var columnNames: [String]?
    var label = path
    switch URL(fileURLWithPath: path).pathExtension.lowercased() {
    case "npy": array = try NPY.read(path, as: Double.self)
    case "npz":
      let archive = try NPZArchive(path: path)
      let found = members.first(where: archive.names.contains)
      guard let name = found ?? (archive.names.count == 1 ? archive.names[0] : nil) else {
        throw FileError(
          path: path,
          problem: "holds \(archive.names.joined(separator: ", ")); expected an array named "
            + members.map { "'\($0)'" }.joined(separator: " or "))
      }
      array = try archive.read(name, as: Double.self)
      label = "\(path)[\(name)]"
    default:
      let table = try CSVTable.read(path)
      guard table.rowCount > 0 else {
        throw FileError(
          path: path,
          problem: "holds no row of numbers; its only line was taken for names of columns "
            + "(\(table.columnNames.joined(separator: ", ")))")
      }
      let columns = try table.columnNames.map { try table.doubles($0) }
      array = NDArray(
        shape: [table.rowCount, columns.count],
        values: (0..<table.rowCount).flatMap { row in columns.map { $0[row] } })
      columnNames = table.columnNames
    }
    if let place = array.values.firstIndex(where: { !$0.isFinite }) {
      throw FileError(
        path: label,
        problem: "[\(Self.indices(of: place, shape: array.shape))] is \(array.values[place]), "
          + "expected finite numbers")
    }
    self.path = label
    self.columnNames = columnNames
    shape = array.shape
    values = array.values
  }

  /// The observations `[m][count]` of a model: one of any shape, or a batch `[m, …]`.
  ///
  /// - Throws: `FileError` for values that are not whole observations.
  public func observations(of count: Int) throws -> [[Float]] {
    let isOne = values.count == count
    guard isOne || (shape.count > 1 || count == 1) && shape.dropFirst().reduce(1, *) == count,
      !values.isEmpty
    else {
      throw FileError(
        path: path,
        problem: "has shape \(shape), the model takes observations of \(count) "
          + "value\(count == 1 ? "" : "s"): expected [\(count)], or [m, \(count)] for a batch")
    }
    if let place = values.firstIndex(where: { !Float($0).isFinite }) {
      throw FileError(
        path: path, problem: "holds \(values[place]), which is beyond the range of float32")
    }
    return stride(from: 0, to: values.count, by: count).map { start in
      values[start..<start + count].map { Float($0) }
    }
  }

  /// Parameters `[…, names]`, the columns of a table by name where it names them.
  ///
  /// - Throws: `FileError` for another number of columns.
  public func parameters(_ names: [String]) throws -> [[Double]] {
    if let columnNames, names.allSatisfy(columnNames.contains) {
      let columns = names.map { columnNames.firstIndex(of: $0)! }
      return (0..<shape[0]).map { row in
        columns.map { values[row * columnNames.count + $0] }
      }
    }
    guard shape.last == names.count, !values.isEmpty else {
      throw FileError(
        path: path,
        problem: "has shape \(shape), expected [n, \(names.count)] with the columns "
          + names.joined(separator: ", "))
    }
    return stride(from: 0, to: values.count, by: names.count).map {
      Array(values[$0..<$0 + names.count])
    }
  }

  /// As NumPy writes the place of an element.
  private static func indices(of place: Int, shape: [Int]) -> String {
    var (rest, indices) = (place, [Int]())
    for length in shape.reversed() {
      indices.insert(rest % length, at: 0)
      rest /= length
    }
    return indices.map(String.init).joined(separator: ", ")
  }
}
