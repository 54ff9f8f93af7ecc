import ArrayFiles
import Foundation
import Microlensing
import NumericalMethods
import Observations

/// The forward model of one event: a binary lens, and what each data set sees of it.
public struct EventModel: Sendable, Equatable {
  /// Brightness of the source and of the blend, in the unit in which the data set is wanted.
  public enum Brightness: Sendable, Equatable {
    case flux(source: Double, blend: Double)
    /// No blend: nil.
    case magnitude(source: Double, blend: Double?)
  }

  /// One telescope and filter.
  public struct DataSet: Sendable, Equatable {
    /// Empty for the only one of a model that names none.
    public let name: String
    public let limbDarkening: LimbDarkening
    public let brightness: Brightness

    public init(name: String, limbDarkening: LimbDarkening, brightness: Brightness) {
      self.name = name
      self.limbDarkening = limbDarkening
      self.brightness = brightness
    }

    /// The brightness `[epochs]` of magnifications, as a column `flux`, `mag`, `flux_<name>` or
    /// `mag_<name>`. Magnitudes have the zero point 22.
    func column(_ magnifications: [Double]) -> CSVColumn {
      let suffix = name.isEmpty ? "" : "_\(name)"
      switch brightness {
      case .flux(let source, let blend):
        return CSVColumn("flux\(suffix)", magnifications.map { source * $0 + blend })
      case .magnitude(let source, let blend):
        // Relative to the source's own flux, so that no magnitude overflows.
        let ratio = blend.map { pow(10, 0.4 * (source - $0)) } ?? 0
        return CSVColumn(
          "mag\(suffix)", magnifications.map { source - 2.5 * log10($0 + ratio) })
      }
    }
  }

  public let parameters: BinaryLensParameters
  /// Of the light curve in magnifications.
  public let limbDarkening: LimbDarkening
  public let dataSets: [DataSet]

  public init(
    parameters: BinaryLensParameters, limbDarkening: LimbDarkening, dataSets: [DataSet] = []
  ) {
    self.parameters = parameters
    self.limbDarkening = limbDarkening
    self.dataSets = dataSets
  }

  /// Magnifications of the model and each data set's own, `[1 + data sets][epochs]`.
  ///
  /// - Parameter tolerance: relative error aimed at, 1e-2 … 1e-7.
  /// - Throws: `Interrupted`.
  public func magnifications(
    times: [Double], tolerance: Double, monitor: WorkMonitor = WorkMonitor()
  ) throws -> [[Double]] {
    try Self.magnifications(
      of: parameters, times: times, bands: [limbDarkening] + dataSets.map(\.limbDarkening),
      tolerance: tolerance, monitor: monitor)
  }

  /// Columns `time`, `magnification`, and the brightness of each data set.
  ///
  /// - Throws: `Interrupted`.
  public func columns(
    times: [Double], tolerance: Double, monitor: WorkMonitor = WorkMonitor()
  ) throws -> [CSVColumn] {
    let values = try magnifications(times: times, tolerance: tolerance, monitor: monitor)
    return [CSVColumn("time", times), CSVColumn("magnification", values[0])]
      + zip(dataSets, values.dropFirst()).map { $0.column($1) }
  }

  /// Magnifications `[bands][epochs]` on several threads, in pieces that do not depend on them.
  static func magnifications(
    of parameters: BinaryLensParameters, times: [Double], bands: [LimbDarkening],
    tolerance: Double, label: String = "light curve", monitor: WorkMonitor
  ) throws -> [[Double]] {
    let size = 256
    let pieces = (times.count + size - 1) / size
    func progress(_ completed: Int) -> WorkProgress {
      WorkProgress(label: label, completed: completed, total: times.count)
    }
    var values = bands.map { _ in [Double]() }
    // In rounds, so that Ctrl-C is heard.
    for round in stride(from: 0, to: pieces, by: 4 * monitor.threads) {
      try monitor.advance(progress(round * size))
      let count = min(4 * monitor.threads, pieces - round)
      let results = parallelMap(count, threads: monitor.threads) { piece in
        let first = (round + piece) * size
        return parameters.magnifications(
          times: Array(times[first..<min(first + size, times.count)]), bands: bands,
          tolerance: tolerance)
      }
      for result in results {
        for band in bands.indices { values[band] += result[band] }
      }
    }
    try monitor.advance(progress(times.count))
    return values
  }
}
