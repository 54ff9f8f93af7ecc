import Foundation
import NeuralNetworks
import Probability

/// A stack of transforms that turns z into a standard normal on lines and a uniform law on circles.
///
/// Reference: Papamakarios, Nalisnick, Rezende, Mohamed & Lakshminarayanan (2021), JMLR 22, 57,
/// arXiv:1912.02762, eqs. 3–6.
public struct NormalizingFlow: Sendable {
  public let coordinates: [Coordinate]
  /// In the order in which z passes through them.
  public let transforms: [any Transform]

  func logDensity(_ z: Matrix, context: Matrix, _ pass: Pass) -> Matrix {
    let logDensity = pass.matrix(rows: 1, columns: z.columns)
    logDensity.fill(0)
    if pass.isRecording {
      let u = transforms.reduce(z) {
        $1.forward($0, context: context, logDeterminant: logDensity, pass)
      }
      pass.record(u)
      addBase(u, to: logDensity)
    } else {
      let u = pass.matrix(rows: z.rows, columns: z.columns)
      u.update(from: z)
      for transform in transforms {
        pass.reclaimingMemory {
          u.update(from: transform.forward(u, context: context, logDeterminant: logDensity, pass))
        }
      }
      addBase(u, to: logDensity)
    }
    return logDensity
  }

  func backward(_ gradient: Matrix, contextGradient: Matrix?, _ pass: Pass) {
    let u = pass.recall()
    let values = pass.matrix(rows: u.rows, columns: u.columns)
    // d ln N(u) / du = −u; the uniform law has none.
    for (index, coordinate) in coordinates.enumerated() {
      let row = values.row(index)
      for offset in vectorOffsets(u.stride) {
        let slope =
          coordinate == .line ? -(u.row(index) + offset).vector : SIMD16<Float>.zero
        (row + offset).storeVector(slope * (gradient.elements + offset).vector)
      }
    }
    for transform in transforms.reversed() {
      pass.reclaimingMemory {
        values.update(
          from: transform.backward(
            values, logDeterminantGradient: gradient, contextGradient: contextGradient, pass))
      }
    }
  }

  func sample(
    _ count: Int, context: Matrix, using stream: inout RandomStream, _ pass: Pass
  ) -> (z: Matrix, logDensity: Matrix) {
    let u = pass.matrix(rows: coordinates.count, columns: count)
    u.fill(0)
    for (index, coordinate) in coordinates.enumerated() {
      switch coordinate {
      case .line: stream.fillNormal(UnsafeMutableBufferPointer(start: u.row(index), count: count))
      case .circle:
        for column in 0..<count { u[index, column] = Float(.pi * (2 * stream.uniform() - 1)) }
      }
    }
    let logDensity = pass.matrix(rows: 1, columns: count)
    logDensity.fill(0)
    addBase(u, to: logDensity)
    for transform in transforms.reversed() {
      pass.reclaimingMemory {
        u.update(from: transform.inverse(u, context: context, logDeterminant: logDensity, pass))
      }
    }
    return (u, logDensity)
  }

  private func addBase(_ u: Matrix, to logDensity: Matrix) {
    let circles = coordinates.count { $0 == .circle }
    let lines = coordinates.count - circles
    let normalization = log(2 * Float.pi) * (0.5 * Float(lines) + Float(circles))
    for offset in vectorOffsets(u.stride) {
      var sum = SIMD16<Float>.zero
      for (index, coordinate) in coordinates.enumerated() where coordinate == .line {
        let value = (u.row(index) + offset).vector
        sum.addProduct(value, value)
      }
      let place = logDensity.elements + offset
      place.storeVector(place.vector - (0.5 * sum + normalization))
    }
  }
}

/// An estimator that is one flow.
public protocol FlowEstimator: DensityEstimator {
  var flow: NormalizingFlow { get }
}

extension FlowEstimator {
  public func logDensity(_ z: Matrix, context: Matrix, _ pass: Pass) -> Matrix {
    flow.logDensity(z, context: context, pass)
  }

  public func backward(_ gradient: Matrix, contextGradient: Matrix?, _ pass: Pass) {
    flow.backward(gradient, contextGradient: contextGradient, pass)
  }

  public func sample(
    _ count: Int, context: Matrix, using stream: inout RandomStream, _ pass: Pass
  ) -> (z: Matrix, logDensity: Matrix) {
    flow.sample(count, context: context, using: &stream, pass)
  }
}
