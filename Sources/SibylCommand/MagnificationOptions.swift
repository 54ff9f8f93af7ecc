import ArgumentParser

/// What commands take that compute magnifications.
struct MagnificationOptions: ParsableArguments {
  @Option(help: "Relative error aimed at, from 1e-2 to 1e-7.")
  var tolerance = 1e-4

  func validate() throws {
    guard (1e-7...1e-2).contains(tolerance) else {
      throw ValidationError("--tolerance is \(tolerance); it must be from 1e-7 to 1e-2")
    }
  }
}
