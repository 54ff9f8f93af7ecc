import Foundation
import Numerics
import Observations

/// What was measured of a sky in closure quantities, with errors, for comparing skies with it.
///
/// Errors of closures follow from those of visibilities to first order, which needs visibilities of at
/// least three sigma; the others are left out. Baselines are those of ``ClosureData``.
public struct ClosureResiduals: Sendable {
  /// χ² of a sky and the number of independent closures it is of.
  public struct ChiSquared: Sendable, Equatable {
    public var phases = 0.0
    public var phaseCount = 0
    public var logAmplitudes = 0.0
    public var logAmplitudeCount = 0

    /// Of both together, per closure.
    public var perClosure: Double {
      (phases + logAmplitudes) / Double(phaseCount + logAmplitudeCount)
    }
  }

  /// One set of visibilities, in closures of one kind.
  private struct Part: Sendable {
    let points: [SIMD2<Double>]
    let chiSquared: ClosureChiSquared
  }

  /// Every triangle or quadrangle at every time, with its value and error.
  public struct Quantity: Sendable {
    public let kind: ClosureQuantities.Kind
    /// Number of the set.
    public let set: Int
    public let time: Double
    /// Of the set, around the triangle (the fourth is -1) or quadrangle.
    public let stations: SIMD4<Int>
    public let value: Double
    public let sigma: Double
    fileprivate let points: [SIMD2<Double>]
    fileprivate let signs: SIMD4<Double>

    /// What a sky has in its place, without noise.
    public func prediction(of sky: some SkyModel) -> Double {
      var sum = 0.0
      for (side, point) in points.enumerated() {
        let value = sky.visibility(u: point.x, v: point.y)
        sum += signs[side] * (kind == .phase ? value.phase : Foundation.log(value.length))
      }
      return kind == .phase ? sum.remainder(dividingBy: 2 * .pi) : sum
    }
  }

  private let phases: [Part]
  private let logAmplitudes: [Part]
  public let quantities: [Quantity]

  private static let leastSignal = 3.0

  /// - Parameters:
  ///   - sets: as of ``ClosureData``.
  ///   - nonClosing: as of ``CrescentSimulator/Errors``.
  /// - Throws: ``DerivedDataError`` where no closure phase is left.
  public init(
    _ sets: [VisibilitySet], minimumBaseline: Double, nonClosing: Double
  ) throws(DerivedDataError) {
    var (phases, logAmplitudes): ([Part], [Part]) = ([], [])
    var quantities: [Quantity] = []
    var isEmpty = true
    for (index, set) in sets.enumerated() {
      var certain = set
      certain.visibilities = set.visibilities.filter {
        $0.value.length >= Self.leastSignal * $0.sigma
      }
      certain = certain.addingSystematicNoise(fraction: nonClosing)
      var between = certain
      between.visibilities = certain.visibilities.filter { hypot($0.u, $0.v) >= minimumBaseline }
      for (kind, set) in [(ClosureQuantities.Kind.phase, between), (.logAmplitude, certain)] {
        do throws(DerivedDataError) {
          let part = Part(
            points: set.visibilities.map { SIMD2($0.u, $0.v) },
            chiSquared: ClosureChiSquared(try set.closures(kind)))
          if kind == .phase { phases.append(part) } else { logAmplitudes.append(part) }
          let all = try set.closures(kind, .all)
          for group in all.groups {
            quantities += all.elements[group.elements].map { element in
              Quantity(
                kind: kind, set: index, time: group.time, stations: element.stations,
                value: element.value, sigma: element.sigma,
                points: (0..<(kind == .phase ? 3 : 4)).map {
                  let row = set.visibilities[element.visibilities[$0]]
                  return SIMD2(row.u, row.v)
                }, signs: element.signs)
            }
          }
          if kind == .phase { isEmpty = false }
        } catch .noClosure, .noVisibilities {
          continue
        }
      }
    }
    if isEmpty { throw .noClosure(.phase) }
    (self.phases, self.logAmplitudes, self.quantities) = (phases, logAmplitudes, quantities)
  }

  /// χ² of a sky, with the full covariance of the closures of each time.
  public func chiSquared(of sky: some SkyModel) -> ChiSquared {
    var result = ChiSquared()
    for part in phases {
      result.phases += part.chiSquared.value(of: sky.visibilities(at: part.points))
      result.phaseCount += part.chiSquared.closures.elements.count
    }
    for part in logAmplitudes {
      result.logAmplitudes += part.chiSquared.value(of: sky.visibilities(at: part.points))
      result.logAmplitudeCount += part.chiSquared.closures.elements.count
    }
    return result
  }
}
