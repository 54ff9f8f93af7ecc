import ArrayFiles

struct OIFITSReader: VisibilitySource {
  var header = VisibilitySet()
  var rowCount: Int? { 0 }
  init(_ path: String, target: String?) throws {
    throw FileError(path: path, problem: "OIFITS cannot be read yet")
  }
  mutating func next() throws -> [Visibility]? { nil }
}
