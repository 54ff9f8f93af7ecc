import CVector
import Foundation

/// What the factors of an orbit are easily learnt from.
///
/// The factors depend on five numbers: the size of the orbit's phase, the orbits observed, e, ω and where the
/// observation begins; but the same effect, such as a phase that curves by so much, comes from many of them. So there
/// is more than these: Legendre coefficients of the phase, of which searches take the first off; its derivatives at
/// five places; and how far the phase at the observation's beginning, middle and end departs from a straight line or
/// parabola that touches it at another of these, also as an angle, as contributions of such places interfere.
/// Motions away from the observer and towards him have the same factors, so signs are such that the second
/// coefficient is not negative. Large numbers appear as their inverse hyperbolic sines.
public enum DegradationFeatures {
  public static let names: [String] =
    [
      "ln_size", "ln_orbits", "e", "cos_omega", "sin_omega", "cos_E0", "sin_E0", "cos_E1",
      "sin_E1", "ln_span",
    ]
    + (2...coefficients).map { "c\($0)" } + (2...5).map { "sqrt_c\($0)" }
    + (2...4).map { "ln_rest\($0)" }
    + (0..<5).flatMap { place in ["v", "a", "j"].map { "\($0)\(place)" } }
    + departures.flatMap { from, to in
      ["line", "parabola"].flatMap { curve in
        ["", "cos_", "sin_"].map { "\($0)\(curve)\(from)\(to)" }
      }
    }

  /// The highest Legendre polynomial.
  private static let coefficients = 8
  /// Places of five that are compared.
  private static let departures = [(0, 2), (0, 4), (2, 0), (2, 4), (4, 0), (4, 2)]

  /// Features `[rows, names.count]` of orbits `[rows, parameters]` in the order and units of
  /// `DegradationSimulator.parameterNames`, all within their ranges.
  ///
  /// Complexity: O(rows), about 0.6 µs each.
  public static func features(of parameters: [Double]) -> [Double] {
    let width = DegradationSimulator.parameterNames.count
    precondition(parameters.count % width == 0)
    let rows = parameters.count / width
    var columns = [Lanes](repeating: .zero, count: width)
    return [Double](unsafeUninitializedCapacity: rows * names.count) { buffer, count in
      for first in stride(from: 0, to: rows, by: 8) {
        parameters.withUnsafeBufferPointer { parameters in
          for lane in 0..<8 {
            // The last rows fill the lanes that are left.
            let row = min(first + lane, rows - 1)
            for column in 0..<width { columns[column][lane] = parameters[row * width + column] }
          }
        }
        var place = buffer.baseAddress! + first * names.count
        let lanes = min(8, rows - first)
        write(OrbitLanes(columns)) { value in
          for lane in 0..<lanes { place[lane * names.count] = value[lane] }
          place += 1
        }
      }
      count = rows * names.count
    }
  }

  /// Gives the features in their order.
  @inline(__always)
  private static func write(_ orbits: OrbitLanes, _ add: (Lanes) -> Void) {
    let c = legendre(orbits)
    let sign = Lanes(repeating: 1).replacing(with: -1, where: c[2] .< 0)
    let (begin, end) = (orbits.place(0), orbits.place(1))
    add(logarithm(orbits.size))
    add(logarithm(orbits.orbits))
    add(orbits.e)
    add(sign * orbits.periastron.cosine)
    add(sign * orbits.periastron.sine)
    add(begin.anomaly.cosine)
    add(begin.anomaly.sine)
    add(end.anomaly.cosine)
    add(end.anomaly.sine)
    add(logarithm(orbits.end))
    for k in 2...coefficients { add(inverseSinh(sign * c[k])) }
    for k in 2...5 { add(signedRoot(sign * c[k])) }
    var rest = Lanes.zero
    var rests: [Lanes] = []
    for k in (2...coefficients).reversed() {
      rest += c[k] * c[k]
      if k <= 4 { rests.append(rest) }
    }
    for rest in rests.reversed() { add(0.5 * logarithm(rest)) }
    let places = [begin, orbits.place(0.25), orbits.place(0.5), orbits.place(0.75), end]
    let derivatives = places.map(orbits.derivatives)
    let slope = 2 * 3.0.squareRoot() * c[1]
    for (velocity, acceleration, jerk) in derivatives {
      add(inverseSinh(sign * (velocity - slope)))
      add(inverseSinh(sign * acceleration))
      add(inverseSinh(sign * jerk))
    }
    for (from, to) in departures {
      let time = places[to].time - places[from].time
      let line = places[to].phase - places[from].phase - derivatives[from].velocity * time
      for departure in [line, line - 0.5 * derivatives[from].acceleration * time * time] {
        let (cosine, sine) = cosineAndSine(turns: sign * departure * (0.5 / .pi))
        add(inverseSinh(sign * departure))
        add(cosine)
        add(sine)
      }
    }
  }

  /// Coefficients of the phase in Legendre polynomials of mean square 1, to degree 8.
  private static func legendre(_ orbits: OrbitLanes) -> [Lanes] {
    var sums = [Lanes](repeating: .zero, count: coefficients + 1)
    for (node, weight) in PhaseNodes.gauss {
      let place = orbits.place(0.5 * (1 + node))
      let z = 2 * place.time - 1
      let share = (0.5 * weight) * orbits.end * place.pace * place.phase
      var (before, value) = (Lanes(repeating: 1), z)
      sums[1].addProduct(share, z)
      for n in 2...coefficients {
        let next =
          (Double(2 * n - 1) / Double(n)) * z * value - (Double(n - 1) / Double(n)) * before
        (before, value) = (value, next)
        sums[n].addProduct(share, next)
      }
    }
    for n in 1...coefficients { sums[n] *= Double(2 * n + 1).squareRoot() }
    return sums
  }

  /// ln x to six digits; what is smaller than 1e-30 is as good as nothing.
  private static func logarithm(_ x: Lanes) -> Lanes {
    M_LN2 * f64x8_rough_log2(f64x8_max(x, Lanes(repeating: 1e-30)))
  }

  private static func inverseSinh(_ x: Lanes) -> Lanes {
    let size = f64x8_abs(x)
    let value = logarithm(size + f64x8_sqrt(size * size + 1))
    return value.replacing(with: -value, where: x .< 0)
  }

  private static func signedRoot(_ x: Lanes) -> Lanes {
    let value = f64x8_sqrt(f64x8_abs(x))
    return value.replacing(with: -value, where: x .< 0)
  }
}
