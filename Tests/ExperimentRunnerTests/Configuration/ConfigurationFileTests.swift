import ExperimentRunner
import Foundation
import Testing

@Suite struct ConfigurationFileTests {
  private func file(_ text: String) throws -> ConfigurationFile {
    try ConfigurationFile(text: text, name: "experiment.yaml")
  }

  @Test(arguments: [
    ("a: 1\nb: [1, 2\nc: 3\n", 3),
    ("a: 1\n\tb: 2\n", 2),
    ("a: 'open\n", 2),
    ("a: *nowhere\n", 1),
    ("a: 1\n--- \nb: 2\n", 2),
    ("a: 1\nb: \u{7}\n", 2),
  ])
  func syntaxErrorsAreOneLineWithPosition(text: String, line: Int) throws {
    let error = try configurationError { _ = try file(text) }
    let column = try #require(error.column)
    #expect(error.line == line)
    #expect(error.description.hasPrefix("experiment.yaml:\(line):\(column): "))
    #expect(!error.description.contains { $0.isNewline })
  }

  @Test func duplicateKeysAreErrorsWithTheLine() throws {
    let error = try configurationError { _ = try file("x:\n  a: 1\n  b: 2\n  a: 3\n") }
    #expect(error.description == "experiment.yaml:2:3: key 'a' is given twice, first here")
    #expect(error.key == "a")
    let quoted = try configurationError { _ = try file("1: a\n\"1\": b\n") }
    #expect(quoted.line == 2)
    #expect(quoted.problem == "key '1' is given twice, first at experiment.yaml:1")
  }

  @Test func theTopMustBeAMapping() throws {
    let error = try configurationError { _ = try file("# a list\n- 1\n- 2\n") }
    #expect(
      error.description
        == "experiment.yaml:2: the configuration is a list, expected a mapping of keys to values")
    let key = try configurationError { _ = try file("? [a, b]\n: 1\n") }
    #expect(key.problem == "a key is a list or a mapping, expected text")
  }

  @Test func filesAreReadOrExplained() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "configuration-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "a.yaml").path
    try Data("name: first light\n".utf8).write(to: URL(filePath: path))
    #expect(try ConfigurationFile(path: path).node("name").string == "first light")
    try Data([0x61, 0x3A, 0xFF, 0xFE]).write(to: URL(filePath: path))
    #expect(
      try configurationError { _ = try ConfigurationFile(path: path) }.description
        == "\(path): is not UTF-8 text, expected a YAML file")
    #expect(
      try configurationError { _ = try ConfigurationFile(path: path + "x") }.description
        == "\(path)x: no such file")
    #expect(
      try configurationError { _ = try ConfigurationFile(path: folder.path) }.description
        == "\(folder.path): is a folder, expected a YAML file")
  }

  @Test func freeFormAccess() throws {
    let file = try file(
      """
      prior:
        tE: { log_normal: [30, 2.0] }
        q: { log_uniform: [1e-4, 1] }
      name: ~
      """)
    let prior = try file.node("prior").mapping
    #expect(prior.map(\.key) == ["tE", "q"])
    #expect(prior[1].node.location.description == "experiment.yaml:3")
    let bounds = try prior[1].node.node("log_uniform").array.map { try $0.double }
    #expect(bounds == [0.0001, 1])
    #expect(try file["name"] == nil)
    #expect(try file["absent"] == nil)
    #expect(try file.node("name").isNull)
    #expect(try prior[0].node["log_normal"]?.array[0].int == 30)
    let missing = try configurationError { _ = try file.node("seed") }
    #expect(missing.description == "experiment.yaml:1: missing key 'seed'")
    #expect(missing.key == "seed")
    let wrong = try configurationError { _ = try prior[0].node.string }
    #expect(wrong.description == "experiment.yaml:2: 'prior.tE' is a mapping, expected text")
  }

  @Test func requireOnlyNamesTheNearestKey() throws {
    let error = try configurationError {
      try file("name: x\nsimulater: y\n").requireOnly(keys: ["name", "simulator", "train"])
    }
    #expect(
      error.description == "experiment.yaml:2: unknown key 'simulater'; did you mean 'simulator'? "
        + "(valid: name, simulator, train)")
    try file("name: x").requireOnly(keys: ["name"])
  }

  @Test func anchorsAreResolved() throws {
    let file = try file("a: &shared { patience: 7 }\nb: *shared\n")
    #expect(try file.section("b", defaults: Stopping()).patience == 7)
  }
}

@Suite struct ConfigurationOverrideTests {
  private func file(_ assignments: String...) throws -> ConfigurationFile {
    var file = try ConfigurationFile(text: "train: { epochs: 5 }\nname: x", name: "e.yaml")
    for assignment in assignments { try file.set(assignment) }
    return file
  }

  @Test func replacesAndCreates() throws {
    let file = try file(
      "train.epochs=7", "train.stopping.patience=3", "train.hidden_widths=[1, 2]",
      "train.note=a=b", "seed=1e3")
    let train = try file.section("train", defaults: Training())
    #expect(train.epochs == 7)
    #expect(train.stopping.patience == 3)
    #expect(train.hiddenWidths == [1, 2])
    #expect(train.note == "a=b")
    #expect(try file.node("seed").int == 1000)
    #expect(try file.node("name").string == "x")
  }

  @Test func theLastAssignmentCounts() throws {
    let file = try file("train.epochs=7", "train.epochs=8", "name=")
    #expect(try file.section("train", defaults: Training()).epochs == 8)
    #expect(try file["name"] == nil)
  }

  @Test func errorsAreAttributedToTheAssignment() throws {
    let wrong = try configurationError {
      _ = try file("train.epochs=many").section("train", defaults: Training())
    }
    #expect(
      wrong.description
        == "--set train.epochs=many: 'train.epochs' is 'many', expected a whole number")
    #expect(wrong.line == nil)
    let unknown = try configurationError {
      _ = try file("train.epoch=3").section("train", defaults: Training())
    }
    #expect(
      unknown.description.hasPrefix(
        "--set train.epoch=3: unknown key 'epoch' in 'train'; did you mean 'epochs'?"))
    let syntax = try configurationError { _ = try file("train.epochs=[1") }
    #expect(syntax.description.hasPrefix("--set train.epochs=[1: "))
    let through = try configurationError { _ = try file("name.first=1") }
    #expect(through.description == "--set name.first=1: 'name' is not a mapping (e.yaml:2)")
  }

  @Test(arguments: ["train", "=3", "a..b=1", ".a=1", ""])
  func malformedAssignments(assignment: String) throws {
    let error = try configurationError { _ = try file(assignment) }
    #expect(
      error.description == "--set \(assignment): expected key=value or key.key=value")
  }
}

@Suite struct CanonicalTextTests {
  private func text(
    _ yaml: String, of keys: [String] = ["a", "b"], keepingOrderOf ordered: Set<String> = []
  ) throws -> String {
    try ConfigurationFile(text: yaml, name: "f").canonicalText(of: keys, keepingOrderOf: ordered)
  }

  @Test func spellingLeavesNoTrace() throws {
    let block = try text("# note\nb:\n  y: [1, 2.50]\n  x: 1e-4\na: 50_000\nc: other\n")
    let flow = try text("a: 5.0e4\nb: {x: 0.0001, y: [1.0, 2.5]}\n")
    #expect(block == flow)
    #expect(try text("a: ~") == text("a:"))
    #expect(try text("a: word") == text("a: \"word\""))
  }

  @Test(arguments: [
    ("a: 1", "a: 2"), ("a: 1", "b: 1"), ("a: [1, 2]", "a: [2, 1]"), ("a: '1'", "a: 1"),
    ("a: 'null'", "a: null"), ("a: [x, y]", "a: ['x, y']"), ("a: 'x\", \"y'", "a: [x, y]"),
    ("a: {}", "a: []"), ("a: 18446744073709551615", "a: 18446744073709551614"),
    ("a: 9007199254740993", "a: 9007199254740992"), ("a: .inf", "a: -.inf"),
  ])
  func differentValuesDiffer(first: String, second: String) throws {
    #expect(try text(first) != text(second))
  }

  @Test func orderCountsWhereAskedFor() throws {
    let (first, second) = ("a: { prior: { q: 1, s: 2 } }", "a: { prior: { s: 2, q: 1 } }")
    #expect(try text(first) == text(second))
    let ordered: Set = ["prior"]
    #expect(try text(first, keepingOrderOf: ordered) != text(second, keepingOrderOf: ordered))
    // Only the direct entries of the key keep their order.
    let inner = "a: { prior: { q: { u: 1, v: 2 } } }"
    let swapped = "a: { prior: { q: { v: 2, u: 1 } } }"
    #expect(try text(inner, keepingOrderOf: ordered) == text(swapped, keepingOrderOf: ordered))
  }
}
