import NeuralNetworks

/// Evaluates minibatches of a conditional network.
final class MinibatchWorkers {
  private let network: ConditionalNetwork
  private let slices: MinibatchSlices

  init(_ network: ConditionalNetwork, threads: Int) {
    self.network = network
    slices = MinibatchSlices(network.layout, threads: threads)
  }

  /// The gradient of the mean loss of the last `losses` call, in the parameters' layout.
  var gradient: [Float] { slices.gradient }

  /// −ln q(z | x) of rows of a window; with `withGradient`, also the gradient of the mean.
  func losses(
    _ window: TrainingWindow, _ rows: Range<Int>, _ source: ObservationSource,
    weights: inout [Float], withGradient: Bool
  ) -> [Double] {
    let scale = withGradient ? 1 / Float(rows.count) : nil
    return slices.losses(rows, weights: &weights, withGradient: withGradient) {
      [network] rows, pass in
      Self.losses(network, window, rows, source, pass, scale: scale)
    }
  }

  /// −ln q of some rows, accumulating `scale` times the gradient of their sum.
  private static func losses(
    _ network: ConditionalNetwork, _ window: TrainingWindow, _ rows: Range<Int>,
    _ source: ObservationSource, _ pass: Pass, scale: Float?
  ) -> [Double] {
    let x = source.observations(window, rows, pass)
    let z = pass.matrix(rows: network.dimensions, columns: rows.count)
    z.fill(0)
    for (place, row) in rows.enumerated() {
      for k in 0..<network.dimensions { z[k, place] = window.z[row * network.dimensions + k] }
    }
    let logDensity: Matrix
    if let scale {
      let gradient = pass.matrix(rows: 1, columns: rows.count)
      gradient.fill(0)
      for place in 0..<rows.count { gradient[0, place] = -scale }
      logDensity = network.accumulateGradient(z, x, gradient: gradient, pass)
    } else {
      logDensity = network.logDensity(z, context: network.context(x, pass), pass)
    }
    return (0..<rows.count).map { -Double(logDensity[0, $0]) }
  }
}
