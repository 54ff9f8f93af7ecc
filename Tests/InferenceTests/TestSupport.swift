import Foundation
import NumericalMethods
import Synchronization

/// A new empty folder, removed when `body` is done.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("sibyl-inference-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

func fileNames(_ folder: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}

/// Interrupts at the `steps`-th question.
func monitor(interruptedAfter steps: Int, threads: Int = 1) -> WorkMonitor {
  let left = Box(steps)
  return WorkMonitor(
    threads: threads,
    interrupted: {
      left.value.withLock { left in
        left -= 1
        return left < 0
      }
    })
}

private final class Box: Sendable {
  let value: Mutex<Int>
  init(_ value: Int) { self.value = Mutex(value) }
}
