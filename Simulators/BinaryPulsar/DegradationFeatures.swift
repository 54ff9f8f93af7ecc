import CVector
import Foundation

/// What the factors of an orbit are easily learnt from: the five numbers that they depend on, the bins of the spectrum
/// over which the orbit spreads, and quick estimates of the factors themselves.
///
/// The five are the size of the orbit's phase, the orbits observed, e, ω and where the observation begins. Motions away
/// from the observer and towards him have the same factors, so that ω is seen through 2ω. An estimate is right to some
/// thousandths but where it misses a maximum (``LineEstimate``, ``FreeEstimate``): a surrogate learns where, and how far
/// to trust it.
///
/// Reference: Kennedy & O'Hagan (2000), Biometrika 87, 1 (a cheap approximation as part of a surrogate).
public enum DegradationFeatures {
  /// The features for surrogates of these factors.
  public static func names(_ factors: [DegradationFactor]) -> [String] {
    [
      "ln_size", "ln_orbits", "ln_span", "e", "cos_2omega", "sin_2omega", "cos_E0", "sin_E0",
      "cos_E1", "sin_E1", "doppler_cycles",
    ] + factors.map { "estimated_\($0.rawValue)" }
  }

  /// Features `[rows, names(factors).count]` of orbits `[rows, parameters]` in the order and units of
  /// `DegradationSimulator.parameterNames`, all within their ranges.
  ///
  /// Complexity: O(rows), about a microsecond for each factor, four for γ₂ and γ₃ free.
  public static func features(
    of parameters: [Double], for factors: [DegradationFactor]
  ) -> [Double] {
    let width = DegradationSimulator.parameterNames.count
    precondition(parameters.count % width == 0)
    let rows = parameters.count / width
    let size = names(factors).count
    var columns = [Lanes](repeating: .zero, count: width)
    var estimate = DegradationEstimates()
    return [Double](unsafeUninitializedCapacity: rows * size) { buffer, count in
      for first in stride(from: 0, to: rows, by: 8) {
        let lanes = min(8, rows - first)
        parameters.withUnsafeBufferPointer { parameters in
          for lane in 0..<8 {
            // The last rows fill the lanes that are left.
            let row = first + min(lane, lanes - 1)
            for column in 0..<width { columns[column][lane] = parameters[row * width + column] }
          }
        }
        let orbits = OrbitLanes(columns)
        let known = inputs(orbits)
        for lane in 0..<lanes {
          let row = buffer.baseAddress! + (first + lane) * size
          for (column, value) in known.enumerated() { row[column] = value[lane] }
          let orbit = orbits.only(lane)
          estimate.take(orbit)
          row[known.count] = estimate.cycles
          for (number, factor) in factors.enumerated() {
            row[known.count + 1 + number] = estimate.value(of: factor, on: orbit)
          }
        }
      }
      count = rows * size
    }
  }

  /// The first features.
  private static func inputs(_ orbits: OrbitLanes) -> [Lanes] {
    let (cosine, sine) = orbits.periastron
    let end = orbits.place(Lanes(repeating: 1))
    return [
      logarithm(orbits.size), logarithm(orbits.orbits), logarithm(orbits.end), orbits.e,
      cosine * cosine - sine * sine, 2 * cosine * sine, orbits.start.cosine, orbits.start.sine,
      end.anomaly.cosine, end.anomaly.sine,
    ]
  }

  /// ln x to six digits; what is smaller than 1e-30 is as good as nothing.
  private static func logarithm(_ x: Lanes) -> Lanes {
    M_LN2 * f64x8_rough_log2(f64x8_max(x, Lanes(repeating: 1e-30)))
  }
}
