import Foundation

/// One setting of one work on one side, as printed for the report.
struct Measurement: Codable {
  let work: String
  let side: String
  /// Settings of one series differ by a tolerance.
  let series: String
  let setting: String
  /// CPU seconds for `units`, one thread.
  let seconds: Double
  let units: Int
  var error: Errors?
  var details: [String: Double]?

  /// Relative errors against the reference.
  struct Errors: Codable {
    let p50: Double
    let p95: Double
    let p99: Double
    let worst: Double
  }

  init(
    _ work: String, series: String? = nil, setting: String, seconds: Double, units: Int,
    error: Errors? = nil, details: [String: Double]? = nil
  ) {
    self.work = work
    side = "sibyl"
    self.series = series ?? setting
    self.setting = setting
    self.seconds = seconds
    self.units = units
    self.error = error
    self.details = details
  }

  func printLine() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    // At once, so that a work that fails later loses nothing.
    try FileHandle.standardOutput.write(contentsOf: try encoder.encode(self) + Data("\n".utf8))
  }
}

extension Measurement.Errors {
  /// Errors of the first `values`, as many as the reference has; rows of it that are NaN, where the
  /// codes disagree, do not count. Nil if none is left.
  init?(_ values: [Double], reference: [Double]) {
    precondition(values.count >= reference.count)
    self.init(zip(values, reference).filter { !$1.isNaN }.map { abs($0 / $1 - 1) })
  }

  /// What is no number is wrong by 100 %. Nil if there is none.
  init?(_ values: [Double]) {
    let errors = values.map { $0.isFinite ? $0 : 1 }.sorted()
    guard let worst = errors.last else { return nil }
    func quantile(_ p: Double) -> Double {
      errors[min(errors.count - 1, Int(p * Double(errors.count)))]
    }
    self.init(p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99), worst: worst)
  }
}

/// Median seconds of a few calls, by default of the CPU, which other processes disturb less, and the
/// last call's result: five calls or three after one to warm up, or that one if it is long.
func medianSeconds<Result>(
  clock: () -> Double = processorSeconds, patience: Double = 3, _ body: () throws -> Result
) rethrows -> (seconds: Double, result: Result) {
  var start = clock()
  var result = try body()
  let first = clock() - start
  let repeats = 5 * first <= patience ? 5 : 3 * first <= patience ? 3 : 0
  var seconds = repeats == 0 ? [first] : []
  for _ in 0..<repeats {
    start = clock()
    result = try body()
    seconds.append(clock() - start)
  }
  return (seconds.sorted()[seconds.count / 2], result)
}

/// CPU seconds that this process has used.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

/// Seconds of a clock that nothing sets back.
func wallSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}
