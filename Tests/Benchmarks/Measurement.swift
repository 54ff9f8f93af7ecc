import ArrayFiles
import Foundation

/// One setting of one work on one side, as printed for the report.
struct Measurement: Codable {
  let work: String
  let side: String
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
    _ work: String, setting: String, seconds: Double, units: Int, error: Errors? = nil,
    details: [String: Double]? = nil
  ) {
    self.work = work
    side = "sibyl"
    self.setting = setting
    self.seconds = seconds
    self.units = units
    self.error = error
    self.details = details
  }

  func printLine() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    print(String(decoding: try encoder.encode(self), as: UTF8.self))
  }
}

extension Measurement.Errors {
  /// Errors of `values`; reference rows that are NaN, where the codes disagree, do not count.
  init(_ values: [Double], reference: [Double]) {
    precondition(values.count == reference.count)
    let errors = zip(values, reference).filter { !$1.isNaN }.map { abs($0 / $1 - 1) }.sorted()
    precondition(!errors.isEmpty, "the reference has no usable row")
    func quantile(_ p: Double) -> Double {
      errors[min(errors.count - 1, Int(p * Double(errors.count)))]
    }
    self.init(p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99), worst: errors.last!)
  }
}

/// Median CPU seconds of a few calls, which other processes disturb less than wall time, and the last
/// call's result.
func medianSeconds<Result>(
  repeats: Int = 5, _ body: () throws -> Result
) rethrows -> (seconds: Double, result: Result) {
  var seconds: [Double] = []
  var result = try body()
  for _ in 0..<repeats {
    let start = processorSeconds()
    result = try body()
    seconds.append(processorSeconds() - start)
  }
  return (seconds.sorted()[repeats / 2], result)
}

/// CPU seconds that this process has used.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

func writeReference(_ values: [Double], _ name: String, in folder: String) throws {
  try NPY.write(
    NDArray(shape: [values.count], values: values), to: "\(folder)/\(name).reference.npy")
}

func readReference(_ name: String, in folder: String) throws -> [Double] {
  try NPY.read("\(folder)/\(name).reference.npy", as: Double.self).values
}
