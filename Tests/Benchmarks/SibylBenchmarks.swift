import Foundation

/// Sibyl's side of the comparisons of run.sh, which names what to do; prints JSON lines.
///
/// `prepare-…` comes first and writes into the folder what all sides work on.
@main
enum SibylBenchmarks {
  static let usage = """
    usage: SibylBenchmarks prepare-magnification FOLDER
           SibylBenchmarks magnification FOLDER WORK
           SibylBenchmarks prepare-estimators FOLDER
           SibylBenchmarks estimators FOLDER
           SibylBenchmarks prepare-transforms FOLDER
           SibylBenchmarks transforms FOLDER
           SibylBenchmarks prepare-imaging FOLDER
           SibylBenchmarks imaging FOLDER
           SibylBenchmarks prepare-periodograms FOLDER
           SibylBenchmarks periodograms FOLDER
           SibylBenchmarks sparse-periodograms FOLDER
           SibylBenchmarks prepare-threebody FOLDER
           SibylBenchmarks threebody FOLDER
           SibylBenchmarks prepare-surrogates FOLDER
           SibylBenchmarks surrogates FOLDER
    """

  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      switch (arguments.first, arguments.count) {
      case ("prepare-magnification", 2):
        for work in MagnificationWork.all {
          try work.prepare(in: arguments[1])
          // For run.sh, which goes through them in this order.
          print(work.name)
        }
      case ("magnification", 3): try MagnificationWork.measure(arguments[2], in: arguments[1])
      case ("prepare-estimators", 2): try EstimatorTask.prepare(in: arguments[1])
      case ("estimators", 2): try EstimatorWork.measure(in: arguments[1])
      case ("prepare-transforms", 2): try TransformWork.prepare(in: arguments[1])
      case ("transforms", 2): try TransformWork.measure(in: arguments[1])
      case ("prepare-imaging", 2): try ImagingWork.prepare(in: arguments[1])
      case ("imaging", 2): try ImagingWork.measure(in: arguments[1])
      case ("prepare-periodograms", 2):
        try PeriodogramWork.prepare(in: arguments[1])
        try SparseWork.prepare(in: arguments[1])
      case ("periodograms", 2): try PeriodogramWork.measure(in: arguments[1])
      case ("sparse-periodograms", 2): try SparseWork.measure(in: arguments[1])
      case ("prepare-threebody", 2): try TrajectoryWork.prepare(in: arguments[1])
      case ("threebody", 2): try TrajectoryWork.measure(in: arguments[1])
      case ("prepare-surrogates", 2): try SurrogateWork.prepare(in: arguments[1])
      case ("surrogates", 2):
        try SurrogateWork.measure(in: arguments[1])
        try DegradationWork.measure()
      default: fail(usage, code: 64)
      }
    } catch {
      fail("\(error)", code: 1)
    }
  }

  private static func fail(_ message: String, code: Int32) -> Never {
    FileHandle.standardError.write(Data("\(message)\n".utf8))
    exit(code)
  }
}
