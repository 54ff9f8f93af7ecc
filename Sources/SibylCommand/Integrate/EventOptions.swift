import ArgumentParser
import ArrayFiles
import Foundation
import ThreeBody

/// What happens between the times asked for, and the table of it.
struct EventOptions: ParsableArguments {
  @Option(help: "Write encounters, collisions, escapes and exchanges to this CSV file.")
  var events: String?

  @Option(help: "Encounters are passages of pericentre nearer than this (default: all).")
  var encounter: Double?

  @Option(help: "Bodies further out than this that will not come back escape.")
  var escape: Double?

  @Option(help: "Radii of the bodies, separated by commas: they collide at the sum of two.")
  var radii: String?

  func validate() throws {
    guard events != nil || (encounter == nil && escape == nil) else {
      throw ValidationError("--encounter and --escape are for a table of events: give --events")
    }
    _ = try radiiOfBodies
  }

  private var radiiOfBodies: [Double]? {
    get throws {
      guard let radii else { return nil }
      return try radii.split(separator: ",").map { text in
        guard let value = Double(text.trimmingCharacters(in: .whitespaces)), value >= 0,
          value.isFinite
        else {
          throw ValidationError("--radii has '\(text)'; it must be numbers of 0 or above")
        }
        return value
      }
    }
  }

  /// Nil where nothing is looked for.
  var criteria: EventCriteria? {
    get throws {
      guard events != nil || radii != nil else { return nil }
      var criteria = EventCriteria()
      criteria.radii = try radiiOfBodies
      criteria.escapeDistance = escape
      if events != nil {
        criteria.encounterDistance = encounter ?? .infinity
        criteria.findsExchanges = true
      }
      return criteria
    }
  }

  /// Writes the events of all systems. Throws `FileError`.
  func write(_ trajectories: [Trajectory]) throws {
    guard let events else { return }
    let rows = trajectories.enumerated().flatMap { system, trajectory in
      trajectory.events.map { (system: system + 1, event: $0) }
    }
    func bodies(_ numbers: [Int]) -> String { numbers.map { "\($0 + 1)" }.joined(separator: "-") }
    let parts = rows.map { row -> (kind: String, bodies: String, other: String, distance: Double) in
      switch row.event.kind {
      case .encounter(let one, let other, let distance):
        ("encounter", bodies([one, other]), "", distance)
      case .collision(let one, let other): ("collision", bodies([one, other]), "", .nan)
      case .escape(let body): ("escape", bodies([body]), "", .nan)
      case .exchange(let old, let new): ("exchange", bodies(new), bodies(old), .nan)
      }
    }
    try CSVTable.write(
      columns: [
        CSVColumn("system", rows.map(\.system)), CSVColumn("time", rows.map(\.event.time)),
        CSVColumn("kind", parts.map(\.kind)), CSVColumn("bodies", parts.map(\.bodies)),
        CSVColumn("former_pair", parts.map(\.other)),
        CSVColumn("distance", parts.map { $0.distance.isNaN ? "" : "\($0.distance)" }),
      ], to: events)
  }
}
