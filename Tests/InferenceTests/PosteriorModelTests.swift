import ArrayFiles
import Foundation
import Inference
import Probability
import Testing

@Suite struct PosteriorModelTests {
  /// A model of bounded parameters after one epoch: its density is anything but the prior.
  private func withModel(_ body: (PosteriorModel, _ folder: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      var experiment = ToyExperiment()
      experiment.prior = GaussianToy.uniformPrior
      experiment.count = 500
      experiment.training.epochs = 2
      try body(try experiment.train(in: folder).model, "\(folder)/model")
    }
  }

  /// Observations inside, at the edge, and far outside of what the prior can produce.
  private let observations: [[Float]] = [[0.5, 1], [-1, 0.1], [2, 10], [-40, -40], [1e4, 1e4]]

  @Test func noSampleLeavesThePrior() throws {
    try withModel { model, _ in
      for x in observations {
        let samples = model.sample(x, count: 5_000, seed: 1, threads: 2)
        #expect(samples.count == 5_000)
        #expect(samples.columns[0].allSatisfy { (0.1...10).contains($0) })
        #expect(samples.columns[1].allSatisfy { (-1...2).contains($0) })
        #expect(samples.logDensity.allSatisfy { !$0.isNaN })
      }
    }
  }

  @Test func samplesCarryTheirDensity() throws {
    try withModel { model, _ in
      let x = observations[0]
      let samples = model.sample(x, count: 500, seed: 2)
      let found = model.logDensity(of: (0..<500).map { samples[$0] }, observation: x)
      for (claimed, found) in zip(samples.logDensity, found) {
        #expect(abs(claimed - found) < 1e-3)
      }
    }
  }

  /// Over the prior's support, in the parameters' own units.
  @Test func densityIntegratesToOne() throws {
    try withModel { model, _ in
      let panels = 300
      for x in observations.prefix(3) {
        var sum = 0.0
        for i in 0..<panels {
          // b on a logarithmic grid, db = b d(ln b).
          let b = 0.1 * pow(100, (Double(i) + 0.5) / Double(panels))
          let line = (0..<panels).map { [b, -1 + 3 * (Double($0) + 0.5) / Double(panels)] }
          let cell = b * log(100) / Double(panels) * 3 / Double(panels)
          sum += model.logDensity(of: line, observation: x).reduce(0) { $0 + exp($1) } * cell
        }
        #expect(abs(sum - 1) < 5e-3)
      }
    }
  }

  @Test func densityIsZeroOutsideThePrior() throws {
    try withModel { model, _ in
      let outside = [[0.05, 0.0], [11, 0], [1, -1.1], [1, 2.1], [-1, 0], [0, 0], [-5, 7]]
      for (theta, value) in zip(outside, model.logDensity(of: outside, observation: [0.5, 1])) {
        #expect(value == -.infinity, "\(theta) has \(value)")
      }
    }
  }

  @Test func loadedModelIsTheSame() throws {
    try withModel { model, folder in
      let loaded = try PosteriorModel(folder: folder)
      #expect(loaded.description == model.description && loaded.weights == model.weights)
      #expect(loaded.description.provenance == ["seed": "2"])
      let theta = [[1.0, 0.5], [0.2, -0.9], [9, 1.9]]
      for x in observations {
        let (a, b) = (loaded, model)
        #expect(a.logDensity(of: theta, observation: x) == b.logDensity(of: theta, observation: x))
        #expect(a.sample(x, count: 50, seed: 3) == b.sample(x, count: 50, seed: 3))
      }
      try loaded.save(to: "\(folder)/copy")
      for name in ["model.json", "weights.safetensors"] {
        #expect(try bytes("\(folder)/copy/\(name)") == bytes("\(folder)/\(name)"))
      }
    }
  }

  @Test func damagedFoldersAreRefused() throws {
    try withModel { model, folder in
      func problem(_ damage: (_ copy: String) throws -> Void) throws -> FileError {
        let copy = "\(folder)/\(UUID().uuidString)"
        try model.save(to: copy)
        try damage(copy)
        let error = try #require(throws: FileError.self) { try PosteriorModel(folder: copy) }
        #expect(!error.description.contains("\n"))
        return error
      }
      func edit(_ path: String, _ change: (String) -> String) throws {
        let text = String(decoding: try bytes(path), as: UTF8.self)
        #expect(change(text) != text)
        try change(text).write(toFile: path, atomically: true, encoding: .utf8)
      }
      let truncated = try problem { copy in
        let path = "\(copy)/weights.safetensors"
        try bytes(path).dropLast(8).write(to: URL(fileURLWithPath: path))
      }
      #expect(truncated.path.hasSuffix("weights.safetensors"))
      let missing = try problem { try FileManager.default.removeItem(atPath: "\($0)/model.json") }
      #expect(missing.path.hasSuffix("model.json"))
      let weightless = try problem {
        try FileManager.default.removeItem(atPath: "\($0)/weights.safetensors")
      }
      #expect(weightless.path.hasSuffix("weights.safetensors"))
      let newer = try problem { copy in
        try edit("\(copy)/model.json") {
          $0.replacingOccurrences(of: "\"version\" : 2", with: "\"version\" : 99")
        }
      }
      #expect(newer.problem.contains("99"))
      // A wider network than the weights belong to.
      let wider = try problem { copy in
        try edit("\(copy)/model.json") {
          $0.replacingOccurrences(of: "\"width\" : 16", with: "\"width\" : 32")
        }
      }
      #expect(wider.path.hasSuffix("weights.safetensors") && wider.problem.contains("shape"))
      let unknown = try problem { copy in
        try edit("\(copy)/model.json") {
          $0.replacingOccurrences(of: "\"maf\"", with: "\"spline\"")
        }
      }
      #expect(unknown.path.hasSuffix("model.json"))
      // What the decoder finds wrong with a value still names the file.
      let badPrior = try problem { copy in
        try edit("\(copy)/model.json") {
          $0.replacingOccurrences(of: "\"log_uniform\"", with: "\"log_uniforn\"")
        }
      }
      #expect(badPrior.path.hasSuffix("model.json") && badPrior.problem.contains("log_uniforn"))
    }
  }
}
