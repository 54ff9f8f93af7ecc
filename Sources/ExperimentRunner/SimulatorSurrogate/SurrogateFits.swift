import ArrayFiles
import Foundation
import NumericalMethods
import Surrogates

/// Fits of one method to more and more rows of a simulated function, with the same rows for calibration.
struct SurrogateFits: Sendable {
  let function: SimulatedFunction
  let method: any SurrogateMethod
  let seed: UInt64
  /// Drawn from the prior, as the questions will be: error bars hold for these.
  let calibration: RegressionData
  let monitor: WorkMonitor

  /// The model in `folder`, or one that is now fitted and written there.
  ///
  /// - Throws: `FileError`, `Interrupted`.
  func model(of rows: RegressionData, in folder: String) throws -> SurrogateModel {
    // It is written last.
    if FileManager.default.fileExists(atPath: "\(folder)/model.json") {
      return try SurrogateModel.read(folder)
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    do {
      let model = try SurrogateModel(
        fitting: method, to: rows, calibratedOn: calibration, inputNames: function.inputNames,
        outputNames: function.outputNames, periods: function.periods,
        FittingContext(seed: seed, monitor: monitor, checkpoint: "\(folder)/checkpoint"))
      try model.write(to: folder, version: Sibyl.version)
      return model
    } catch let error as SurrogateError {
      throw FileError(path: folder, problem: "\(error)")
    }
  }
}
