import DensityEstimators
import NeuralNetworks

/// The catalogue of networks: which embedding and density estimator a model is made of, by name.
///
/// A new one adds a case, its configuration and a line in `make…`.
public struct Architecture: Codable, Sendable, Equatable {
  public enum Embedding: String, Codable, Sendable, CaseIterable {
    case none
    case residualNetwork = "residual_network"
  }

  public enum Estimator: String, Codable, Sendable, CaseIterable {
    case maf
  }

  public var embedding = Embedding.residualNetwork
  public var residualNetwork = ResidualNetwork.Configuration()
  public var estimator = Estimator.maf
  public var maf = MaskedAutoregressiveFlow.Configuration()

  public init() {}

  func makeEmbedding(inputs: Int, layout: inout ParameterLayout) -> (any Layer)? {
    switch embedding {
    case .none: nil
    case .residualNetwork:
      ResidualNetwork(
        "embedding", inputs: inputs, configuration: residualNetwork, layout: &layout)
    }
  }

  func makeEstimator(
    dimensions: Int, contextCount: Int, layout: inout ParameterLayout
  ) -> any DensityEstimator {
    switch estimator {
    case .maf:
      MaskedAutoregressiveFlow(
        "maf", dimensions: dimensions, contextCount: contextCount, configuration: maf,
        layout: &layout)
    }
  }
}
