import CVector
import Foundation

/// The Taylor coefficients of a small deviation from the motion of eight systems, by the variational equations:
/// those of d, s and w along ``TaylorSeries``, in double precision.
///
/// From s = d·d, δs = 2 d·δd, and from s δw = −3/2 w δs, s₀ δw[k] = −3/2 Σ w[n] δs[k−n] − Σ s[n] δw[k−n].
///
/// Reference: Mikkola & Innanen (1999), Celest. Mech. Dyn. Astron. 74, 59.
final class TangentSeries {
  private let series: TaylorSeries
  /// Of the positions, `[bodies][dimensions][stride]`.
  private let position: UnsafeMutablePointer<Lanes>
  /// `[pairs][dimensions][stride]`
  private let d: UnsafeMutablePointer<Lanes>
  /// `[pairs][stride]` each.
  private let s: UnsafeMutablePointer<Lanes>
  private let w: UnsafeMutablePointer<Lanes>
  /// `[pairs][dimensions]`
  private let force: UnsafeMutablePointer<Lanes>
  /// log₂ of what the deviation has been divided by so far.
  private var exponent = Lanes.zero

  private var coordinates: Int { series.bodies.bodies * series.bodies.dimensions }

  init(_ series: TaylorSeries) {
    self.series = series
    let (stride, dimensions) = (series.bodies.stride, series.bodies.dimensions)
    position = PairSeries.lanes(series.bodies.bodies * dimensions * stride)
    d = PairSeries.lanes(series.pairCount * dimensions * stride)
    s = PairSeries.lanes(series.pairCount * stride)
    w = PairSeries.lanes(series.pairCount * stride)
    force = PairSeries.lanes(series.pairCount * dimensions)
  }

  deinit { for memory in [position, d, s, w, force] { memory.deallocate() } }

  /// Begins anew on a lane, with a deviation of length 1.
  func start(_ lane: Int, deviation: [SIMD3<Double>]) {
    let bodies = series.bodies
    for body in 0..<bodies.bodies {
      for dimension in 0..<bodies.dimensions {
        let place = bodies.place(body, dimension)
        position[place][lane] = deviation[body][dimension]
        position[place + 1][lane] = deviation[bodies.bodies + body][dimension] * series.unit[lane]
      }
    }
    exponent[lane] = 0
  }

  /// Coefficients of all orders, after those of the motion are known.
  func expand() {
    let (bodies, stride, dimensions) = (
      series.bodies, series.bodies.stride, series.bodies.dimensions
    )
    for k in 0...(series.order - 2) {
      for index in 0..<series.pairCount {
        let pair = series.pairs[index]
        let (ds, dw) = (s + index * stride, w + index * stride)
        var square = Lanes.zero
        for dimension in 0..<dimensions {
          let dd = d + (index * dimensions + dimension) * stride
          let place = pair.d + dimension * stride
          dd[k] =
            position[bodies.place(pair.second, dimension) + k]
            - position[bodies.place(pair.first, dimension) + k]
          var n = 0
          while n <= k {
            square.addProduct(place[n], dd[k - n])
            n += 1
          }
        }
        ds[k] = 2 * square
        var (known, sum) = (pair.w[0] * ds[k], Lanes.zero)
        var n = 1
        while n <= k {
          known.addProduct(pair.w[n], ds[k - n])
          sum.addProduct(pair.s[n], dw[k - n])
          n += 1
        }
        dw[k] = -(sum.addingProduct(known, Lanes(repeating: 1.5))) * pair.inverseSquare[0]
        for dimension in 0..<dimensions {
          let dd = d + (index * dimensions + dimension) * stride
          let place = pair.d + dimension * stride
          var (near, far) = (Lanes.zero, Lanes.zero)
          n = 0
          while n <= k {
            near.addProduct(dd[n], pair.w[k - n])
            far.addProduct(place[n], dw[k - n])
            n += 1
          }
          force[index * dimensions + dimension] = near + far
        }
      }
      for body in 0..<bodies.bodies {
        for dimension in 0..<dimensions {
          position[bodies.place(body, dimension) + k + 2] =
            series.acceleration(of: body, order: k) { force[$0 * dimensions + dimension] }
        }
      }
    }
  }

  /// Natural logarithm of the length of the deviation in position and velocity, `time` units later.
  func logarithm(after time: Lanes) -> Lanes {
    var square = Lanes.zero
    for coordinate in 0..<coordinates {
      let (value, slope) = state(coordinate, after: time)
      let velocity = slope / series.unit
      square.addProduct(value, value)
      square.addProduct(velocity, velocity)
    }
    var result = Lanes.zero
    for lane in 0..<Lanes.scalarCount {
      result[lane] = 0.5 * log(square[lane]) + exponent[lane] * log(2)
    }
    return result
  }

  /// Moves along with the series, before it does, and keeps the length near 1.
  func move(by step: Lanes, newUnit: Lanes) {
    let ratio = newUnit / series.unit
    var square = Lanes.zero
    for coordinate in 0..<coordinates {
      let (value, slope) = state(coordinate, after: step)
      let velocity = slope / series.unit
      position[coordinate * series.bodies.stride] = value
      position[coordinate * series.bodies.stride + 1] = slope * ratio
      square.addProduct(value, value)
      square.addProduct(velocity, velocity)
    }
    // A power of two: exact.
    let length = f64x8_power_below(f64x8_sqrt(square))
    for coordinate in 0..<coordinates {
      for order in 0..<2 { position[coordinate * series.bodies.stride + order] /= length }
    }
    exponent += f64x8_rough_log2(length)
  }

  @inline(__always) private func state(
    _ coordinate: Int, after time: Lanes
  ) -> (value: Lanes, slope: Lanes) {
    let c = position + coordinate * series.bodies.stride
    var (sum, slope) = (c[series.order], Lanes.zero)
    var n = series.order
    while n > 0 {
      n -= 1
      slope = sum.addingProduct(slope, time)
      sum = c[n].addingProduct(sum, time)
    }
    return (sum, slope)
  }
}
