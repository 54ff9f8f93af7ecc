import ArrayFiles
import Foundation
import Testing

@Suite struct AtomicFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private struct Interruption: Error {}

  @Test func replacesWholeFiles() throws {
    try AtomicFile.write(Data("old".utf8), to: folder("a"))
    let large = [UInt8](repeating: 65, count: 200_000)
    try AtomicFile.write(to: folder("a")) { sink in
      try sink.write("né")
      try sink.write(Data("w".utf8))
      try sink.write(large)
      try sink.write("!")
    }
    #expect(try bytes(folder("a")) == Array("néw".utf8) + large + Array("!".utf8))
    #expect(try folder.contents == ["a"])
  }

  @Test func failureLeavesTheOldFileAlone() throws {
    try AtomicFile.write(Data("old".utf8), to: folder("a"))
    #expect(throws: Interruption.self) {
      try AtomicFile.write(to: folder("a")) { sink in
        try sink.write([UInt8](repeating: 0, count: 100_000))
        throw Interruption()
      }
    }
    #expect(try bytes(folder("a")) == Array("old".utf8))
    #expect(try folder.contents == ["a"])
  }

  @Test func namesTheReason() throws {
    let missing = #expect(throws: FileError.self) {
      try AtomicFile.write(Data(), to: folder("none/a"))
    }
    #expect(missing?.problem == "cannot write: no such file or directory")
    let isFolder = #expect(throws: FileError.self) {
      try AtomicFile.write(Data(), to: folder.path)
    }
    #expect(isFolder?.problem == "cannot write: is a folder")
    let notFolder = #expect(throws: FileError.self) {
      _ = try folder.file("plain", [])
      try AtomicFile.write(Data(), to: folder("plain/a"))
    }
    #expect(notFolder?.problem == "cannot write: not a directory")
  }

  @Test(.enabled(if: getuid() != 0, "root may write everywhere"))
  func namesMissingPermission() throws {
    chmod(folder.path, 0o500)
    defer { chmod(folder.path, 0o700) }
    let error = #expect(throws: FileError.self) { try AtomicFile.write(Data(), to: folder("a")) }
    #expect(error?.problem == "cannot write: permission denied")
  }

  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs Linux's /dev/full"))
  func reportsAFullDisk() throws {
    var writer = NPZWriter()
    writer.add("a", NDArray<Double>(shape: [1], values: [1]))
    let attempts: [() throws -> Void] = [
      { try AtomicFile.write(Data("x".utf8), to: "/dev/full") },
      { try NPY.write(NDArray<Double>(shape: [1], values: [1]), to: "/dev/full") },
      { try writer.write(to: "/dev/full") },
      { try SafetensorsFile().write(to: "/dev/full") },
      { try CSVTable.write(columns: [CSVColumn("a", [1.0])], to: "/dev/full") },
    ]
    for attempt in attempts {
      let error = #expect(throws: FileError.self) { try attempt() }
      #expect(error?.description == "/dev/full: cannot write: no space left on device")
    }
  }

  @Test func keepsLinksAndPermissions() throws {
    try AtomicFile.write(Data("old".utf8), to: folder("real"))
    chmod(folder("real"), 0o640)
    symlink("real", folder("link"))
    try AtomicFile.write(Data("new".utf8), to: folder("link"))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder("link")) == "real")
    #expect(try bytes(folder("real")) == Array("new".utf8))
    let attributes = try FileManager.default.attributesOfItem(atPath: folder("real"))
    #expect(attributes[.posixPermissions] as? Int == 0o640)
  }

  @Test func longNamesFit() throws {
    let name = String(repeating: "n", count: 255)
    try AtomicFile.write(Data(), to: folder(name))
    #expect(try folder.contents == [name])
  }

  @Test func manyWritersOfOneFileLeaveOneWholeFile() async throws {
    let path = folder("a")
    await withTaskGroup { group in
      for i in 0..<20 {
        group.addTask {
          try? AtomicFile.write(Data(repeating: UInt8(i), count: 100_000), to: path)
        }
      }
    }
    let result = try bytes(path)
    #expect(result.count == 100_000 && Set(result).count == 1)
    #expect(try folder.contents == ["a"])
  }

  @Test func descriptionsAreOneLine() {
    let error = FileError(
      path: "x.csv", line: 3, column: "a\nb", problem: "found \(FileError.quoted("p\nq"))")
    #expect(error.description == "x.csv:3: column 'a b': found 'p q'")
    #expect(FileError.quoted(String(repeating: "x", count: 100)).count == 42)
  }
}
