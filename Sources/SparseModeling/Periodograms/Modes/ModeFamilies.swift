/// The modes of a star as a few frequencies of its own, each with its harmonics, and their combinations.
public struct ModeFamilies: Sendable {
  /// What a mode is beside stronger ones.
  public enum Relation: Sendable, Equatable {
    /// First of a family.
    case head
    /// So many halves of the frequency of its family's head: 4 is the second harmonic, 1 half of it.
    case halves(Int)
    /// A sum of multiples of the frequencies of several heads.
    case combination([FrequencyTies.Term])
  }

  /// A mode and those at multiples of its frequency, or of half of it.
  public struct Family: Sendable {
    /// The strongest mode.
    public let head: Int
    /// Others, with the number of halves of its frequency, in the order of the modes.
    public fileprivate(set) var members: [(mode: Int, halves: Int)]
    /// Of the head.
    public let half: HalfFrequency
    /// Odd multiples of half the head's frequency are there, as modes or as `half` says: the head is the
    /// second harmonic of the true frequency, as in β Lyrae and other binaries.
    public fileprivate(set) var isHalved: Bool
  }

  /// A stronger mode, and the rhythm of the observations that leads from there to this one.
  public struct Alias: Sendable, Equatable {
    public let mode: Int
    public let rhythm: String
  }

  public struct Configuration: Codable, Sendable, Equatable {
    /// How far a frequency may be off, in 1/T.
    public var tolerance = 0.5
    /// And in standard errors, if that is more.
    public var deviations = 3.0
    public var harmonics = 12
    /// Largest sum of multiples in a combination: of weak ones nearly any frequency is one.
    public var order = 3
    /// The largest false-alarm probability of a half frequency; ten heads may be asked.
    public var halfLimit = 1e-3

    public init() {}
  }

  /// By decreasing amplitude of the head.
  public let families: [Family]
  /// By mode.
  public let relations: [Relation]
  /// By mode: those that may be an alias of a stronger mode.
  public let aliases: [Int: Alias]

  /// - Parameters:
  ///   - model: its modes by decreasing amplitude.
  ///   - series: of which the model is.
  ///   - rhythms: frequencies at which aliases are expected, with their names.
  public init(
    _ model: SinusoidModel, _ series: WhitenedSeries,
    rhythms: [(name: String, frequency: Double)] = groundRhythms,
    configuration: Configuration = Configuration()
  ) {
    var families: [Family] = []
    var relations: [Relation] = []
    var aliases: [Int: Alias] = [:]
    for (index, mode) in model.modes.enumerated() {
      let tolerance = max(
        configuration.tolerance / series.duration,
        configuration.deviations * mode.frequencyError * max(1, model.errorScale))
      let relation = Self.relation(
        mode.frequency, to: families.map { ($0.head, model.modes[$0.head].frequency) },
        tolerance: tolerance, configuration)
      switch relation {
      case .head:
        let half = HalfFrequency(of: index, in: model, series)
        families.append(
          Family(
            head: index, members: [], half: half,
            isHalved: half.falseAlarm <= configuration.halfLimit))
        relations.append(.head)
      case .multiple(let family, let halves):
        families[family].members.append((index, halves))
        if halves % 2 != 0 { families[family].isHalved = true }
        relations.append(.halves(halves))
      case .combination(let terms): relations.append(.combination(terms))
      }
      for (stronger, other) in model.modes[..<index].enumerated() {
        for rhythm in rhythms where aliases[index] == nil {
          let sums = [rhythm.frequency, -rhythm.frequency].map {
            abs(abs(other.frequency + $0) - mode.frequency)
          }
          let mirrored = abs(abs(rhythm.frequency - other.frequency) - mode.frequency)
          if min(sums.min()!, mirrored) <= tolerance {
            aliases[index] = Alias(mode: stronger, rhythm: rhythm.name)
          }
        }
      }
    }
    self.families = families
    self.relations = relations
    self.aliases = aliases
  }

  /// The rhythms of observations from the ground, times in days: solar and sidereal days, and the year.
  public static let groundRhythms: [(name: String, frequency: Double)] = [
    ("1/d", 1), ("1 per sidereal day", 1.00273791), ("2/d", 2),
    ("2 per sidereal day", 2.00547582), ("1/yr", 1 / 365.25),
  ]

  /// The frequency of a family: that of its head, or half of it.
  public func frequency(of family: Family, in model: SinusoidModel) -> Double {
    model.modes[family.head].frequency / (family.isHalved ? 2 : 1)
  }

  /// Harmonics and combinations tied to the heads: the model fitted again with these has fewer
  /// frequencies to fit.
  ///
  /// - Parameters:
  ///   - halves: by family, a mode at half the head's frequency, to which the family is tied instead.
  ///   - isComplete: false ties the heads of these families alone.
  public func ties(halves: [Int: Int] = [:], isComplete: Bool = true) -> FrequencyTies {
    var ties = FrequencyTies()
    for (index, family) in families.enumerated() {
      if let half = halves[index] { ties.tie(family.head, to: [.init(mode: half, multiple: 2)]) }
      for member in family.members where isComplete {
        if let half = halves[index] {
          ties.tie(member.mode, to: [.init(mode: half, multiple: member.halves)])
        } else if member.halves % 2 == 0 {
          ties.tie(member.mode, to: [.init(mode: family.head, multiple: member.halves / 2)])
        }
      }
    }
    for (mode, relation) in relations.enumerated() where isComplete {
      guard case .combination(let terms) = relation else { continue }
      ties.tie(
        mode,
        to: terms.map { term in
          let family = families.firstIndex { $0.head == term.mode }!
          return halves[family].map { .init(mode: $0, multiple: 2 * term.multiple) } ?? term
        })
    }
    return ties
  }

  private enum Place {
    case head
    case multiple(family: Int, halves: Int)
    case combination([FrequencyTies.Term])
  }

  private static func relation(
    _ frequency: Double, to heads: [(mode: Int, frequency: Double)], tolerance: Double,
    _ configuration: Configuration
  ) -> Place {
    // Whole multiples before halves: the half of a half is a matter of chance sooner.
    for isWhole in [true, false] {
      for (family, head) in heads.enumerated() {
        let halves = (2 * frequency / head.frequency).rounded()
        guard halves >= 1, halves <= Double(2 * configuration.harmonics), halves != 2 else {
          continue
        }
        let isEven = halves.truncatingRemainder(dividingBy: 2) == 0
        if isEven == isWhole, abs(halves / 2 * head.frequency - frequency) <= tolerance {
          return .multiple(family: family, halves: Int(halves))
        }
      }
    }
    // A mode next to a head is one of its own, not a combination.
    if heads.contains(where: { abs($0.frequency - frequency) <= 2 * tolerance }) { return .head }
    if let terms = FrequencyTies.combination(
      for: frequency, of: heads, tolerance: tolerance, order: configuration.order)
    {
      return .combination(terms)
    }
    return .head
  }
}
