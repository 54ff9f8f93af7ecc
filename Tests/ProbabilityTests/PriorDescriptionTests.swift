import Foundation
import Probability
import Testing

@Suite struct PriorDescriptionTests {
  static let invalid: [(kind: String, arguments: [Double], word: String)] = [
    ("uniform", [1, 0], "low"), ("uniform", [1, 1], "low"), ("uniform", [0], "takes"),
    ("uniform", [0, 1, 2], "takes"), ("uniform", [0, .nan], "takes"),
    ("uniform", [0, .infinity], "takes"), ("periodic", [360, 0], "low"),
    ("log_uniform", [0, 1], "above 0"), ("log_uniform", [-1, 1], "above 0"),
    ("log_uniform", [2, 1], "low"), ("normal", [0, 0], "standard deviation"),
    ("normal", [0, -1], "standard deviation"), ("normal", [.nan, 1], "takes"),
    ("log_normal", [0, 1], "above 0"), ("log_normal", [1, 0], "above 0"),
    ("log_normal", [1, -2], "above 0"), ("truncated_normal", [0, 0, -1, 1], "standard deviation"),
    ("truncated_normal", [0, 1, 1, -1], "low"),
    ("truncated_normal", [0, 1, 40, 50], "probability"),
    ("truncated_normal", [0, 1, -50, -40], "probability"), ("truncated_normal", [0, 1], "takes"),
    ("beta", [1, 1], "log_uniform"), ("", [], "unknown"),
  ]

  @Test(arguments: invalid) func invalidDescriptionsAreRefused(
    kind: String, arguments: [Double], word: String
  ) throws {
    let error = try #require(throws: PriorError.self) {
      try PriorDistribution(kind: kind, arguments: arguments)
    }
    #expect(error.description.contains(word) && !error.description.contains("\n"))
  }

  static let valid: [(kind: String, arguments: [Double], prior: PriorDistribution)] = [
    ("uniform", [-1, 2], .uniform(low: -1, high: 2)),
    ("log_uniform", [1e-4, 1], .logUniform(low: 1e-4, high: 1)),
    ("normal", [3, 2], .normal(mean: 3, standardDeviation: 2)),
    ("log_normal", [30, 2], .logNormal(median: 30, sigma: 2)),
    (
      "truncated_normal", [1, 2, 0, 4],
      .truncatedNormal(mean: 1, standardDeviation: 2, low: 0, high: 4)
    ),
    ("periodic", [0, 360], .periodic(low: 0, high: 360)),
  ]

  @Test(arguments: valid) func descriptionsAreRead(
    kind: String, arguments: [Double], prior: PriorDistribution
  ) throws {
    #expect(try PriorDistribution(kind: kind, arguments: arguments) == prior)
    #expect(prior.description == (kind, arguments))
    let joint = JointPrior([.init(name: "x", distribution: prior)])
    let data = try JSONEncoder().encode(joint)
    #expect(String(decoding: data, as: UTF8.self).contains("\"\(kind)\""))
    #expect(try JSONDecoder().decode(JointPrior.self, from: data) == joint)
  }

  @Test(arguments: [
    #"{"uniform": [0, 1], "normal": [0, 1]}"#, "{}", #"{"uniform": [1, 0]}"#, #"{"gamma": [1]}"#,
  ])
  func invalidFilesAreRefused(text: String) {
    #expect(throws: PriorError.self) {
      try JSONDecoder().decode(PriorDistribution.self, from: Data(text.utf8))
    }
  }
}
