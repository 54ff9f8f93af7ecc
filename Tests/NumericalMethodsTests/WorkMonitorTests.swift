import NumericalMethods
import Synchronization
import Testing

@Suite struct WorkMonitorTests {
  @Test func progressAndNotesArrive() throws {
    let heard = Mutex<[String]>([])
    let monitor = WorkMonitor(
      report: { progress in
        heard.withLock { $0.append("\(progress.label) \(progress.completed)/\(progress.total)") }
      },
      message: { text in heard.withLock { $0.append(text) } })
    try monitor.advance(WorkProgress(label: "train", completed: 2, total: 3))
    monitor.note("done")
    #expect(heard.withLock { $0 } == ["train 2/3", "done"])
    #expect(!monitor.isInterrupted)
  }

  @Test func interruptionStopsWork() {
    let left = Mutex(3)
    let monitor = WorkMonitor(interrupted: {
      left.withLock { left in
        left -= 1
        return left < 0
      }
    })
    var steps = 0
    #expect(throws: Interrupted.self) {
      for step in 0..<100 {
        try monitor.advance(WorkProgress(label: "work", completed: step, total: 100))
        steps += 1
      }
    }
    #expect(steps == 3)
    #expect(monitor.isInterrupted)
  }
}
