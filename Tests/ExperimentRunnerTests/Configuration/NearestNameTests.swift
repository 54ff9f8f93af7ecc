import ExperimentRunner
import Testing

@Suite struct NearestNameTests {
  @Test(arguments: [
    ("", "", 0), ("kitten", "sitting", 3), ("ca", "ac", 1), ("abc", "", 3), ("", "ab", 2),
    // The optimal string alignment never edits a swapped pair again: 3, where the unrestricted
    // distance is 2.
    ("ca", "abc", 3), ("banana", "banana", 0), ("epcohs", "epochs", 1),
  ])
  func distances(a: String, b: String, distance: Int) {
    #expect(NearestName.distance(a, b) == distance)
    #expect(NearestName.distance(b, a) == distance)
  }

  @Test(arguments: [
    ("epoch", "epochs"), ("Epochs", "epochs"), ("batchSize", "batch_size"),
    ("microlnesing", "microlensing"), ("lr", Optional<String>.none), ("", nil), ("zzz", nil),
    ("interferometer", nil),
  ])
  func suggestions(name: String, expected: String?) {
    let names = ["batch_size", "epochs", "learning_rate", "microlensing"]
    #expect(NearestName.suggest(name, among: names) == expected)
  }

  @Test func tiesDoNotDependOnTheOrder() {
    #expect(NearestName.suggest("maf", among: ["map", "mac"]) == "mac")
    #expect(NearestName.suggest("maf", among: ["mac", "map"]) == "mac")
    #expect(NearestName.suggest("maf", among: [String]()) == nil)
  }
}
