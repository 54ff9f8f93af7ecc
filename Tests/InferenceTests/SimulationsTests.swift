import ArrayFiles
import Foundation
import Inference
import NumericalMethods
import Probability
import Testing

@Suite struct SimulationsTests {
  /// theta [n, 2] and x [n, 3]: every value tells its place.
  private func write(
    _ count: Int, to path: String, excluding bad: [Int: Float] = [:], names: [String]? = nil
  ) throws {
    var writer = NPZWriter()
    var x = (0..<3 * count).map { Float($0) }
    for (row, value) in bad { x[3 * row + row % 3] = value }
    writer.add("x", NDArray(shape: [count, 3, 1], values: x))
    writer.add(
      "theta", NDArray(shape: [count, 2], values: (0..<2 * count).map { 0.5 * Double($0) }))
    if let names { writer.add("names", names) }
    try writer.write(to: path)
  }

  private func open(_ path: String) throws -> Simulations {
    try Simulations(
      archive: path, scratch: path + "-scratch", monitor: WorkMonitor(threads: 2))
  }

  @Test func rowsAreThoseOfTheFile() throws {
    try withTemporaryFolder { folder in
      try write(1_000, to: "\(folder)/a.npz", names: ["tE", "α"])
      let simulations = try open("\(folder)/a.npz")
      #expect(simulations.rowCount == 1_000 && simulations.excludedCount == 0)
      #expect(simulations.names == ["tE", "α"] && simulations.signalCount == 3)
      let rows = try simulations.read(7..<410)
      #expect(rows.theta == (14..<820).map { 0.5 * Double($0) })
      #expect(rows.x == (21..<1230).map { Float($0) })
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/a.npz-scratch"))
      try write(1_000, to: "\(folder)/b.npz")
      #expect(try open("\(folder)/b.npz").names == ["theta_1", "theta_2"])
    }
  }

  @Test func rowsThatAreNotFiniteAreLeftOutAndCounted() throws {
    try withTemporaryFolder { folder in
      // At both ends, in a run, and apart.
      let bad = [0: Float.nan, 1: .infinity, 17: -.infinity, 18: .nan, 500: .nan, 999: .nan]
      try write(1_000, to: "\(folder)/a.npz", excluding: bad)
      let simulations = try open("\(folder)/a.npz")
      #expect(simulations.rowCount == 994 && simulations.excludedCount == 6)
      let kept = (0..<1_000).filter { bad[$0] == nil }
      for range in [0..<994, 0..<1, 14..<17, 15..<16, 490..<503, 993..<994, 5..<5] {
        let rows = try simulations.read(range)
        #expect(rows.theta == kept[range].flatMap { [Double($0), Double($0) + 0.5] })
        #expect(rows.x == kept[range].flatMap { row in (0..<3).map { Float(3 * row + $0) } })
      }
    }
  }

  @Test func shardsAndArchiveHoldTheSameRows() throws {
    try withTemporaryFolder { folder in
      let set = try ToyExperiment().simulation().write(to: "\(folder)/set", monitor: WorkMonitor())
      let shards = set.simulations
      let rows = try shards.read(0..<shards.rowCount)
      var writer = NPZWriter()
      writer.add("theta", NDArray(shape: [shards.rowCount, 2], values: rows.theta))
      writer.add("x", NDArray(shape: [shards.rowCount, 2], values: rows.x))
      writer.add("names", shards.names)
      try writer.write(to: "\(folder)/a.npz")
      let archive = try open("\(folder)/a.npz")
      // The second shard begins at 700.
      for range in [0..<1_000, 650..<750, 699..<701, 999..<1_000] {
        let (a, b) = (try shards.read(range), try archive.read(range))
        #expect(a.theta == b.theta && a.x == b.x)
      }
    }
  }

  /// The weights depend on the rows alone: not on the kind of file, on rows that were left out, or on
  /// threads.
  @Test func trainingDoesNotDependOnTheFile() throws {
    try withTemporaryFolder { folder in
      let experiment = ToyExperiment()
      let set = try experiment.simulation().write(to: "\(folder)/set", monitor: WorkMonitor())
      let rows = try set.simulations.read(0..<set.rowCount)
      // A bad row after every third good one.
      let places = (0..<set.rowCount).map { $0 + $0 / 3 }
      let count = places.last! + 1
      var theta = [Double](repeating: .nan, count: 2 * count)
      var x = [Double](repeating: 0, count: 2 * count)
      for (row, place) in places.enumerated() {
        for k in 0..<2 {
          theta[2 * place + k] = rows.theta[2 * row + k]
          x[2 * place + k] = Double(rows.x[2 * row + k])
        }
      }
      var writer = NPZWriter()
      writer.add("theta", NDArray(shape: [count, 2], values: theta))
      writer.add("x", NDArray(shape: [count, 2], values: x))
      writer.add("names", set.simulations.names)
      try writer.write(to: "\(folder)/a.npz")
      func weights(_ simulations: Simulations, threads: Int) throws -> [[Float]] {
        var configuration = PosteriorTraining.Configuration()
        configuration.epochs = 2
        return try PosteriorTraining(
          simulations, model: StoredObservations(count: 2), prior: experiment.prior,
          architecture: experiment.architecture, configuration: configuration, seed: 3
        ).run(
          in: "\(folder)/\(UUID().uuidString)", observationFingerprint: "", provenance: [:],
          monitor: WorkMonitor(threads: threads)
        ).model.weights
      }
      let archive = try open("\(folder)/a.npz")
      #expect(archive.rowCount == set.rowCount)
      #expect(
        try weights(set.simulations, threads: 2) == weights(archive, threads: 1))
    }
  }

  @Test func unusableArchivesAreRefusedInOneLine() throws {
    try withTemporaryFolder { folder in
      var number = 0
      func problem(_ fill: (inout NPZWriter) -> Void) throws -> String {
        number += 1
        var writer = NPZWriter()
        fill(&writer)
        let path = "\(folder)/\(number).npz"
        try writer.write(to: path)
        let error = try #require(throws: FileError.self) { try open(path) }
        #expect(error.path.hasPrefix(path) && !error.description.contains("\n"))
        return error.description
      }
      func zeros(_ shape: Int...) -> NDArray<Float> {
        NDArray(shape: shape, values: [Float](repeating: 0, count: shape.reduce(1, *)))
      }
      let missing = try problem {
        $0.add("theta", zeros(30, 2))
        $0.add("data", zeros(30, 2))
      }
      #expect(missing.contains("'x'") && missing.contains("data"))
      let lengths = try problem {
        $0.add("theta", zeros(30, 2))
        $0.add("x", zeros(31, 2))
      }
      #expect(lengths.contains("30") && lengths.contains("31"))
      let empty = try problem {
        $0.add("theta", zeros(0, 2))
        $0.add("x", zeros(0, 2))
      }
      #expect(empty.contains("no simulations"))
      let nothing = try problem {
        $0.add("theta", zeros(30, 0))
        $0.add("x", zeros(30, 2))
      }
      #expect(nothing.contains("theta") && nothing.contains("[30, 0]"))
      let deep = try problem {
        $0.add("theta", zeros(30, 2, 2))
        $0.add("x", zeros(30, 2))
      }
      #expect(deep.contains("[30, 2, 2]"))
      let text = try problem {
        $0.add("theta", ["a", "b"])
        $0.add("x", zeros(2, 2))
      }
      #expect(text.contains("theta") && text.contains("text"))
      let names = try problem {
        $0.add("theta", zeros(30, 2))
        $0.add("x", zeros(30, 2))
        $0.add("names", ["a"])
      }
      #expect(names.contains("names") && names.contains("1"))
      let twice = try problem {
        $0.add("theta", zeros(30, 2))
        $0.add("x", zeros(30, 2))
        $0.add("names", ["a", "a"])
      }
      #expect(twice.contains("'a'"))
      // A byte of x that is not what was written.
      let path = "\(folder)/damaged.npz"
      try write(100, to: path)
      var data = try bytes(path)
      data[400] ^= 1
      try data.write(to: URL(fileURLWithPath: path))
      let damaged = try #require(throws: FileError.self) { try open(path) }
      #expect(damaged.description.contains("CRC-32"))
    }
  }

  @Test(.enabled(if: Python.hasNumPy, "needs python3 with numpy"))
  func compressedAndOtherArraysOfNumPy() throws {
    try withTemporaryFolder { folder in
      try Python.run(
        """
        import numpy as np, sys
        d = sys.argv[1]
        x = np.sqrt(np.arange(60000.)).reshape(1000, 3, 20)
        theta = np.arange(2000).reshape(1000, 2)
        np.savez_compressed(d + '/a.npz', x=x, theta=theta, names=['a', 'b'])
        np.savez(d + '/b.npz', x=x.astype('>f4'), theta=theta[:, 0].astype(np.float32))
        np.savez(d + '/c.npz', x=np.asfortranarray(x), theta=theta)
        np.savez(d + '/d.npz', x=x.astype(np.float16), theta=theta)
        """, folder)
      let compressed = try open("\(folder)/a.npz")
      #expect(try fileNames("\(folder)/a.npz-scratch") == [])
      #expect(compressed.signalCount == 60 && compressed.names == ["a", "b"])
      let rows = try compressed.read(998..<1_000)
      #expect(rows.theta == [1996, 1997, 1998, 1999])
      #expect(rows.x == (59_880..<60_000).map { Float(Double($0).squareRoot()) })
      let single = try open("\(folder)/b.npz")
      #expect(single.names == ["theta_1"])
      #expect(try single.read(998..<1_000).x == rows.x)
      #expect(try single.read(998..<1_000).theta == [1996, 1998])
      let fortran = try #require(throws: FileError.self) { try open("\(folder)/c.npz") }
      #expect(fortran.description.contains("Fortran"))
      let half = try #require(throws: FileError.self) { try open("\(folder)/d.npz") }
      #expect(half.path.contains("x.npy") && half.description.contains("f2"))
    }
  }
}

/// The Python that comes first, for round trips.
enum Python {
  static let hasNumPy = (try? run("import numpy")) != nil

  struct Failure: Error { var message: String }

  /// Standard output of a script.
  @discardableResult
  static func run(_ script: String, _ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script] + arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let message = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(message: String(decoding: message, as: UTF8.self))
    }
    return String(decoding: text, as: UTF8.self)
  }
}
