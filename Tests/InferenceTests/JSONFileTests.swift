import ArrayFiles
import Foundation
import Inference
import Testing

@Suite struct JSONFileTests {
  private struct Value: Codable, Equatable {
    var sampleCount = 3
    var failures = ["not_finite": 2, "a b": 1]
    var largest = 1.5
  }

  @Test func valuesComeBack() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/v.json"
      for largest in [1.5, .infinity, -.infinity] {
        let value = Value(largest: largest)
        try JSONFile.write(value, to: path)
        #expect(try JSONFile.read(Value.self, path) == value)
      }
      let text = String(decoding: try bytes(path), as: UTF8.self)
      #expect(text.contains("\"sample_count\"") && text.contains("\"not_finite\""))
      #expect(try fileNames(folder) == ["v.json"])
    }
  }

  @Test(arguments: [
    ("", "v.json"), ("{", "v.json"), ("[]", "v.json"),
    (#"{"sample_count": 1, "failures": {}}"#, "largest"),
    (#"{"sample_count": "x", "failures": {}, "largest": 1}"#, "sampleCount"),
    (#"{"sample_count": 1.5, "failures": {}, "largest": 1}"#, "v.json"),
    (#"{"sample_count": 1, "failures": {"a": "b"}, "largest": 1}"#, "failures"),
    (#"{"sample_count": null, "failures": {}, "largest": 1}"#, "sampleCount"),
  ])
  func errorsNameTheFileAndTheKey(text: String, word: String) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/v.json"
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      let error = try #require(throws: FileError.self) { try JSONFile.read(Value.self, path) }
      #expect(error.path == path && error.description.contains(word))
      #expect(!error.description.contains("\n"))
    }
  }

  @Test func missingFilesAreNamed() throws {
    try withTemporaryFolder { folder in
      let error = try #require(throws: FileError.self) {
        try JSONFile.read(Value.self, "\(folder)/none.json")
      }
      #expect(error.path == "\(folder)/none.json")
      #expect(throws: FileError.self) {
        try JSONFile.write(Value(), to: "\(folder)/none/v.json")
      }
    }
  }
}
