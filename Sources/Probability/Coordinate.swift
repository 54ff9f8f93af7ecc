/// Where a latent variable lives: on the line with a standard normal prior, or on a circle (−π, π] with
/// a uniform one.
public enum Coordinate: String, Codable, Sendable {
  case line
  case circle
}
