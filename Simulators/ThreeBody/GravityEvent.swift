/// Something that happens to bodies between the times asked for.
public struct GravityEvent: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    /// Two bodies are as close as they get before they part again, at this distance.
    case encounter(Int, Int, distance: Double)
    /// The surfaces of two bodies meet: the trajectory ends.
    case collision(Int, Int)
    /// A body has gone further than the distance asked for from the centre of mass of the others, all of which
    /// are nearer to that than half as far; recedes; and is too fast to come back if they were one.
    case escape(Int)
    /// Another pair is the most tightly bound one: the least energy of two bodies about each other.
    case exchange(from: [Int], to: [Int])
  }

  public let time: Double
  public let kind: Kind
}

/// Which events are looked for.
public struct EventCriteria: Sendable, Codable, Equatable {
  /// Passages of pericentre nearer than this.
  public var encounterDistance: Double?
  /// Of the bodies, `[bodies]`: they collide at the sum of two.
  public var radii: [Double]?
  public var escapeDistance: Double?
  public var findsExchanges = false

  public init() {}
}
