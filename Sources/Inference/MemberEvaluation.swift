import NeuralNetworks
import NumericalMethods
import Probability

/// What each member of a model conditions its estimator on, of one observation: `[members][context]`.
typealias Contexts = [[Float]]

/// Samples in latent space.
struct LatentSamples {
  /// `[dimensions, count]`, row after row.
  var z: [Float]
  /// ln q of each, per unit of z.
  var logDensity: [Float]

  var count: Int { logDensity.count }
}

/// Evaluations of a model's members, and of the mixture they make.
extension PosteriorModel {
  /// What the members are conditioned on, of each observation `[observationCount]`.
  func contexts(of observations: [[Float]], threads: Int) -> [Contexts] {
    let size = 128
    return parallelMap((observations.count + size - 1) / size, threads: threads) { block in
      let rows = Array(observations[block * size..<min((block + 1) * size, observations.count)])
      precondition(rows.allSatisfy { $0.count == description.observationCount })
      let members = weights.indices.map { member in
        let pass = Pass()
        return evaluate(member, pass) { () -> [[Float]] in
          let x = pass.matrix(columns: rows)
          description.standardization.apply(to: x)
          let context = network.context(x, pass)
          return rows.indices.map { column in (0..<context.rows).map { context[$0, column] } }
        }
      }
      return rows.indices.map { row in members.map { $0[row] } }
    }.flatMap { $0 }
  }

  /// Draws from the mixture of members: each sample from a member chosen at random.
  func sampleMixture(
    _ count: Int, _ contexts: Contexts, _ stream: inout RandomStream, _ pass: Pass
  ) -> LatentSamples {
    guard weights.count > 1 else { return sample(0, count, contexts[0], &stream, pass) }
    var places = [[Int]](repeating: [], count: weights.count)
    for place in 0..<count {
      var (member, rest) = (0, stream.uniform())
      while member < weights.count - 1, rest > mixture[member] {
        rest -= mixture[member]
        member += 1
      }
      places[member].append(place)
    }
    let dimensions = prior.count
    var z = [Float](repeating: 0, count: dimensions * count)
    for (member, own) in places.enumerated() where !own.isEmpty {
      let drawn = sample(member, own.count, contexts[member], &stream, pass)
      for k in 0..<dimensions {
        for (source, place) in own.enumerated() {
          z[k * count + place] = drawn.z[k * own.count + source]
        }
      }
    }
    return LatentSamples(
      z: z, logDensity: mixtureLogDensity(z, count: count, [contexts], pass))
  }

  /// ln Σ w q of z `[dimensions, count]`, for one observation or one for each.
  func mixtureLogDensity(
    _ z: [Float], count: Int, _ contexts: [Contexts], _ pass: Pass
  ) -> [Float] {
    let densities = weights.indices.map { member in
      logDensity(member, z, count: count, contexts.map { $0[member] }, pass)
    }
    guard densities.count > 1 else { return densities[0] }
    return (0..<count).map { place in
      EnsembleWeights.logMixture(densities.map { Double($0[place]) }, mixture)
    }.map(Float.init)
  }

  private func sample(
    _ member: Int, _ count: Int, _ context: [Float], _ stream: inout RandomStream, _ pass: Pass
  ) -> LatentSamples {
    evaluate(member, pass) {
      let (z, logDensity) = network.sample(
        count, context: pass.matrix(columns: [context]), using: &stream, pass)
      return LatentSamples(z: z.unpadded, logDensity: logDensity.unpadded)
    }
  }

  private func logDensity(
    _ member: Int, _ z: [Float], count: Int, _ contexts: [[Float]], _ pass: Pass
  ) -> [Float] {
    evaluate(member, pass) {
      let matrix = pass.matrix(rows: prior.count, columns: count)
      matrix.fill(0)
      for k in 0..<prior.count {
        z.withUnsafeBufferPointer {
          matrix.row(k).update(from: $0.baseAddress! + k * count, count: count)
        }
      }
      return network.logDensity(matrix, context: pass.matrix(columns: contexts), pass).unpadded
    }
  }

  private func evaluate<Result>(_ member: Int, _ pass: Pass, _ body: () -> Result) -> Result {
    weights[member].withUnsafeBufferPointer { buffer in
      // Evaluation without a gradient never writes to the parameters.
      pass.begin(parameters: UnsafeMutablePointer(mutating: buffer.baseAddress!))
      return body()
    }
  }
}

extension Pass {
  /// A matrix of these columns, padding zero.
  fileprivate func matrix(columns: [[Float]]) -> Matrix {
    let matrix = matrix(rows: columns[0].count, columns: columns.count)
    matrix.fill(0)
    for (column, values) in columns.enumerated() {
      for (row, value) in values.enumerated() { matrix[row, column] = value }
    }
    return matrix
  }
}

extension Matrix {
  /// The values without padding, row after row.
  fileprivate var unpadded: [Float] {
    (0..<rows).flatMap { UnsafeBufferPointer(start: row($0), count: columns) }
  }
}
