import ArrayFiles
import ExperimentRunner
import Foundation
import Inference
import NeuralNetworks
import NumericalMethods
import Probability
import Synchronization
import Testing

/// From an `.npz` of anybody's making to a model.
@Suite struct OwnSimulationsTests {
  private let example: OwnSimulations

  init() throws { example = try OwnSimulations() }

  @Test func modelIsCompleteAndFollowsTheFile() throws {
    try example.training("model").run(monitor: WorkMonitor(threads: 2))
    #expect(
      try example.files("model") == [
        "metrics.jsonl", "model.json", "training.png", "weights.safetensors",
      ])
    let model = try PosteriorModel(folder: "\(example.scratch)/model")
    #expect(model.prior.names == ["b", "a"])
    #expect(model.prior.parameters[1].distribution == .uniform(low: -1, high: 1))
    #expect(model.description.provenance["usable_simulations"] == "800")
  }

  @Test func interruptedTrainingGoesOn() throws {
    try example.training("whole").run(monitor: WorkMonitor())
    let asked = Mutex(0)
    let monitor = WorkMonitor(interrupted: {
      asked.withLock {
        $0 += 1
        return $0 > 8
      }
    })
    #expect(throws: Interrupted.self) { try example.training("parts").run(monitor: monitor) }
    #expect(try !example.files("parts").contains("model.json"))
    let others = try example.problem {
      try example.training("parts", seed: 2).run(monitor: WorkMonitor())
    }
    #expect(others.contains("other settings") && others.contains("--force"))
    try example.training("parts").run(monitor: WorkMonitor(threads: 2))
    #expect(try example.files("parts") == example.files("whole"))
    for name in ["model.json", "weights.safetensors", "metrics.jsonl"] {
      let (a, b) = ("\(example.scratch)/parts/\(name)", "\(example.scratch)/whole/\(name)")
      #expect(FileManager.default.contentsEqual(atPath: a, andPath: b), "\(name)")
    }
  }

  @Test func existingFilesAreKept() throws {
    try example.training("model").run(monitor: WorkMonitor())
    #expect(try example.problem { _ = try example.training("model") }.contains("--force"))
    try example.training("model", settings: ["train.epochs=1"], force: true).run(
      monitor: WorkMonitor())
    #expect(try EpochLoss.read("\(example.scratch)/model/metrics.jsonl").count == 1)
    try FileManager.default.createDirectory(
      atPath: "\(example.scratch)/mine", withIntermediateDirectories: true)
    try Data().write(to: URL(fileURLWithPath: "\(example.scratch)/mine/thesis.tex"))
    #expect(try example.problem { _ = try example.training("mine") }.contains("thesis.tex"))
    #expect(try example.files("mine") == ["thesis.tex"])
  }

  @Test func wrongInputIsNamed() throws {
    #expect(
      try example.problem { _ = try example.training("m", settings: ["train.epoch=3"]) }.contains(
        "'epochs'"))
    #expect(
      try example.problem { _ = try example.training("m", settings: ["network.estimator=maff"]) }
        .contains("'maf'"))
    #expect(
      try example.problem { _ = try example.training("m", settings: ["infer.samples=3"]) }.contains(
        "infer"))
    #expect(
      try example.problem {
        try example.training("m", simulations: "no.npz").run(monitor: WorkMonitor())
      }
      .contains("no.npz"))
    func prior(_ text: String) throws -> String {
      try text.write(toFile: "\(example.scratch)/other.yaml", atomically: true, encoding: .utf8)
      return try example.problem {
        try example.training("m", prior: "other.yaml").run(monitor: WorkMonitor())
      }
    }
    #expect(try prior("{ a: { uniform: [-1, 1] } }").contains("'b'"))
    #expect(
      try prior("{ a: { uniform: [-1, 1] }, c: { uniform: [0, 9] }, b: { uniform: [0, 9] } }")
        .contains("'c'"))
    let outside = try prior("{ a: { uniform: [-1, 1] }, b: { log_uniform: [1, 2] } }")
    #expect(outside.contains("b =") && outside.contains("theta[") && outside.contains("[1.0, 2.0]"))
    try example.simulations(19, seed: 1, names: nil).write(to: "\(example.scratch)/few.npz")
    #expect(
      try example.problem {
        try example.training("m", simulations: "few.npz", prior: nil).run(monitor: WorkMonitor())
      }.contains("19"))
    var constant = NPZWriter()
    constant.add("theta", NDArray(shape: [30, 1], values: [Double](repeating: 0.1, count: 30)))
    constant.add("x", NDArray(shape: [30, 1], values: (0..<30).map { Double($0) }))
    try constant.write(to: "\(example.scratch)/constant.npz")
    var infinite = NPZWriter()
    infinite.add("theta", NDArray(shape: [30, 1], values: (0..<30).map { Double($0) }))
    infinite.add("x", NDArray(shape: [30, 1], values: [Double](repeating: .nan, count: 30)))
    try infinite.write(to: "\(example.scratch)/infinite.npz")
    for (file, expected) in [
      ("constant.npz", "theta_1"), ("infinite.npz", "30 are not finite"),
      ("prior.yaml", ".npz"), (".", "manifest.json"),
    ] {
      let text = try example.problem {
        try example.training("m", simulations: file, prior: nil).run(monitor: WorkMonitor())
      }
      #expect(text.contains(expected))
    }
    #expect(!FileManager.default.fileExists(atPath: "\(example.scratch)/m/model.json"))
  }

  @Test func withoutAPriorParametersAreOnTheLine() throws {
    try example.training("model", prior: nil).run(monitor: WorkMonitor())
    let model = try PosteriorModel(folder: "\(example.scratch)/model")
    // Quantiles of the laws that theta was drawn from: a uniform, ln b uniform.
    for (parameter, middle, width) in [(0, 1.0, 0.948), (1, 0.0, 1.36)] {
      guard
        case .normal(let mean, let deviation) = model.prior.parameters[parameter].distribution
      else {
        Issue.record("not on the line")
        return
      }
      #expect(abs(mean - middle) < 0.15 && abs(2 * deviation / width - 1) < 0.1)
    }
  }
}
