import ArrayFiles
import Foundation
import Testing

@Suite struct NPZTests {
  @Test(arguments: ["stored", "deflated", "zip64"])
  func readsWhatNumPyWrote(_ name: String) throws {
    let archive = try NPZArchive(path: data("\(name).npz"))
    #expect(try archive.shape(of: "theta") == [2, 3])
    #expect(try archive.read("theta", as: Float.self).values == [0, 0.5, 1, 1.5, 2, 2.5])
    if name == "deflated" {
      #expect(archive.names == ["theta", "zeros", "names"])
      #expect(
        try archive.read("zeros", as: Float.self).values == [Float](repeating: 0, count: 20000))
      #expect(try archive.strings("names") == ["t0", "tE", "α"])
    } else {
      #expect(archive.names == ["theta", "x"])
      #expect(try archive.read("x", as: Int32.self).values == [1, 2, 3])
    }
  }

  @Test func namesWhatIsMissing() throws {
    let archive = try NPZArchive(path: data("stored.npz"))
    let error = #expect(throws: FileError.self) { try archive.read("thetas", as: Double.self) }
    #expect(error?.description.hasSuffix("has no array 'thetas'; it has theta, x") == true)
    #expect(throws: FileError.self) { try archive.strings("theta") }
    let deflated = try NPZArchive(path: data("deflated.npz"))
    #expect(throws: FileError.self) { try deflated.read("names", as: Double.self) }
  }

  @Test func writesWhatItReads() throws {
    let folder = try TemporaryFolder()
    let values = (0..<100_000).map { Float($0).squareRoot() }
    var writer = NPZWriter()
    writer.add("theta", NDArray(shape: [4, 25_000], values: values))
    writer.add("n", NDArray<Int64>(shape: [], values: [-7]))
    writer.add("empty", NDArray<Double>(shape: [0, 2], values: []))
    writer.add("names", ["t0", "", "größer"])
    writer.add("nothing", [])
    try writer.write(to: folder("a.npz"))
    try writer.write(to: folder("b.npz"))
    #expect(try bytes(folder("a.npz")) == bytes(folder("b.npz")))
    let archive = try NPZArchive(path: folder("a.npz"))
    #expect(archive.names == ["theta", "n", "empty", "names", "nothing"])
    #expect(try archive.read("theta", as: Float.self).values == values)
    #expect(try archive.read("n", as: Double.self).values == [-7])
    #expect(try archive.read("empty", as: Double.self).shape == [0, 2])
    #expect(try archive.strings("names") == ["t0", "", "größer"])
    #expect(try archive.strings("nothing") == [])
  }

  @Test(arguments: ["stored", "deflated", "zip64"])
  func detectsDamage(_ name: String) throws {
    let path = data("\(name).npz")
    let original = try NPZArchive(path: path)
    let theta = try original.read("theta", as: Double.self).values
    let rejected = try rejections(of: path) {
      let archive = try NPZArchive(path: $0)
      // Whatever is read without an error must be right: the CRC-32 sees every inverted byte.
      for name in archive.names where name == "theta" {
        #expect(try archive.read(name, as: Double.self).values == theta)
      }
      for name in archive.names where name != "theta" && name != "names" {
        _ = try archive.read(name, as: Double.self)
      }
    }
    #expect(rejected.truncated == (try bytes(path).count))
  }

  @Test func refusesASizeThatItsDataCannotHave() throws {
    let folder = try TemporaryFolder()
    var altered = try bytes(data("deflated.npz"))
    // The uncompressed size in the first entry of the directory, made 4 GB.
    let entry = altered.indices.first { altered[$0...].starts(with: [0x50, 0x4B, 1, 2]) }!
    for i in 24..<28 { altered[entry + i] = 0xF0 }
    #expect(throws: FileError.self) {
      try NPZArchive(path: folder.file("a.npz", altered)).read("theta", as: Double.self)
    }
  }

  @Test func checksumIsZips() throws {
    let folder = try TemporaryFolder()
    // The check value of CRC-32/ISO-HDLC.
    #expect(Checksum.crc32(Data("123456789".utf8)) == 0xCBF4_3926)
    let long = [UInt8](repeating: 7, count: 3_000_000)
    var sum = Checksum()
    for start in stride(from: 0, to: long.count, by: 999_983) {
      long[start..<min(start + 999_983, long.count)].withUnsafeBytes { sum.update($0) }
    }
    #expect(try Checksum.crc32(ofFile: folder.file("a", long)) == sum.crc32)
    #expect(sum.crc32 == Checksum.crc32(Data(long)))
    #expect(Checksum().crc32 == 0)
  }
}
