import Foundation
import Numerics
import Observations

/// What sets of visibilities of one sky tell of it whatever the stations' gains are, as a list of numbers of
/// fixed length: cosine and sine of each closure phase, and each log closure amplitude.
///
/// Which closures there are, and their order, is decided once from what was measured, and is the same for
/// everything that is described: they are independent ones, through the stations that are usually the most
/// sensitive. Closure phases are of baselines between sites: what two
/// stations of one site see has no phase but that of errors that do not close. Closure amplitudes are of all
/// baselines, because those within sites are the ones that see extended flux.
///
/// A log closure amplitude L is bounded as L/√(1 + (L/L₀)²): noise makes a visibility of any amplitude,
/// however small.
public struct ClosureData: Sendable {
  /// Of all sets, one after another, `[visibilities]`.
  public let visibilities: [Visibility]
  /// Numbers that describe visibilities.
  public let featureCount: Int
  /// Number of the gain of either station, one for each station at each time of each set,
  /// `[visibilities]`.
  let gains: [SIMD2<Int>]
  let gainCount: Int
  private let triangles: [ClosureQuantities.Element]
  private let quadrangles: [ClosureQuantities.Element]

  private static let bound = 4.0

  /// - Parameters:
  ///   - sets: averaged, so that there is one time to a scan.
  ///   - minimumBaseline: shorter baselines are within a site, wavelengths.
  /// - Throws: ``DerivedDataError`` of the set that has no closure phase, with its index.
  public init(
    _ sets: [VisibilitySet], minimumBaseline: Double
  ) throws(ClosureDataError) {
    precondition(!sets.isEmpty)
    var visibilities: [Visibility] = []
    var gains: [SIMD2<Int>] = []
    var gainCount = 0
    var triangles: [ClosureQuantities.Element] = []
    var quadrangles: [ClosureQuantities.Element] = []
    for (index, set) in sets.enumerated() {
      let first = visibilities.count
      do throws(DerivedDataError) {
        let far = set.visibilities.indices.filter {
          hypot(set.visibilities[$0].u, set.visibilities[$0].v) >= minimumBaseline
        }
        if far.isEmpty && !set.visibilities.isEmpty { throw DerivedDataError.noClosure(.phase) }
        var between = set
        between.visibilities = far.map { set.visibilities[$0] }
        triangles += try between.closures(.phase).elements.map { element in
          element.moved { first + far[$0] }
        }
        quadrangles += try set.closureAmplitudes.map { element in element.moved { first + $0 } }
      } catch { throw ClosureDataError(set: index, error: error) }
      var numbers: [GainKey: Int] = [:]
      func number(_ station: Int, _ time: Double) -> Int {
        let key = GainKey(station: station, time: time)
        if let number = numbers[key] { return number }
        numbers[key] = gainCount
        gainCount += 1
        return numbers[key]!
      }
      for row in set.visibilities {
        gains.append([number(row.station1, row.time), number(row.station2, row.time)])
      }
      visibilities += set.visibilities
    }
    (self.visibilities, self.gains, self.gainCount) = (visibilities, gains, gainCount)
    (self.triangles, self.quadrangles) = (triangles, quadrangles)
    featureCount = 2 * triangles.count + quadrangles.count
  }

  private struct GainKey: Hashable {
    let station: Int
    let time: Double
  }

  public var phaseCount: Int { triangles.count }
  public var amplitudeCount: Int { quadrangles.count }

  /// The numbers `[featureCount]` of any values of the visibilities, not zero.
  ///
  /// - Complexity: O(visibilities + closures).
  public func describe(
    _ values: UnsafeBufferPointer<Complex<Double>>,
    into features: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(values.count == visibilities.count && features.count == featureCount)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: values.count) { logarithms in
      withUnsafeTemporaryAllocation(of: Complex<Double>.self, capacity: values.count) { phasors in
        for (index, value) in values.enumerated() {
          let length = max(value.length, .leastNormalMagnitude)
          logarithms[index] = Foundation.log(length)
          phasors[index] = value.divided(by: length)
        }
        for (index, triangle) in triangles.enumerated() {
          var product = Complex<Double>.one
          for side in 0..<3 {
            let phasor = phasors[triangle.visibilities[side]]
            product *= triangle.signs[side] > 0 ? phasor : phasor.conjugate
          }
          features[2 * index] = Float(product.real)
          features[2 * index + 1] = Float(product.imaginary)
        }
        for (index, quadrangle) in quadrangles.enumerated() {
          var sum = 0.0
          for side in 0..<4 {
            sum += quadrangle.signs[side] * logarithms[quadrangle.visibilities[side]]
          }
          let ratio = sum / Self.bound
          features[2 * triangles.count + index] = Float(sum / (1 + ratio * ratio).squareRoot())
        }
      }
    }
  }

  /// The numbers of any values of the visibilities, not zero.
  public func features(of values: [Complex<Double>]) -> [Float] {
    [Float](unsafeUninitializedCapacity: featureCount) { buffer, count in
      values.withUnsafeBufferPointer {
        describe($0, into: UnsafeMutableBufferPointer(rebasing: buffer[..<featureCount]))
      }
      count = featureCount
    }
  }

  /// The numbers of what was measured.
  public var measured: [Float] { features(of: visibilities.map(\.value)) }
}

/// A set of visibilities that has no closures to be described by.
public struct ClosureDataError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Number of the set, from zero.
  public let set: Int
  public let error: DerivedDataError

  public init(set: Int, error: DerivedDataError) {
    (self.set, self.error) = (set, error)
  }

  public var description: String { "\(error)" }
}

extension ClosureQuantities.Element {
  /// The same of visibilities that stand elsewhere.
  fileprivate func moved(_ place: (Int) -> Int) -> Self {
    var result = self
    for side in 0..<4 { result.visibilities[side] = place(visibilities[side]) }
    return result
  }
}

extension VisibilitySet {
  /// None where no four baselines form a quadrangle.
  fileprivate var closureAmplitudes: [ClosureQuantities.Element] {
    get throws(DerivedDataError) {
      do {
        return try closures(.logAmplitude).elements
      } catch .noClosure {
        return []
      }
    }
  }
}
