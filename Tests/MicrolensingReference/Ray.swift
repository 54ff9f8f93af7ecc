import Foundation

/// A ray in the image plane from one of the masses: which parts of it the lens maps into a disc of
/// sources.
///
/// At a distance r from the mass m, and the other mass m′ at −δ in the frame turned with the ray, the
/// source is off the disc's centre by H(r) = r − m/r + ω − m′/(r + δ), ω the mass's offset from the
/// centre in the same frame. |H|² − ρ² times r² |r+δ|² is a real polynomial of degree six. It is only
/// used to separate the crossings; they are found on |H| − ρ itself, which loses no digits for small
/// ρ.
struct Ray {
  let mass: Double
  let otherMass: Double
  let omega: SIMD2<Double>
  let delta: SIMD2<Double>
  let radius: Double
  let end: Double

  init(lens: ReferenceLens, disc: Disc, mass index: Int, angle: Double) {
    mass = lens.masses[index]
    otherMass = lens.masses[1 - index]
    radius = disc.radius
    let direction = SIMD2(cos(angle), sin(angle))
    let back = SIMD2(direction.x, -direction.y)
    let offset = SIMD2(lens.positions[index] - disc.x, -disc.y)
    omega = product(offset, back)
    let towards = index == 0 ? 1.0 : -1.0
    delta = (-towards * lens.s) * direction
    let beyond = length(offset) + lens.s + radius + 3
    let inclination = towards * direction.x
    end = inclination > 0 ? min(beyond, lens.reach(of: index) / inclination) : beyond
  }

  /// H(r) and H′(r).
  @inline(__always)
  func offset(_ r: Double) -> (value: SIMD2<Double>, slope: SIMD2<Double>) {
    let inverse = quotient(SIMD2(1, 0), delta + SIMD2(r, 0))
    let value = omega - otherMass * inverse + SIMD2(r - mass / r, 0)
    return (value, otherMass * product(inverse, inverse) + SIMD2(1 + mass / (r * r), 0))
  }

  private func excess(_ r: Double) -> Double { length(offset(r).value) - radius }

  /// What rounding may do to |H|.
  private func rounding(_ r: Double) -> Double {
    2e-15 * (r + mass / r + length(omega) + otherMass / length(delta + SIMD2(r, 0)))
  }

  private var polynomial: RealPolynomial {
    let wd = product(omega, delta)
    let n = [
      -mass * delta, wd - SIMD2(mass + otherMass, 0), omega + delta, SIMD2(1, 0),
    ]
    var result = RealPolynomial(degree: 6)
    for i in 0..<4 {
      for j in 0..<4 { result.coefficients[i + j] += n[i].x * n[j].x + n[i].y * n[j].y }
    }
    let square = radius * radius
    result.coefficients[2] -= square * (delta.x * delta.x + delta.y * delta.y)
    result.coefficients[3] -= square * 2 * delta.x
    result.coefficients[4] -= square
    return result
  }

  /// Stations along the ray in ascending order: the crossings of the limb, the polynomial's
  /// stationary points, and the ray's end.
  private func stations() -> (list: [Station], sweep: Sweep) {
    var sweep = Sweep()
    let (stops, count) = polynomial.derivative.roots(between: 0, and: end)
    var list: [Station] = []
    list.reserveCapacity(13)
    var (left, isInside) = (0.0, false)
    for k in 0...count {
      let right = k < count ? stops[k] : end
      let height = excess(right)
      let inside = height < 0
      if inside != isInside {
        let crossing = enclosedRoot(left, right, rises: isInside) { r in
          let (value, slope) = offset(r)
          let size = length(value)
          return (size - radius, (value.x * slope.x + value.y * slope.y) / size)
        }
        list.append(Station(r: crossing, isBefore: isInside))
        sweep.crossings += 1
      }
      if k < count { sweep.notice(height / radius, noise: rounding(right) / radius) }
      list.append(Station(r: right, isBefore: inside))
      (left, isInside) = (right, inside)
    }
    return (list, sweep)
  }

  private struct Station {
    let r: Double
    /// Whether the stretch that ends here is mapped into the disc.
    let isBefore: Bool
  }

  /// ∫ I r dr over the stretches inside, and what else the ray meets.
  func sweep(_ brightness: Brightness) -> Sweep {
    let (list, found) = stations()
    var (sum, start) = (0.0, 0.0)
    for station in list {
      if station.isBefore {
        let width = station.r - start
        if brightness.isUniform {
          sum += 0.5 * width * (station.r + start)
        } else {
          // At the limb μ is a square root; sin² takes it out.
          for (node, weight) in Brightness.rule {
            let sine = sin(0.5 * Double.pi * node)
            let r = start + width * sine * sine
            let h = length(offset(r).value) / radius
            let mu = max(0, (1 - h) * (1 + h)).squareRoot()
            sum +=
              0.5 * Double.pi * weight * width * sin(Double.pi * node) * r * brightness.law(mu)
          }
        }
      }
      start = station.r
    }
    var sweep = found
    sweep.integral = sum
    return sweep
  }
}

/// What a ray meets.
struct Sweep {
  /// ∫ I r dr over the parts that are mapped into the disc.
  var integral = 0.0
  /// Number of crossings of the limb.
  var crossings = 0
  /// How far the ray is from two crossings more, and from two less, in radii of the disc: the least
  /// heights of stationary points outside and inside.
  var gaps = SIMD2(Double.infinity, Double.infinity)
  /// Whether it grazes a limb so closely that rounding decides about crossings.
  var isGrazing = false

  mutating func notice(_ height: Double, noise: Double) {
    if abs(height) < noise { isGrazing = true }
    if height > 0 { gaps.x = min(gaps.x, height) } else { gaps.y = min(gaps.y, -height) }
  }
}
