/// The loss became infinite or not a number.
public struct TrainingDiverged: Error, CustomStringConvertible, Sendable {
  let epoch: Int
  let learningRate: Double

  public init(epoch: Int, learningRate: Double) {
    (self.epoch, self.learningRate) = (epoch, learningRate)
  }

  public var description: String {
    "training diverged in epoch \(epoch + 1) at learning_rate \(learningRate); try a smaller one"
  }
}
