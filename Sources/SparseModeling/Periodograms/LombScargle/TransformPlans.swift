import NumericalMethods
import Synchronization

/// Plans of Fourier transforms, made once for all light curves that use their lengths.
final class TransformPlans: Sendable {
  static let shared = TransformPlans()

  private struct Plan {
    let transform: FourierTransform
    let rollOff: [Double]
  }

  private let plans = Mutex<[Int: Plan]>([:])

  /// A transform, and one over the spreading kernel's transform for each of the modes from −n/2 on.
  func plan(for layout: FrequencyBlocks) -> (FourierTransform, rollOff: [Double]) {
    let length = layout.transformLength
    let plan = plans.withLock { plans in
      if let plan = plans[length] { return plan }
      let modes = layout.modeCount
      let half = (0...modes / 2).map {
        1 / SpreadingWeights.kernel.transform(at: Double($0) / Double(length))
      }
      let plan = Plan(
        transform: FourierTransform(length: length, count: 1, stride: length, sign: .plus),
        rollOff: (0..<modes).map { half[abs($0 - modes / 2)] })
      plans[length] = plan
      return plan
    }
    return (plan.transform, plan.rollOff)
  }
}
