import Foundation
import NumericalMethods
import Probability

/// Rows in random parts, each left out once: what a fit says of rows it has not seen.
public struct Folds: Sendable {
  /// Rows left out together.
  public let held: [[Int]]

  /// - Parameter evaluated: how many of the parts are left out at all; the others only train.
  public init(rows: Int, count: Int, evaluated: Int, seed: UInt64) {
    precondition(count >= 2 && count <= rows && (1...count).contains(evaluated))
    var stream = RandomStream(seed: seed, purpose: .split)
    let order = (0..<rows).shuffled(using: &stream)
    held = (0..<evaluated).map { fold in
      order[fold * rows / count..<(fold + 1) * rows / count].sorted()
    }
  }

  var rows: [Int] { held.flatMap(\.self) }

  /// All rows but those of one fold.
  func training(_ fold: Int, of rows: Int) -> [Int] {
    var isHeld = [Bool](repeating: false, count: rows)
    for row in held[fold] { isHeld[row] = true }
    return (0..<rows).filter { !isHeld[$0] }
  }
}

/// How well a method answers for rows it has not seen.
public struct SurrogateScore: Sendable {
  public let method: any SurrogateMethod
  /// The mean over outputs of the squared error, in units of their variance, over all rows held out.
  public let meanSquare: Double
  /// Of the mean square.
  public let standardError: Double
  /// √meanSquare.
  public var relativeError: Double { meanSquare.squareRoot() }
  /// Of each output, in its units.
  public let rootMeanSquares: [Double]
  public let meanAbsolutes: [Double]
  /// −ln of the predicted density of the standardised truth, the mean over rows and outputs.
  public let negativeLogDensity: Double
  /// The share of truths within the central intervals of `SurrogateScore.levels`, by error bars that were calibrated
  /// on the other half of the rows held out.
  public let coverage: [Double]
  /// Wall time of a fit.
  public let fitSeconds: Double
  public let predictMicroseconds: Double

  public static let levels = [0.5, 0.68, 0.9, 0.95]
}

/// What a method says of the rows that were left out, and what it was told of them.
struct HeldOutPredictions: Sendable {
  /// Standardised inputs `[rows, columns]`, each by the scales of its fold.
  var x: [Double] = []
  var y: [Double] = []
  var prediction = Prediction(mean: [], standardDeviation: [])
  var fitSeconds = 0.0
  var predictSeconds = 0.0
  var knowsItsErrors = false
  var columns = 0

  init(
    _ method: any SurrogateMethod, _ data: RegressionData, periods: [Double], folds: Folds,
    _ context: FittingContext
  ) throws {
    // Error bars look for neighbours among all of them.
    let scaling = FeatureScaling(data.x, periods: periods)
    columns = scaling.columnCount
    let clock = ContinuousClock()
    for (fold, held) in folds.held.enumerated() {
      let training = data.rows(folds.training(fold, of: data.rowCount))
      let test = data.rows(held)
      var fit: ScaledFit!
      fitSeconds += try clock.measure {
        fit = try ScaledFit(method, training, periods: periods, context)
      }.seconds
      knowsItsErrors = fit.knowsItsErrors
      predictSeconds +=
        clock.measure {
          let part = fit.predict(
            scaled: fit.features.apply(test.x), threads: context.monitor.threads)
          prediction.mean += part.mean
          prediction.standardDeviation += part.standardDeviation
        }.seconds
      x += scaling.apply(test.x)
      y += test.y
    }
    fitSeconds /= Double(folds.held.count)
  }

  func errorBars(outputs: Int, rows: [Int]? = nil) -> ErrorBars {
    let rows = rows ?? Array(0..<y.count / outputs)
    func part(_ values: [Double], _ width: Int) -> [Double] {
      rows.flatMap { values[$0 * width..<($0 + 1) * width] }
    }
    return ErrorBars(
      x: part(x, columns), columns: columns,
      prediction: Prediction(
        mean: part(prediction.mean, outputs),
        standardDeviation: part(prediction.standardDeviation, outputs)),
      y: part(y, outputs), outputs: outputs, own: knowsItsErrors)
  }

  /// Error bars of each half of the rows from the other one.
  func calibrated(outputs: Int, threads: Int) -> Prediction {
    let rows = Array(0..<y.count / outputs)
    guard rows.count >= 4 else { return prediction }
    var result = prediction
    for half in 0..<2 {
      // Rows of a fold stand together: every second one of each.
      let own = rows.filter { $0 % 2 == half }
      let bars = errorBars(outputs: outputs, rows: rows.filter { $0 % 2 != half })
      var part = Prediction(
        mean: own.flatMap { prediction.mean[$0 * outputs..<($0 + 1) * outputs] },
        standardDeviation: own.flatMap {
          prediction.standardDeviation[$0 * outputs..<($0 + 1) * outputs]
        })
      bars.apply(
        to: &part, x: own.flatMap { x[$0 * columns..<($0 + 1) * columns] }, columns: columns,
        threads: threads)
      for (place, row) in own.enumerated() {
        for output in 0..<outputs {
          result.standardDeviation[row * outputs + output] =
            part.standardDeviation[place * outputs + output]
        }
      }
    }
    return result
  }

  /// - Parameter scales: the standard deviation of each output.
  func score(_ method: any SurrogateMethod, scales: [Double], threads: Int) -> SurrogateScore {
    let outputs = scales.count
    let count = y.count / outputs
    let calibrated = calibrated(outputs: outputs, threads: threads)
    let errors = zip(calibrated.mean, y).map { $0 - $1 }
    let squares = (0..<count).map { row in
      (0..<outputs).reduce(0.0) { sum, output in
        let error = errors[row * outputs + output] / scales[output]
        return sum + error * error / Double(outputs)
      }
    }
    let mean = squares.reduce(0, +) / Double(count)
    let variance = squares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(count - 1, 1))
    var (logDensity, within) = (0.0, [Double](repeating: 0, count: SurrogateScore.levels.count))
    let widths = [
      0.6744897501960817, 0.9944578832097532, ErrorBars.ninetyPercent, 1.9599639845400545,
    ]
    for index in errors.indices {
      let scale = scales[index % outputs]
      let deviation = max(calibrated.standardDeviation[index], 1e-12 * scale)
      let z = errors[index] / deviation
      logDensity -= 0.5 * z * z + log(deviation / scale) + 0.5 * log(2 * .pi)
      for (level, width) in widths.enumerated() where abs(z) <= width { within[level] += 1 }
    }
    let total = Double(max(errors.count, 1))
    return SurrogateScore(
      method: method, meanSquare: mean, standardError: (variance / Double(count)).squareRoot(),
      rootMeanSquares: Self.means(errors.map { $0 * $0 }, outputs).map { $0.squareRoot() },
      meanAbsolutes: Self.means(errors.map(abs), outputs),
      negativeLogDensity: -logDensity / total, coverage: within.map { $0 / total },
      fitSeconds: fitSeconds, predictMicroseconds: 1e6 * predictSeconds / Double(max(count, 1)))
  }

  private static func means(_ values: [Double], _ outputs: Int) -> [Double] {
    (0..<outputs).map { output in
      let own = stride(from: output, to: values.count, by: outputs).map { values[$0] }
      return own.reduce(0, +) / Double(max(own.count, 1))
    }
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + 1e-18 * Double(components.attoseconds) }
}
