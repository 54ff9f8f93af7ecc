import ArrayFiles
import BinaryPulsar
import Foundation
import NumericalMethods
import Surrogates

/// A table of pulsars in binaries and their observations, one a row.
struct PulsarTable {
  let table: CSVTable
  /// `[rows, parameters]` in the order of `DegradationSimulator.parameterNames`, of the rows without a problem.
  private let parameters: [Double]
  /// Where those rows are in the table.
  private let rows: [Int]
  /// What is wrong with a row: its first value that is no number or out of range.
  let problems: [Int: FileError]

  /// - Parameter keepingBadRows: bad rows are recorded in `problems` instead of thrown.
  /// - Throws: `FileError` for a column that is missing, and for the first bad row.
  init(path: String, keepingBadRows: Bool) throws {
    let table = try CSVTable.read(path, keepingRaggedRows: true)
    var problems: [Int: FileError] = [:]
    for (row, problem) in table.raggedRows { problems[row] = problem }
    let columns = try DegradationSimulator.parameterNames.map { name in
      if name == "m" && !table.columnNames.contains(name) {
        return [Double](repeating: 1, count: table.rowCount)
      }
      return try table.doubles(name) { row, problem in
        if problems[row] == nil { problems[row] = problem }
        return .nan
      }
    }
    var (parameters, rows): ([Double], [Int]) = ([], [])
    for row in 0..<table.rowCount where problems[row] == nil {
      let values = columns.map { $0[row] }
      do throws(PulsarError) {
        guard values[0] == values[0].rounded() else {
          throw PulsarError("m", values[0], expected: "a whole number")
        }
        _ = try DegradationSimulator.dopplerCycles(of: values)
        parameters += values
        rows.append(row)
      } catch {
        problems[row] = table.problem(row: row, column: error.name, expected: error.expected)
      }
    }
    if !keepingBadRows, let first = problems.min(by: { $0.key < $1.key }) { throw first.value }
    (self.table, self.parameters, self.rows, self.problems) = (table, parameters, rows, problems)
  }

  /// A column of the table with these values in the good rows, and nan in the others.
  private func column(_ name: String, _ values: some Sequence<Double>) -> CSVColumn {
    var all = [Double](repeating: .nan, count: table.rowCount)
    for (row, value) in zip(rows, values) { all[row] = value }
    return CSVColumn(name, all)
  }

  private func refuse(_ names: [String]) throws {
    for name in names + ["flag"] where table.columnNames.contains(name) {
      throw FileError(
        path: table.path, column: name,
        problem: "is what the factors are written to; rename or remove it")
    }
  }

  /// Columns of the factors by quadrature.
  func computed(
    _ factors: [DegradationFactor], _ monitor: WorkMonitor
  ) throws -> [CSVColumn] {
    try refuse(factors.map(\.rawValue))
    let (width, parameters) = (DegradationSimulator.parameterNames.count, parameters)
    var values = factors.map { _ in [Double]() }
    for first in stride(from: 0, to: rows.count, by: 256) {
      try monitor.advance(
        WorkProgress(label: "degradation", completed: first, total: rows.count))
      let part = first..<min(first + 256, rows.count)
      let found = parallelMap(part.count, threads: monitor.threads) { place in
        let row = part.lowerBound + place
        let degradation = try! DegradationSimulator.degradation(
          of: Array(parameters[row * width..<(row + 1) * width]))
        return factors.map(degradation.value)
      }
      for row in found {
        for (index, value) in row.enumerated() { values[index].append(value) }
      }
    }
    return zip(factors, values).map { column($0.rawValue, $1) } + flags([:])
  }

  private func features(_ factors: [DegradationFactor], _ threads: Int) -> [Double] {
    let (width, parameters) = (DegradationSimulator.parameterNames.count, parameters)
    let blocks = parallelMap((rows.count + 1023) / 1024, threads: threads) { block in
      let part = block * 1024..<min((block + 1) * 1024, parameters.count / width)
      return DegradationFeatures.features(
        of: Array(parameters[part.lowerBound * width..<part.upperBound * width]), for: factors)
    }
    return Array(blocks.joined())
  }

  /// Columns of what a surrogate says, with error bars, and of where it was not trained.
  func predicted(by folder: String, _ monitor: WorkMonitor) throws -> [CSVColumn] {
    let model = try SurrogateModel.read(folder)
    let factors = model.outputNames.compactMap(DegradationFactor.init)
    guard model.inputNames == DegradationFeatures.names(factors) else {
      throw FileError(
        path: "\(folder)/model.json",
        problem: "is not a surrogate of degradation factors: its inputs are "
          + model.inputNames.prefix(5).joined(separator: ", "))
    }
    try refuse(model.outputNames.flatMap { [$0, "\($0)_error"] })
    let answer = model.predict(
      features(factors, monitor.threads), threads: monitor.threads)
    let outputs = model.outputCount
    let outside = answer.excess.count { $0 > 0 }
    if outside > 0 {
      monitor.note(
        "\(outside) of \(rows.count) pulsars are unlike those that the model has learnt from: "
          + "their error bars are wide and a guess")
    }
    func values(_ all: [Double], _ output: Int) -> [Double] {
      stride(from: output, to: all.count, by: outputs).map { all[$0] }
    }
    let columns = model.outputNames.enumerated().flatMap { output, name in
      [
        // No factor is beyond 0 or 1, but a prediction may be, by its error.
        column(name, values(answer.prediction.mean, output).map { min(max($0, 0), 1) }),
        column("\(name)_error", values(answer.prediction.standardDeviation, output)),
      ]
    }
    return columns
      + flags(
        Dictionary(
          uniqueKeysWithValues: zip(rows, answer.excess).filter { $0.1 > 0 }.map {
            ($0.0, "outside of the training set")
          }))
  }

  /// A column that says what is the matter with rows, where it is with any.
  private func flags(_ remarks: [Int: String]) -> [CSVColumn] {
    let all = problems.mapValues(\.description).merging(remarks, uniquingKeysWith: { $1 })
    return all.isEmpty ? [] : [CSVColumn("flag", (0..<table.rowCount).map { all[$0] ?? "" })]
  }
}
