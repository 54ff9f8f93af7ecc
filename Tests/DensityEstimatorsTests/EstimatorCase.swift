import DensityEstimators
import NeuralNetworks
import Probability
import Testing

/// A density estimator with a small network; a new kind is tested by lines in `all`.
struct EstimatorCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let coordinates: [Coordinate]
  var contextCount = 3
  /// How far the untrained ln q may be from the prior's.
  var priorTolerance = 2e-5
  let make: @Sendable (inout ParameterLayout) -> any DensityEstimator

  static let all: [EstimatorCase] =
    [1, 2, 7].map(mixtureDensityNetwork)
    + [1, 2, 7].map(maskedAutoregressiveFlow)
    + NeuralSplineFlow.Kind.allCases.flatMap { kind in
      [[.line], [.circle], [.line, .line], [.circle, .circle], [.line, .circle]]
        .map { neuralSplineFlow(kind, .silu, $0) }
    } + [
      neuralSplineFlow(.coupling, .relu, [.line, .circle, .line, .line, .line]),
      neuralSplineFlow(.autoregressive, .tanh, [.line, .circle, .line, .line, .line]),
    ]

  /// Those made of transforms.
  static let flows = all.filter { $0.estimator is any FlowEstimator }

  /// Those whose density can be summed over a grid.
  static let plane = all.filter { $0.coordinates.count <= 2 }

  private var estimator: any DensityEstimator {
    var layout = ParameterLayout()
    return make(&layout)
  }

  private static func mixtureDensityNetwork(_ dimensions: Int) -> EstimatorCase {
    EstimatorCase(
      testDescription: "MixtureDensityNetwork in \(dimensions) dimensions",
      coordinates: [Coordinate](repeating: .line, count: dimensions), priorTolerance: 1e-2
    ) { layout in
      var configuration = MixtureDensityNetwork.Configuration()
      (configuration.components, configuration.width, configuration.hiddenLayers) = (8, 17, 2)
      configuration.activation = .silu
      return MixtureDensityNetwork(
        "mixture", coordinates: lines(dimensions), contextCount: 3, configuration: configuration,
        layout: &layout)
    }
  }

  private static func maskedAutoregressiveFlow(_ dimensions: Int) -> EstimatorCase {
    EstimatorCase(
      testDescription: "MaskedAutoregressiveFlow in \(dimensions) dimensions",
      coordinates: [Coordinate](repeating: .line, count: dimensions)
    ) { layout in
      var configuration = MaskedAutoregressiveFlow.Configuration()
      (configuration.transforms, configuration.width) = (3, 17)
      return MaskedAutoregressiveFlow(
        "flow", coordinates: lines(dimensions), contextCount: 3, configuration: configuration,
        layout: &layout)
    }
  }

  private static func neuralSplineFlow(
    _ kind: NeuralSplineFlow.Kind, _ activation: Activation, _ coordinates: [Coordinate]
  ) -> EstimatorCase {
    EstimatorCase(
      testDescription:
        "NeuralSplineFlow, \(kind), \(activation), \(coordinates.map(\.rawValue))",
      coordinates: coordinates
    ) { layout in
      var configuration = NeuralSplineFlow.Configuration()
      configuration.kind = kind
      configuration.activation = activation
      (configuration.transforms, configuration.width, configuration.bins) = (2, 17, 5)
      return NeuralSplineFlow(
        "flow", coordinates: coordinates, contextCount: 3, configuration: configuration,
        layout: &layout)
    }
  }
}

/// Cases `[cases][features]` as tests write them.
typealias Cases = [[Double]]

/// Standard normal values.
func normalCases(_ count: Int, _ features: Int, seed: UInt64) -> Cases {
  var stream = RandomStream(seed: seed, purpose: .noise)
  return (0..<count).map { _ in (0..<features).map { _ in stream.normal() } }
}

/// Points that a prior gives: standard normal on lines, uniform on circles.
func priorCases(_ count: Int, _ coordinates: [Coordinate], seed: UInt64) -> Cases {
  var stream = RandomStream(seed: seed, purpose: .noise)
  return (0..<count).map { _ in
    coordinates.map { $0 == .line ? stream.normal() : .pi * (2 * stream.uniform() - 1) }
  }
}

/// a − b, the short way round where the coordinate is a circle.
func difference(_ a: Double, _ b: Double, _ coordinate: Coordinate) -> Double {
  coordinate == .line ? a - b : (a - b).remainder(dividingBy: 2 * .pi)
}
