import ExperimentRunner
import Testing

/// Runs `body`, which must throw a `ConfigurationError`, and returns that error.
func configurationError(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) throws -> ConfigurationError {
  try #require(
    throws: ConfigurationError.self, sourceLocation: sourceLocation, performing: body)
}

enum Optimiser: String, Codable, CaseIterable, Sendable {
  case adam, adamW, gradientDescent
}

enum Schedule: Codable, Sendable, Equatable {
  case constant
  case cosine(warmUp: Int, floor: Double?)
}

struct Stopping: Codable, Sendable, Equatable {
  var patience = 20
  var minimumGain: Double?
}

/// Stands for the algorithms' configurations: knows nothing of YAML.
struct Training: Codable, Sendable, Equatable {
  var batchSize = 256
  var epochs = 100
  var learningRate = 5e-4
  var clipNorm: Double = .infinity
  var maximumSeconds: Double?
  var l1Weight: Float = 0.1
  var usesEMA = true
  var optimiser = Optimiser.adam
  var schedule = Schedule.constant
  var hiddenWidths = [64, 64]
  var scales = ["tE": 30.0, "u0": 1]
  var stopping = Stopping()
  var tuning: Stopping?
  var seed: UInt64 = .max
  var note = "none"
}

func training(_ yaml: String) throws -> Training {
  try ConfigurationFile(text: yaml, name: "first-light.yaml")
    .section("train", defaults: Training())
}
