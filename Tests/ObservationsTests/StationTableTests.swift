import ArrayFiles
import Foundation
import Observations
import Testing

struct StationTableTests {
  private func stations(_ text: String) throws -> [Station] {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("stations-\(UUID().uuidString).txt")
    try text.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    do {
      return try StationTable.read(file.path)
    } catch var error as FileError {
      error.path = "F"
      throw error
    }
  }

  @Test func readsColumnsByName() throws {
    let stations = try stations(
      """
      # my array
      sefd name x y z
      74 AA 2225060.8 -5440059.6 -2481681.2  
      4700.5 AP 2225039.5 -5441197.6 -2479303.4
      """)
    #expect(
      stations == [
        Station(name: "AA", position: SIMD3(2_225_060.8, -5_440_059.6, -2_481_681.2), sefd: 74),
        Station(name: "AP", position: SIMD3(2_225_039.5, -5_441_197.6, -2_479_303.4), sefd: 4700.5),
      ])
  }

  @Test(arguments: [
    ("name,x,y,z\nA,0,0,6371000", "F: has no column 'sefd'; it has name, x, y, z"),
    (
      "name,x,y,z,sefd\nA,0,0,6371000,1\nB,0,zero,6371000,1",
      "F:3: column 'y': found 'zero', expected a number"
    ),
    (
      "name,x,y,z,sefd\nA,0,0,6371000,1\nA,0,1,6371000,1",
      "F:3: column 'name': found 'A', expected a name that occurs once"
    ),
    (
      "name,x,y,z,sefd\nA,0,0,6371000,0\nB,0,1,6371000,1",
      "F:2: column 'sefd': found '0', expected a number above 0"
    ),
    (
      "name,x,y,z,sefd\nA,0,0,6371000,1\nB,0,1,6371,1",
      "F:3: x, y, z lie 6.0 km from the middle of the Earth, expected a place on its surface, in m"
    ),
    ("name,x,y,z,sefd\nA,0,0,6371000,1", "F: has 1 stations, expected two or more"),
  ])
  func errorsSayWhere(text: String, message: String) {
    #expect { try stations(text) } throws: { "\($0)" == message }
  }
}
