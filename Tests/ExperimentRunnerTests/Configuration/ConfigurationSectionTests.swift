import ExperimentRunner
import Testing

@Suite struct ConfigurationSectionTests {
  @Test func absentOrEmptySectionIsTheDefaults() throws {
    #expect(try training("name: x") == Training())
    #expect(try training("train:\n  # all as it is") == Training())
    #expect(try training("train: {}") == Training())
    #expect(try training("") == Training())
  }

  @Test func everyFieldIsReadOverTheDefaults() throws {
    let value = try training(
      """
      train:
        batch_size: 50_000
        epochs: 1e2           # whole, though spelt as a decimal
        learning_rate: 1e-4
        clip_norm: .inf
        maximum_seconds: 60
        l1_weight: .25
        uses_ema: off
        optimiser: adam_w
        schedule: { cosine: { warm_up: 5 } }
        hidden_widths: [8, 16, 0x20]
        scales: { tE: 10, piEN: 2 }
        stopping: { minimum_gain: 1.0e-4 }
        tuning: { patience: 3 }
        seed: 18446744073709551614
        note: 12
      """)
    var expected = Training()
    expected.batchSize = 50_000
    expected.epochs = 100
    expected.learningRate = 0.0001
    expected.maximumSeconds = 60
    expected.l1Weight = 0.25
    expected.usesEMA = false
    expected.optimiser = .adamW
    expected.schedule = .cosine(warmUp: 5, floor: nil)
    expected.hiddenWidths = [8, 16, 32]
    expected.scales = ["tE": 10, "piEN": 2]
    expected.stopping.minimumGain = 0.0001
    expected.tuning = Stopping(patience: 3)
    expected.seed = .max - 1
    expected.note = "12"
    #expect(value == expected)
  }

  @Test func nullEmptiesAnOptionalButNothingElse() throws {
    var defaults = Stopping()
    defaults.minimumGain = 1
    let file = try ConfigurationFile(text: "a: { minimum_gain: null }", name: "f")
    #expect(try file.section("a", defaults: defaults).minimumGain == nil)
    let error = try configurationError { _ = try training("train:\n  epochs:\n") }
    #expect(
      error.description
        == "first-light.yaml:2: 'train.epochs' is empty, expected a whole number")
  }

  @Test func unknownKeyNamesLineAndNearest() throws {
    let error = try configurationError {
      _ = try training("name: x\n\ntrain:\n  batch_size: 3\n  epoch: 5\n")
    }
    #expect(error.file == "first-light.yaml")
    #expect(error.line == 5)
    #expect(error.key == "train.epoch")
    #expect(
      error.description.hasPrefix(
        "first-light.yaml:5: unknown key 'epoch' in 'train'; did you mean 'epochs'? "
          + "(valid: batch_size, clip_norm, epochs, "))
    // Optionals that are nil by default are valid keys too.
    #expect(error.description.contains("maximum_seconds"))
  }

  @Test func unknownNestedKeysAreFound() throws {
    let nested = try configurationError {
      _ = try training("train:\n  stopping:\n    patients: 5\n")
    }
    #expect(
      nested.description == "first-light.yaml:3: unknown key 'patients' in 'train.stopping'; "
        + "did you mean 'patience'? (valid: minimum_gain, patience)")
    let far = try configurationError { _ = try training("train: { stopping: { zzz: 5 } }") }
    #expect(
      far.problem
        == "unknown key 'zzz' in 'train.stopping' (valid: minimum_gain, patience)")
    let optional = try configurationError {
      _ = try training("train:\n  tuning: { patience: 1,\n    minimal_gain: 2 }")
    }
    #expect(optional.line == 3)
    #expect(optional.key == "train.tuning.minimal_gain")
    #expect(optional.problem.contains("did you mean 'minimum_gain'?"))
  }

  @Test func propertyNamesThemselvesAreNotKeys() throws {
    let error = try configurationError { _ = try training("train: { batchSize: 5 }") }
    #expect(error.problem.contains("did you mean 'batch_size'?"))
  }

  @Test(arguments: [
    ("epochs: many", "'train.epochs' is 'many', expected a whole number"),
    ("epochs: 1.5", "'train.epochs' is '1.5', expected a whole number"),
    ("epochs: 010", "'train.epochs' is '010', expected a whole number"),
    ("epochs: [1]", "'train.epochs' is a list, expected a whole number"),
    ("seed: -1", "'train.seed' is '-1', expected a whole number from 0 to 18446744073709551615"),
    ("learning_rate: .nan", "'train.learning_rate' is '.nan', expected a number"),
    ("learning_rate: 1e999", "'train.learning_rate' is '1e999', expected a number"),
    ("l1_weight: 1e39", "'train.l1_weight' is '1e39', expected a number"),
    ("uses_ema: 1", "'train.uses_ema' is '1', expected true or false"),
    ("note: {a: 1}", "'train.note' is a mapping, expected text"),
    ("hidden_widths: 64", "'train.hidden_widths' is '64', expected a list"),
    ("hidden_widths: [8, x]", "'train.hidden_widths[1]' is 'x', expected a whole number"),
    ("scales: { tE: x }", "'train.scales.tE' is 'x', expected a number"),
    ("stopping: 3", "'train.stopping' is '3', expected a mapping of keys to values"),
    ("tuning: { minimum_gain: 3 }", "missing key 'patience' in 'train.tuning'"),
    (
      "optimiser: adan",
      "'train.optimiser' is 'adan', expected one of adam, adam_w, gradient_descent; "
        + "did you mean 'adam'?"
    ),
  ])
  func wrongValuesAreNamed(yaml: String, problem: String) throws {
    let error = try configurationError { _ = try training("train:\n  batch_size: 1\n  \(yaml)") }
    #expect(error.description == "first-light.yaml:3: \(problem)")
  }

  @Test func unknownCaseOfAnEnumerationIsAnErrorOfItsLine() throws {
    let error = try configurationError { _ = try training("train:\n  schedule: { linear: {} }") }
    #expect(error.line == 2)
    #expect(error.key == "train.schedule")
  }

  @Test func keysThatBelongToOthersAreAllowedWhereNamed() throws {
    let file = try ConfigurationFile(text: "a: { kind: x, patience: 3 }", name: "f.yaml")
    #expect(try file.section("a", defaults: Stopping(), besides: ["kind"]).patience == 3)
    let error = try configurationError { _ = try file.section("a", defaults: Stopping()) }
    #expect(error.key == "a.kind")
  }

  @Test func sectionsOfListElements() throws {
    let file = try ConfigurationFile(
      text: "stages:\n  - patience: 3\n  - patence: 4", name: "f.yaml")
    let stages = try file.node("stages").array
    #expect(try stages[0].decoded(over: Stopping()).patience == 3)
    let error = try configurationError { _ = try stages[1].decoded(over: Stopping()) }
    #expect(
      error.description.hasPrefix(
        "f.yaml:3: unknown key 'patence' in 'stages[1]'; did you mean 'patience'?"))
  }

  @Test func anErrorOfTheTypesOwnDecodingIsLocated() throws {
    struct Even: Codable {
      var value = 2
      init() {}
      init(from decoder: any Decoder) throws {
        value = try decoder.singleValueContainer().decode(Int.self)
        guard value.isMultiple(of: 2) else {
          throw DecodingError.dataCorrupted(
            .init(codingPath: decoder.codingPath, debugDescription: "\(value) is odd"))
        }
      }
      func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
      }
    }
    struct Owner: Codable { var count = Even() }
    let file = try ConfigurationFile(text: "a:\n  count: 3", name: "f.yaml")
    let error = try configurationError { _ = try file.section("a", defaults: Owner()) }
    #expect(error.description == "f.yaml:2: 'a.count' cannot be used: 3 is odd")
    #expect(
      try ConfigurationFile(text: "a: {}", name: "f").section("a", defaults: Owner()).count.value
        == 2)
  }
}
