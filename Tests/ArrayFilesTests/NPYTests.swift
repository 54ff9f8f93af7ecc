import ArrayFiles
import Foundation
import Testing

@Suite struct NPYTests {
  @Test func readsWhatNumPyWrote() throws {
    for name in ["float64", "float32_big_endian", "version2", "version3"] {
      let array = try NPY.read(data("\(name).npy"), as: Double.self)
      #expect(array.shape == [2, 3])
      #expect(array.values == [0, 0.5, 1, 1.5, 2, 2.5])
    }
    let scalar = try NPY.read(data("scalar.npy"), as: Float.self)
    #expect(scalar.shape == [] && scalar.values == [2.5])
    #expect(scalar.rowCount == 1 && scalar.rowLength == 1)
    let empty = try NPY.read(data("empty.npy"), as: Double.self)
    #expect(empty.shape == [0, 3] && empty.values.isEmpty)
  }

  @Test func reordersFortranArrays() throws {
    let array = try NPY.read(data("fortran.npy"), as: Int64.self)
    #expect(array.shape == [2, 3, 4])
    #expect(array.values == Array(0..<24))
    #expect(array.rowCount == 2 && array.rowLength == 12)
  }

  @Test func convertsEveryNumberType() throws {
    for type in ["int8", "int16", "int64", "uint8", "uint16", "uint32", "uint64", "bool"] {
      let last = type == "bool" ? 1 : 100
      let path = data("\(type).npy")
      #expect(try NPY.read(path, as: Double.self).values == [0, 1, Double(last)])
      #expect(try NPY.read(path, as: Float.self).values == [0, 1, Float(last)])
      #expect(try NPY.read(path, as: Int64.self).values == [0, 1, Int64(last)])
      #expect(try NPY.read(path, as: Int32.self).values == [0, 1, Int32(last)])
      #expect(try NPY.read(path, as: UInt8.self).values == [0, 1, UInt8(last)])
    }
    #expect(try NPY.read(data("uint64_large.npy"), as: Double.self).values == [0x1p64])
  }

  @Test func refusesLossyConversions() throws {
    let folder = try TemporaryFolder()
    #expect(throws: FileError.self) { try NPY.read(data("uint64_large.npy"), as: Int64.self) }
    let error = #expect(throws: FileError.self) {
      try NPY.read(data("float64.npy"), as: Int32.self)
    }
    #expect(error?.problem == "element 1 is 0.5, which Int32 cannot hold")
    try NPY.write(NDArray(shape: [2], values: [Double.nan, 1e300]), to: folder("a.npy"))
    #expect(throws: FileError.self) { try NPY.read(folder("a.npy"), as: Float.self) }
    #expect(throws: FileError.self) { try NPY.read(folder("a.npy"), as: Int64.self) }
  }

  @Test func writesTheBytesThatNumPyWrites() throws {
    let folder = try TemporaryFolder()
    try NPY.write(
      NDArray(shape: [2, 3], values: [0, 0.5, 1, 1.5, 2, 2.5]), to: folder("float64.npy"))
    try NPY.write(NDArray(shape: [], values: [2.5]), to: folder("scalar.npy"))
    try NPY.write(NDArray<Double>(shape: [0, 3], values: []), to: folder("empty.npy"))
    try NPY.write(NDArray<Int64>(shape: [3], values: [0, 1, 100]), to: folder("int64.npy"))
    try NPY.write(NDArray<UInt8>(shape: [3], values: [0, 1, 100]), to: folder("uint8.npy"))
    for name in ["float64", "scalar", "empty", "int64", "uint8"] {
      #expect(try bytes(folder("\(name).npy")) == bytes(data("\(name).npy")), "\(name)")
    }
  }

  @Test func rejectsDamage() throws {
    let size = try bytes(data("float64.npy")).count
    let rejected = try rejections(of: data("float64.npy")) {
      _ = try NPY.read($0, as: Double.self)
    }
    #expect(rejected.truncated == size)
    // The 48 bytes of data and the padding carry no redundancy; the rest of the header does.
    #expect(rejected.altered >= 60)
    for name in ["structured", "complex", "stored"] {
      let path = data(name == "stored" ? "stored.npz" : "\(name).npy")
      #expect(throws: FileError.self) { try NPY.read(path, as: Double.self) }
    }
  }

  @Test func rejectsImpossibleShapes() throws {
    let folder = try TemporaryFolder()
    let shapes = ["(4611686018427387904, 4)", "(0, 9223372036854775807, 9)", "(-1,)", "(1e3,)"]
    for shape in shapes + ["(99999999999999999999,)", "(1000000000000,)"] {
      let header = "{'descr': '<f8', 'fortran_order': False, 'shape': \(shape), }\n"
      let path = try folder.file(
        "a.npy",
        [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]
          + Array(header.utf8))
      #expect(throws: FileError.self, "\(shape)") { try NPY.read(path, as: Double.self) }
    }
  }

  @Test func readsRowsWithConversion() throws {
    let folder = try TemporaryFolder()
    // Longer than a conversion block.
    let values = (0..<300_000).map { Double($0) / 4 }
    try NPY.write(NDArray(shape: [1000, 3, 100], values: values), to: folder("x.npy"))
    let rows = try NPYRows(folder("x.npy"))
    #expect(rows.rowCount == 1000 && rows.rowLength == 300 && rows.shape == [1000, 3, 100])
    var floats = [Float](repeating: -1, count: 600 * 300 + 1)
    try floats.withUnsafeMutableBufferPointer { try rows.read(rows: 7..<607, into: $0) }
    #expect(floats.dropLast() == values[2100..<(607 * 300)].map { Float($0) }[...])
    #expect(floats.last == -1)
    var doubles = [Double](repeating: 0, count: 300)
    try doubles.withUnsafeMutableBufferPointer { try rows.read(rows: 999..<1000, into: $0) }
    #expect(doubles == Array(values.suffix(300)))
    try doubles.withUnsafeMutableBufferPointer { try rows.read(rows: 1000..<1000, into: $0) }
    #expect(throws: FileError.self) { try NPYRows(data("fortran.npy")) }
  }

  @Test func noticesThatTheFileShrank() throws {
    let folder = try TemporaryFolder()
    try NPY.write(
      NDArray<Float>(shape: [10], values: Array(0..<10).map(Float.init)),
      to: folder("x.npy"))
    let rows = try NPYRows(folder("x.npy"))
    truncate(folder("x.npy"), 140)
    var floats = [Float](repeating: 0, count: 10)
    #expect(throws: FileError.self) {
      try floats.withUnsafeMutableBufferPointer { try rows.read(rows: 0..<10, into: $0) }
    }
  }
}
