import Foundation
import NumericalMethods

/// A method with its settings, whichever type they are, as files hold it: its name under `method`, beside its settings.
public struct ChosenMethod: Codable, Sendable {
  public let method: any SurrogateMethod

  public init(_ method: any SurrogateMethod) { self.method = method }

  public var name: String { type(of: method).name }

  private enum CodingKeys: String, CodingKey {
    case name, settings
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let name = try container.decode(String.self, forKey: .name)
    guard let type = SurrogateCatalog.method(named: name) else {
      throw DecodingError.dataCorruptedError(
        forKey: .name, in: container, debugDescription: "no method is called '\(name)'")
    }
    method = try container.decode(type, forKey: .settings)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(method, forKey: .settings)
  }
}
