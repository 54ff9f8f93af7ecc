import ArrayFiles
import BinaryPulsar
import Foundation
import NumericalMethods
import Surrogates

/// A table of pulsars in binaries and their observations, one a row.
struct PulsarTable {
  let table: CSVTable
  /// `[rows, parameters]` in the order of `DegradationSimulator.parameterNames`.
  private let parameters: [Double]

  /// Throws `FileError` for a column that is missing and for the first value that is out of range.
  init(path: String) throws {
    let table = try CSVTable.read(path)
    let names = DegradationSimulator.parameterNames
    let columns = try names.map { name in
      name == "m" && !table.columnNames.contains(name)
        ? [Double](repeating: 1, count: table.rowCount) : try table.doubles(name)
    }
    parameters = (0..<table.rowCount).flatMap { row in columns.map { $0[row] } }
    for row in 0..<table.rowCount {
      do {
        let harmonic = columns[0][row]
        guard harmonic == harmonic.rounded() else {
          throw PulsarError("m", harmonic, expected: "a whole number")
        }
        _ = try DegradationSimulator.dopplerCycles(
          of: Array(parameters[row * names.count..<(row + 1) * names.count]))
      } catch let error as PulsarError {
        throw table.problem(row: row, column: error.name, expected: error.expected)
      }
    }
    self.table = table
  }

  private func refuse(_ names: [String]) throws {
    for name in names where table.columnNames.contains(name) {
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
    for first in stride(from: 0, to: table.rowCount, by: 256) {
      try monitor.advance(
        WorkProgress(label: "degradation", completed: first, total: table.rowCount))
      let part = first..<min(first + 256, table.rowCount)
      let rows = parallelMap(part.count, threads: monitor.threads) { place in
        let row = part.lowerBound + place
        let degradation = try! DegradationSimulator.degradation(
          of: Array(parameters[row * width..<(row + 1) * width]))
        return factors.map(degradation.value)
      }
      for row in rows {
        for (index, value) in row.enumerated() { values[index].append(value) }
      }
    }
    return zip(factors, values).map { CSVColumn($0.rawValue, $1) }
  }

  /// Columns of what a surrogate says, with error bars, and of where it was not trained.
  func predicted(by folder: String, _ monitor: WorkMonitor) throws -> [CSVColumn] {
    let model = try SurrogateModel.read(folder)
    guard model.inputNames == DegradationFeatures.names else {
      throw FileError(
        path: "\(folder)/model.json",
        problem: "is not a surrogate of degradation factors: its inputs are "
          + model.inputNames.prefix(5).joined(separator: ", "))
    }
    try refuse(model.outputNames.flatMap { [$0, "\($0)_error"] } + ["flag"])
    let answer = model.predict(
      DegradationFeatures.features(of: parameters), threads: monitor.threads)
    let outputs = model.outputCount
    func column(_ values: [Double], _ output: Int) -> [Double] {
      stride(from: output, to: values.count, by: outputs).map { values[$0] }
    }
    let outside = answer.excess.count { $0 > 0 }
    if outside > 0 {
      monitor.note(
        "\(outside) of \(table.rowCount) pulsars are unlike those that the model has learnt from: "
          + "their error bars are wide and a guess")
    }
    return model.outputNames.enumerated().flatMap { output, name in
      [
        CSVColumn(name, column(answer.prediction.mean, output)),
        CSVColumn("\(name)_error", column(answer.prediction.standardDeviation, output)),
      ]
    } + [CSVColumn("flag", answer.excess.map { $0 > 0 ? 1 : 0 })]
  }
}
