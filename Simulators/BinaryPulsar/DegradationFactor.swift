/// One of the factors by which searches lose to a binary's orbit, under the name of its column in tables.
public enum DegradationFactor: String, Codable, Sendable, CaseIterable {
  case gamma0
  case gamma1Line = "gamma1_line"
  case gamma2Line = "gamma2_line"
  case gamma3Line = "gamma3_line"
  case gamma1Free = "gamma1_free"
  case gamma2Free = "gamma2_free"
  case gamma3Free = "gamma3_free"
}

extension OrbitalDegradation {
  /// The factor of that name.
  public func value(of factor: DegradationFactor) -> Double {
    switch factor {
    case .gamma0: gamma0()
    case .gamma1Line: gamma1(.line)
    case .gamma2Line: gamma2(.line)
    case .gamma3Line: gamma3(.line)
    case .gamma1Free: gamma1(.free)
    case .gamma2Free: gamma2(.free)
    case .gamma3Free: gamma3(.free)
    }
  }
}
