import ArrayFiles
import Foundation
import NeuralNetworks
import NumericalMethods
import Probability
import Surrogates
import Synchronization
import Testing

@Suite struct NeuralEnsembleTests {
  private static let data = Functions.data(rows: 400, features: 2, noise: 0.1) {
    [sin(3 * $0[0]), $0[0] * $0[1]]
  }

  /// Small and quickly trained.
  private static func method(
    _ change: (inout NeuralEnsemble) -> Void = { _ in }
  ) -> NeuralEnsemble {
    var method = NeuralEnsemble()
    (method.layers, method.width, method.members, method.epochs) = (2, 16, 3, 12)
    change(&method)
    return method
  }

  private static let points = Functions.data(rows: 300, features: 2, seed: 9) { _ in [0] }.x

  // MARK: - Losses

  private func evaluate<Result>(_ body: (Pass) -> Result) -> Result {
    var nothing = [Float](repeating: 0, count: 16)
    return nothing.withUnsafeMutableBufferPointer { buffer in
      let pass = Pass()
      pass.begin(parameters: buffer.baseAddress!)
      return body(pass)
    }
  }

  /// Rows `[rows, 21]` of a network and targets `[2, 21]`.
  private func example(_ loss: RegressionLoss, _ pass: Pass) -> (rows: Matrix, target: Matrix) {
    var stream = RandomStream(seed: 5, purpose: .simulation)
    let matrices = [loss.rowCount(outputs: 2), 2].map { count in
      let matrix = pass.matrix(rows: count, columns: 21)
      matrix.fill(0)
      for row in 0..<count {
        for column in 0..<21 { matrix[row, column] = Float(stream.normal()) }
      }
      return matrix
    }
    return (matrices[0], matrices[1])
  }

  @Test(arguments: RegressionLoss.allCases)
  func gradientsAreDifferences(_ loss: RegressionLoss) {
    evaluate { pass in
      let (rows, target) = example(loss, pass)
      let gradient = pass.matrix(rows: rows.rows, columns: 21)
      _ = loss.evaluate(rows, target: target, gradient: gradient, scale: 3, pass)
      for row in 0..<rows.rows {
        for column in 21..<gradient.stride { #expect(gradient.row(row)[column] == 0) }
        for column in 0..<21 {
          let (value, step) = (rows[row, column], Float(0.02))
          // Not across the kink.
          if row < 2, abs(value - target[row, column]) < 2 * step { continue }
          func at(_ place: Float) -> Double {
            rows[row, column] = place
            defer { rows[row, column] = value }
            return 3 * loss.evaluate(rows, target: target, pass)[column]
          }
          let difference = (at(value + step) - at(value - step)) / Double(2 * step)
          let slope = Double(gradient[row, column])
          #expect(abs(slope - difference) < 2e-3 * max(1, abs(slope)))
        }
      }
    }
  }

  /// −ln of the density, by its textbook formula.
  @Test(arguments: [RegressionLoss.gaussian, .laplace])
  func lossesAreDensities(_ loss: RegressionLoss) {
    evaluate { pass in
      let (rows, target) = example(loss, pass)
      let variances = loss.variances(rows, pass)
      for (column, value) in loss.evaluate(rows, target: target, pass).enumerated() {
        let expected = (0..<2).reduce(0.0) { sum, output in
          let error = Double(target[output, column] - rows[output, column])
          let variance = Double(variances[output, column])
          if loss == .gaussian {
            return sum + 0.5 * error * error / variance + 0.5 * log(2 * .pi * variance)
          }
          let scale = (variance / 2).squareRoot()
          return sum + abs(error) / scale + log(2 * scale)
        }
        #expect(abs(value - expected / 2) < 1e-5 * max(1, abs(expected)))
      }
    }
  }

  /// β multiplies each output's gradient by its variance^β, or scale^β; at 1 the centre's is that of the plain
  /// loss.
  @Test(arguments: [(RegressionLoss.gaussian, RegressionLoss.square), (.laplace, .absolute)])
  func betaWeighsCases(_ loss: RegressionLoss, _ plain: RegressionLoss) {
    evaluate { pass in
      let (rows, target) = example(loss, pass)
      func gradient(_ loss: RegressionLoss, _ rows: Matrix, _ beta: Float) -> Matrix {
        let gradient = pass.matrix(rows: rows.rows, columns: 21)
        _ = loss.evaluate(rows, target: target, beta: beta, gradient: gradient, pass)
        return gradient
      }
      let (own, half) = (gradient(loss, rows, 0), gradient(loss, rows, 0.5))
      let (full, simple) = (gradient(loss, rows, 1), gradient(plain, rows.rows(0..<2), 0))
      let variances = loss.variances(rows, pass)
      for row in 0..<4 {
        for column in 0..<21 {
          let variance = variances[row % 2, column]
          let size = loss == .gaussian ? variance : (variance / 2).squareRoot()
          let expected = own[row, column] * size.squareRoot()
          #expect(abs(half[row, column] - expected) < 1e-5 * max(1, abs(expected)))
          if row < 2 { #expect(abs(full[row, column] - simple[row, column]) < 1e-5) }
        }
      }
    }
  }

  // MARK: - Networks

  @Test func betaChangesWhatIsLearnt() throws {
    let means = try [0.0, 1].map { beta in
      try Self.method { ($0.beta, $0.members, $0.epochs) = (beta, 1, 3) }
        .fit(Self.data, FittingContext()).predict([0.3, -0.2], threads: 1).mean
    }
    #expect(means[0] != means[1])
  }

  @Test func shapeOfBreen() throws {
    let breen = Self.method {
      ($0.layers, $0.width, $0.members, $0.epochs) = (10, 128, 1, 1)
      ($0.activation, $0.residual, $0.loss) = (.relu, false, .absolute)
      ($0.learningRate, $0.schedule) = (5e-4, .constant)
    }
    let data = Functions.data(rows: 50, features: 3) { [$0[0], $0[1], $0[2], $0[0] * $0[1]] }
    let fit = try breen.fit(data, FittingContext())
    #expect(fit.parameterCount == (3 + 1) * 128 + 9 * (128 + 1) * 128 + (128 + 1) * 4)
  }

  /// Noise that is ten times as large on one side.
  @Test func noiseIsFound() throws {
    var stream = RandomStream(seed: 3, purpose: .simulation)
    let x = (0..<3_000).map { _ in 2 * stream.uniform() - 1 }
    func noise(_ x: Double) -> Double { x < 0 ? 0.05 : 0.5 }
    let y = x.map { $0 + noise($0) * stream.normal() }
    let method = Self.method { ($0.members, $0.epochs) = (2, 60) }
    let fit = try method.fit(
      RegressionData(x: x, y: y, featureCount: 1, outputCount: 1), FittingContext())
    let places = [-0.9, -0.6, -0.3, 0.3, 0.6, 0.9]
    let prediction = fit.predict(places, threads: 1)
    for (place, x) in places.enumerated() {
      let ratio = prediction.standardDeviation[place] / noise(x)
      #expect(ratio > 0.7 && ratio < 1.4, "\(ratio) at \(x)")
      #expect(abs(prediction.mean[place] - x) < 0.4 * noise(x))
    }
  }

  /// Without an opinion of its own a network has that of the rows it was not trained on.
  @Test(arguments: [RegressionLoss.absolute, .square], [1, 4])
  func spreadIsCalibrated(_ loss: RegressionLoss, members: Int) throws {
    let data = Functions.data(rows: 1_500, features: 1, noise: 0.3) { [$0[0]] }
    let method = Self.method {
      ($0.loss, $0.members, $0.heldFraction) = (loss, members, 0.25)
    }
    let fit = try method.fit(data, FittingContext())
    let deviations = fit.predict([-0.8, -0.3, 0.1, 0.7], threads: 1).standardDeviation
    // 375 rows tell a standard deviation to 4 %.
    for deviation in deviations { #expect(abs(deviation - 0.3) < 0.08) }
  }

  /// Where there were no rows, members agree less than where there were.
  @Test func membersDisagreeInGaps() throws {
    var stream = RandomStream(seed: 4, purpose: .simulation)
    let x = (0..<600).map { _ in (0.5 + stream.uniform()) * (stream.uniform() < 0.5 ? -1 : 1) }
    let method = Self.method { ($0.loss, $0.width, $0.epochs, $0.members) = (.square, 32, 200, 5) }
    let fit = try method.fit(
      RegressionData(x: x, y: x.map { sin(5 * $0) }, featureCount: 1, outputCount: 1),
      FittingContext())
    let deviations = fit.predict([-1, 0, 1], threads: 1).standardDeviation
    #expect(deviations[1] > 3 * max(deviations[0], deviations[2]))
  }

  @Test func answersAreNumbersAnywhere() throws {
    let fit = try Self.method().fit(Self.data, FittingContext())
    let prediction = fit.predict([1e300, -1e300, 1e-300, 0], threads: 1)
    for value in prediction.mean + prediction.standardDeviation { #expect(value.isFinite) }
  }

  // MARK: - Reproducibility

  @Test func threadsChangeNothing() throws {
    let predictions = try [1, 2].map { threads in
      try Self.method().fit(
        Self.data, FittingContext(monitor: WorkMonitor(threads: threads))
      ).predict(Self.points, threads: threads)
    }
    #expect(predictions[0] == predictions[1])
    let other = try Self.method().fit(Self.data, FittingContext(seed: 2))
    #expect(other.predict(Self.points, threads: 1) != predictions[0])
  }

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "ensemble-\(UUID())"
    ).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  /// Stopped again and again in the midst of epochs; each time some whole ones are done.
  @Test func interruptedTrainingGoesOn() throws {
    let whole = try Self.method().fit(Self.data, FittingContext())
    try withFolder { folder in
      var (stops, fit) = (0, NeuralEnsembleFit?.none)
      while fit == nil {
        let looks = Atomic(0)
        let monitor = WorkMonitor(
          threads: 1 + stops % 2,
          interrupted: { looks.add(1, ordering: .relaxed).newValue > 70 })
        do {
          fit = try Self.method().fit(
            Self.data, FittingContext(monitor: monitor, checkpoint: folder))
        } catch is Interrupted {
          stops += 1
          try #require(stops < 50)
        }
      }
      #expect(stops >= 2)
      let (a, b) = (whole.predict(Self.points, threads: 1), fit!.predict(Self.points, threads: 1))
      #expect(a == b)
    }
  }

  /// Other rows in the same folder are another training; a broken file is an error.
  @Test func checkpointsBelongToTheirData() throws {
    try withFolder { folder in
      let context = FittingContext(checkpoint: folder)
      _ = try Self.method().fit(Self.data, context)
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(files.count == 3)
      let part = Self.data.rows(0..<200)
      let (a, b) = (
        try Self.method().fit(part, context), try Self.method().fit(part, FittingContext())
      )
      #expect(a.predict(Self.points, threads: 1) == b.predict(Self.points, threads: 1))
      let path = "\(folder)/\(files[0])"
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      try bytes.dropLast(100).write(to: URL(fileURLWithPath: path))
      let error = try #require(throws: FileError.self) {
        try Self.method().fit(Self.data, context)
      }
      #expect(error.path == path)
    }
  }

  @Test func divergenceIsAnError() throws {
    let error = try #require(throws: TrainingDiverged.self) {
      try Self.method { $0.learningRate = 1e30 }.fit(Self.data, FittingContext())
    }
    #expect(error.description.contains("learning_rate"))
  }
}
