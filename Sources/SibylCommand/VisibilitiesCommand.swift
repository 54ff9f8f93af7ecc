import ArgumentParser
import ArrayFiles
import ExperimentRunner
import Foundation
import Inference
import NumericalMethods
import Observations
import Plotting
import SparseModeling

struct VisibilitiesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "visibilities",
    abstract: "What a file of visibilities holds: stations, baselines, signal, closures, figures.",
    discussion: """
      FILE is UVFITS, OIFITS or a text table, of any size: it is read in blocks. The summary goes to \
      standard output. With -o, DIR becomes a folder with

        summary.json                  the same in numbers, and more
        uv.png, uv.svg                coverage of the uv plane
        amplitude.png, amplitude.svg  amplitudes against baseline length
        dirty.fits, beam.fits         with --pixels and --field-of-view: the sky blurred by the beam, \
      Jy/beam, and the beam
        dirty.png, dirty.svg          the first of them
        visibilities.uvfits           with --scan-average or --noise-floor: what they made of the data \
      (visibilities.csv where there are no stations, or several channels)

      or, for several files, with such a folder for each, named after it. Figures show up to 20,000 \
      visibilities, chosen evenly.

      Closure quantities are counted three ways: n_…_independent is the size of a minimal set \
      (Blackburn et al. 2020), n_…_max counts every triangle or quadrangle, and n_…_min those with the \
      first station, as eht-imaging does. Scans are separated by gaps of a minute. scan_average has \
      weighted means; scan_average_eht_imaging has plain ones, and baselines that start late in a scan \
      do not close.

      Example: sibyl visibilities M87.uvfits -o M87
      """)

  @Argument(help: "Files of visibilities.")
  var files: [String]

  @Option(help: "The target to read from an OIFITS file of several; the first by default.")
  var target: String?

  @Flag(help: "Average over scans first.")
  var scanAverage = false

  @Option(help: "A fraction of each amplitude to add to its error in quadrature, after averaging.")
  var noiseFloor: Double?

  @Option(name: .shortAndLong, help: "The folder to write.")
  var output: String?

  @Flag(help: "Replace files of the same names in the output folder.")
  var force = false

  @OptionGroup(title: "Dirty image") var dirty: DirtyImageOptions

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let noiseFloor, !(noiseFloor >= 0 && noiseFloor < 10) {
      throw ValidationError("--noise-floor is \(noiseFloor); it must be from 0 to 10, such as 0.02")
    }
    if dirty.pixels != nil && output == nil {
      throw ValidationError("the dirty image goes to a folder; name it with --output")
    }
    if files.count > 1 && output != nil {
      let names = files.map(Self.name)
      if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
        throw ValidationError("two files would both be written to the folder '\(twice)'")
      }
    }
  }

  func run() throws {
    let output = try output.map { try OutputFolder($0, force: force) }
    var reports: [VisibilityReport] = []
    try common.withMonitor { monitor in
      for file in files {
        reports.append(try report(on: file, monitor: monitor))
      }
      try output?.fill { folder in
        for (file, report) in zip(files, reports) {
          let place = files.count == 1 ? folder : "\(folder)/\(Self.name(file))"
          try report.write(to: place)
        }
      }
    }
    if common.quiet { return }
    for (index, report) in reports.enumerated() {
      if files.count > 1 { print((index == 0 ? "" : "\n") + files[index]) }
      print(report.summary.text)
    }
  }

  private static func name(_ file: String) -> String {
    URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
  }

  private func report(on file: String, monitor: WorkMonitor) throws -> VisibilityReport {
    guard scanAverage || noiseFloor != nil else {
      var report = try VisibilityReport(file, target: target, monitor: monitor)
      report.dirty = try dirtyImages(of: report.header, in: file) { body in
        var reader = try VisibilityReader(file, target: target)
        while let block = try reader.next() { try body(block) }
      }
      return report
    }
    var set = try VisibilitySet.read(file, target: target)
    do {
      if set.visibilities.isEmpty { throw DerivedDataError.noVisibilities }
      if scanAverage { set = try set.averagedOverScans() }
    } catch {
      throw FileError(path: file, problem: "\(error)")
    }
    if let noiseFloor { set = set.addingSystematicNoise(fraction: noiseFloor) }
    var report = VisibilityReport(set)
    report.dirty = try dirtyImages(of: set, in: file) { try $0(set.visibilities) }
    return report
  }

  private func dirtyImages(
    of header: VisibilitySet, in file: String,
    _ blocks: (_ body: ([Visibility]) throws -> Void) throws -> Void
  ) throws -> (image: SkyImage, beam: SkyImage)? {
    do {
      return try dirty.images(of: header, threads: common.threads, blocks)
    } catch let error as ImagingError {
      throw FileError(path: file, problem: "\(error)")
    } catch let error as NumericalError {
      throw FileError(path: file, problem: "no Gaussian fits the beam: \(error)")
    }
  }
}

/// A summary, and what its figures need.
private struct VisibilityReport {
  let summary: VisibilitySummary
  private var sample = VisibilitySample(limit: 20_000)
  /// The file's, without visibilities.
  let header: VisibilitySet
  var dirty: (image: SkyImage, beam: SkyImage)?
  /// What is no longer as it is in the file.
  private let changed: VisibilitySet?

  init(_ set: VisibilitySet) {
    changed = set
    summary = VisibilitySummary(set)
    sample.add(set.visibilities)
    header = set
  }

  /// Reads a file in blocks.
  init(_ file: String, target: String?, monitor: WorkMonitor) throws {
    changed = nil
    var reader = try VisibilityReader(file, target: target)
    var summarizer = VisibilitySummarizer()
    while let block = try reader.next() {
      summarizer.add(block)
      sample.add(block)
      // Smaller files take no time.
      if sample.total < 1_000_000 { continue }
      try monitor.advance(
        WorkProgress(
          label: "reading", completed: sample.total, total: reader.rowCount ?? 0))
    }
    summary = summarizer.finish(reader.header)
    header = reader.header
  }

  func write(to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try JSONFile.write(summary, to: "\(folder)/summary.json")
    if let changed {
      if !changed.stations.isEmpty && changed.frequencies.count == 1 {
        try changed.writeUVFITS(to: "\(folder)/visibilities.uvfits")
      } else {
        try changed.writeCSV(to: "\(folder)/visibilities.csv")
      }
    }
    if let dirty {
      try dirty.image.write(to: "\(folder)/dirty.fits")
      try dirty.beam.write(to: "\(folder)/beam.fits")
      try SkyImageFigure(dirty.image).write(to: "\(folder)/dirty")
    }
    guard let points else { return }
    try UVCoverageFigure(points: points).write(to: "\(folder)/uv")
    if points.amplitudes.contains(where: { $0 > 0 }) {
      try VisibilityAmplitudeFigure(points: points, label: label).write(to: "\(folder)/amplitude")
    }
  }

  private var label: Label { sample.total > 0 ? "amplitude [Jy]" : "squared visibility" }

  /// nil where there is nothing but bispectra.
  private var points: VisibilityPoints? {
    if sample.total > 0 {
      let rows = sample.rows
      return VisibilityPoints(
        u: rows.map(\.u), v: rows.map(\.v), amplitudes: rows.map(\.value.length),
        sigmas: rows.map(\.sigma), total: sample.total)
    }
    let squared = header.squaredVisibilities
    if squared.isEmpty { return nil }
    return VisibilityPoints(
      u: squared.map(\.u), v: squared.map(\.v), amplitudes: squared.map(\.value),
      sigmas: squared.map(\.sigma))
  }
}
