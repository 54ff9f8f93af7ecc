import Microlensing
import MicrolensingReference
import Testing

/// Discs whose limbs see a feature far narrower than themselves: found by fuzzing, and checked by an
/// integrator that knows no limbs.
@Suite struct NarrowFeatureTests {
  struct Source: Sendable {
    var s, q, x, y, rho, tolerance: Double
    var law = LimbDarkening.uniform
    var brightness = Brightness.uniform
  }

  static let sources = [
    // Touches a fold from inside to within rounding.
    Source(
      s: 0.8799843393043836, q: 0.006698017411410773, x: -0.004095783138444994,
      y: 2.2754404998804264e-05, rho: 4.001791526758631e-05, tolerance: 1e-4),
    // Cuts 10⁻⁷ radii off a cusp: the arc of five images is narrower than rounding of positions.
    Source(
      s: 0.8575348578172958, q: 0.012577542065046065, x: -0.37662127222342684,
      y: -0.14532402164270736, rho: 1.032936152319015e-05, tolerance: 1e-3),
    Source(
      s: 0.216451207364698, q: 0.3071472498850042, x: -0.005592624586098848,
      y: -0.0056747599983748695, rho: 0.0001422659367325056, tolerance: 6e-3),
    // Crosses a fold twice within 10⁻³ radians: the angles' errors are a thousand times positions'.
    Source(
      s: 1.3187516650299367, q: 0.006807724143218278, x: -0.006296464337152359,
      y: 0.0011312549354781552, rho: 0.0002018380131517212, tolerance: 0.005189744803962079),
    Source(
      s: 0.918284638251107, q: 0.0017731976497117072, x: -0.2118877882496749,
      y: 0.039404038489905154, rho: 0.000650945775823116, tolerance: 6e-4),
    Source(
      s: 0.9962376617415465, q: 1.2791782380266217e-07, x: -0.0025027385066837445,
      y: 8.352523046189743e-05, rho: 5.061223147988399e-05, tolerance: 8.7e-4),
    // Passes through a cusp to within rounding of the cusp's place, at some angle.
    Source(
      s: 0.1212761896698824, q: 3.6007314628788192e-06, x: -8.124260102266911,
      y: -0.031119810754455916, rho: 7.329737176197392e-05, tolerance: 0.006317294321592039),
    // Ridges of a tiny caustic on the axis, where the quadrature's large smooth parts cancel.
    Source(
      s: 1.0403900079253166, q: 1.2078735685447352e-08, x: 0.07913358928065854,
      y: 6.119892135313541e-05, rho: 0.0028526888577678055, tolerance: 0.0054292960288869286),
    // A ring that the planet disturbs over a fifteenth of a panel by 10⁻⁵.
    Source(
      s: 0.7675899596108631, q: 7.045543081988352e-08, x: -2.0663441735457866e-08,
      y: -2.4349071980900305e-08, rho: 0.02292548150791635, tolerance: 1e-5),
    // Two images pass the planet while they sweep round the Einstein ring.
    Source(
      s: 1.1397310724040575, q: 3.029071226163325e-06, x: -0.0018322829653178796,
      y: 0.0009674040524708775, rho: 0.005253062897480438, tolerance: 1e-4),
    // The magnifications of three concentric discs lie on a line by chance.
    Source(
      s: 0.13259462902887917, q: 6.219927389881898e-08, x: -0.5666954439164469,
      y: 0.3037034453228123, rho: 0.6429459612349423, tolerance: 4.2294739904056744e-05,
      law: .squareRoot(c: 0.42922443448750536, d: 0.39217429453990027),
      brightness: .squareRoot(0.42922443448750536, 0.39217429453990027)),
  ]

  /// At several tolerances, from both sides of the axis and from both ends of the lens.
  @Test(arguments: sources)
  func agreesWithTheIndependentIntegrator(source: Source) throws {
    let expected = ReferenceMagnification.magnification(
      s: source.s, q: source.q, x: source.x, y: source.y, rho: source.rho,
      brightness: source.brightness, tolerance: 0.1 * source.tolerance)
    let lens = try BinaryLens(s: source.s, q: source.q)
    let exchanged = try BinaryLens(s: source.s, q: 1 / source.q)
    for tolerance in [source.tolerance, 1e-2, 1e-3, 1e-4] {
      for (lens, x, y) in [
        (lens, source.x, source.y), (lens, source.x, -source.y), (exchanged, -source.x, source.y),
      ] {
        let found = lens.magnification(
          x: x, y: y, rho: source.rho, limbDarkening: source.law, tolerance: tolerance)
        let bound = max(found.error, tolerance * expected.value) + 3 * expected.error
        #expect(abs(found.value - expected.value) <= bound, "\(tolerance): \(found) \(expected)")
        #expect(found.error <= max(0.02, 3 * tolerance) * found.value)
      }
    }
  }

  /// A source exactly behind the heavier mass, where the quintic loses its leading term, with a
  /// caustic beside it of size 10⁻¹⁰: the images are those of a source moved by rounding.
  @Test func pointBehindAMassBesideATinyCaustic() throws {
    let lens = try BinaryLens(s: 6.83220210884125, q: 1e-9)
    let x = -6.832202102009048e-9
    let images = lens.images(x: x, y: 0)
    #expect(images.reduce(0) { $0 + ($1.magnification > 0 ? 1 : -1) } == -1)
    let value = lens.magnification(x: x, y: 0)
    for step in [1e-14, 1e-13] {
      for (dx, dy) in [(step, 0), (-step, 0), (0, step), (0, -step)] {
        let near = lens.magnification(x: x + dx, y: dy)
        #expect(abs(near / value - 1) < 1e-2, "\(near) beside \(value)")
      }
    }
  }
}
