import ArgumentParser
import SparseModeling

/// Which frequencies are searched, and how many modes are reported.
struct PeriodogramOptions: ParsableArguments {
  @Option(help: "Lowest frequency, cycles per unit of time; 1/T by default.")
  var minimumFrequency: Double?

  @Option(help: "Highest frequency; what the sampling asks for by default, at least 25.")
  var maximumFrequency: Double?

  @Option(help: "Frequencies to each 1/T.")
  var oversampling = 5.0

  @Option(help: "Number of modes, or auto: as many as are significant.")
  var modes = ModeCount.automatic

  @Option(help: "Modes that auto reports at most.")
  var maximumModes = 10

  @Option(help: "False-alarm probability up to which auto takes modes to be real.")
  var falseAlarm = 0.01

  @Option(
    help:
      "Errors to test modes by: given, estimated from the scatter, or automatic: given unless χ² contradicts."
  )
  var noise = ModeSelection.Noise.automatic

  @Flag(help: "Fit a linear trend in each band beside the modes, not a mean alone.")
  var trend = false

  @Flag(help: "Tie harmonics and combinations to the modes that they belong to.")
  var tie = false

  @Flag(help: "Test each mode against noise whose neighbours in time are alike, too.")
  var redNoise = false

  @Option(help: "Also test each mode by so many samples of resampled residuals.")
  var bootstrap = 0

  @Option(help: "Seed of these samples.")
  var seed: UInt64 = 1

  @Option(
    help: "What chooses λ of the sparse spectrum: noise-level, cross-validation or ebic.")
  var sparsity = SparsityChoice.noiseLevel

  func validate() throws {
    func positive(_ name: String, _ value: Double?) throws {
      guard let value, !(value > 0 && value.isFinite) else { return }
      throw ValidationError("\(name) is \(value); it must be above 0")
    }
    if let low = minimumFrequency, !(low >= 0 && low.isFinite) {
      throw ValidationError("--minimum-frequency is \(low); it must be 0 or more")
    }
    try positive("--maximum-frequency", maximumFrequency)
    guard oversampling >= 1, oversampling <= 1000 else {
      throw ValidationError("--oversampling is \(oversampling); it must be from 1 to 1000")
    }
    guard falseAlarm > 0, falseAlarm < 1 else {
      throw ValidationError("--false-alarm is \(falseAlarm); it must be between 0 and 1")
    }
    guard (1...100).contains(maximumModes) else {
      throw ValidationError("--maximum-modes is \(maximumModes); it must be from 1 to 100")
    }
    guard (0...100_000).contains(bootstrap) else {
      throw ValidationError("--bootstrap is \(bootstrap); it must be from 0 to 100000")
    }
    if let low = minimumFrequency, let high = maximumFrequency, low >= high {
      throw ValidationError(
        "--maximum-frequency is \(high); it must be above --minimum-frequency \(low)")
    }
  }

  var configuration: PeriodAnalysis.Configuration {
    var configuration = PeriodAnalysis.Configuration()
    configuration.minimumFrequency = minimumFrequency
    configuration.maximumFrequency = maximumFrequency
    configuration.oversampling = oversampling
    configuration.modes = modes.number
    configuration.search.baselineDegree = trend ? 1 : 0
    configuration.selection.maximumModes = maximumModes
    configuration.selection.falseAlarmLimit = falseAlarm
    configuration.selection.noise = noise
    configuration.sparsity = sparsity
    configuration.hasTies = tie
    configuration.hasRedNoise = redNoise
    configuration.bootstrap = bootstrap
    configuration.seed = seed
    return configuration
  }
}

/// A number, or auto.
enum ModeCount: ExpressibleByArgument, CustomStringConvertible {
  case automatic
  case given(Int)

  init?(argument: String) {
    if argument == "auto" {
      self = .automatic
    } else if let number = Int(argument), (0...100).contains(number) {
      self = .given(number)
    } else {
      return nil
    }
  }

  var number: Int? {
    if case .given(let number) = self { number } else { nil }
  }

  var description: String { number.map(String.init) ?? "auto" }
}

extension ModeSelection.Noise: ExpressibleByArgument {}
extension SparsityChoice: ExpressibleByArgument {}
