/// One evaluation of a network on one thread: parameters, scratch memory, and the tape.
///
/// In training, `forward` pushes what `backward` needs onto the tape, and `backward`, called in reverse
/// order, pops it. Scratch memory is kept from one `begin` to the next.
public final class Pass {
  public private(set) var parameters: UnsafeMutablePointer<Float>
  /// Where `backward` accumulates, in the parameters' layout; nil when only evaluating.
  public private(set) var gradients: UnsafeMutablePointer<Float>?
  private var tape: [Matrix] = []
  private var chunks: [ScratchMemory.Chunk] = []
  private var chunk = 0
  private var used = 0

  public init() { parameters = Self.nowhere }

  deinit { ScratchMemory.giveBack(chunks) }

  /// Starts an evaluation: all matrices handed out before become invalid.
  public func begin(
    parameters: UnsafeMutablePointer<Float>, gradients: UnsafeMutablePointer<Float>? = nil
  ) {
    self.parameters = parameters
    self.gradients = gradients
    tape.removeAll(keepingCapacity: true)
    (chunk, used) = (0, 0)
  }

  /// An uninitialised matrix, valid until the next `begin`.
  public func matrix(rows: Int, columns: Int) -> Matrix {
    let count = rows * Matrix.padded(columns)
    let bytes = count * MemoryLayout<Float>.size
    while chunk < chunks.count, used + bytes > chunks[chunk].bytes.count {
      (chunk, used) = (chunk + 1, 0)
    }
    if chunk == chunks.count { chunks.append(ScratchMemory.take(bytes)) }
    defer { used += bytes }
    let place = (chunks[chunk].bytes.baseAddress! + used).assumingMemoryBound(to: Float.self)
    return Matrix(elements: place, rows: rows, columns: columns)
  }

  /// Runs a part of the evaluation whose matrices nothing needs afterwards, and takes their memory back,
  /// so that the next part finds it in the cache.
  public func reclaimingMemory<Result>(_ body: () -> Result) -> Result {
    let mark = (chunk, used)
    defer { (chunk, used) = mark }
    return body()
  }

  /// Whether `backward` will follow.
  public var isRecording: Bool { gradients != nil }

  public func record(_ matrix: Matrix) {
    if isRecording { tape.append(matrix) }
  }

  public func recall() -> Matrix { tape.removeLast() }

  func matrix(_ block: ParameterBlock) -> Matrix { block.matrix(in: parameters) }
  func gradient(_ block: ParameterBlock) -> Matrix { block.matrix(in: gradients!) }

  // Stands for "no parameters yet"; never read.
  private static var nowhere: UnsafeMutablePointer<Float> {
    UnsafeMutablePointer(bitPattern: MemoryLayout<Float>.alignment)!
  }
}
