import ArrayFiles
import Foundation
import Testing

@Suite struct SafetensorsTests {
  @Test func readsWhatPythonWrote() throws {
    let file = try SafetensorsFile.read(data("python.safetensors"))
    #expect(file.metadata == ["note": "a \"quoted\" α", "b": "2"])
    let tensors = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0) })
    #expect(tensors.count == 4)
    #expect(tensors["layer.weight"]?.shape == [2, 3])
    #expect(tensors["layer.weight"]?.values == [0, 0.5, 1, 1.5, 2, 2.5])
    #expect(tensors["layer.bias"]?.values == [1, -2])
    #expect(tensors["none"]?.shape == [0, 4])
    // 6e-8 rounds to the smallest binary16, 2^-24.
    #expect(tensors["half"]?.values == [0, -0.0, 1, -2.5, 65504, 0x1p-24, .infinity])
    #expect(tensors["half"]?.values[1].sign == .minus)
    #expect(throws: FileError.self) { try SafetensorsFile.read(data("integers.safetensors")) }
  }

  @Test func writesWhatItReads() throws {
    let folder = try TemporaryFolder()
    let file = SafetensorsFile(
      tensors: [
        ("z", [2, 2], [1, 2, 3, .nan]), ("a\n\"\\\u{1}α", [], [0.1]), ("empty", [0], []),
      ],
      metadata: ["k": "line\nbreak", "format": "sibyl"])
    try file.write(to: folder("a.safetensors"))
    let read = try SafetensorsFile.read(folder("a.safetensors"))
    #expect(Set(read.tensors.map(\.name)) == ["z", "a\n\"\\\u{1}α", "empty"])
    #expect(read.metadata == file.metadata)
    #expect(read.tensors[0].values.map(\.bitPattern) == file.tensors[0].values.map(\.bitPattern))
    try read.write(to: folder("b.safetensors"))
    try SafetensorsFile().write(to: folder("none.safetensors"))
    #expect(try SafetensorsFile.read(folder("none.safetensors")).tensors.isEmpty)
  }

  @Test func rejectsDamage() throws {
    let path = data("python.safetensors")
    let rejected = try rejections(of: path) { _ = try SafetensorsFile.read($0) }
    #expect(rejected.truncated == (try bytes(path).count))
    #expect(rejected.altered > 100)
  }

  @Test func rejectsOffsetsThatDisagree() throws {
    let folder = try TemporaryFolder()
    let cases = [
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
      #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}"#,
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775807]}}"#,
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#,
      #"["a"]"#, "", String(repeating: "[", count: 4000),
    ]
    for header in cases {
      let length = UInt64(header.utf8.count)
      let prefix = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
      let path = try folder.file("a", prefix + Array(header.utf8) + [UInt8](repeating: 0, count: 8))
      #expect(throws: FileError.self, "\(header.prefix(100))") { try SafetensorsFile.read(path) }
    }
  }
}
