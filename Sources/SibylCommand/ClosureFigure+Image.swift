import Foundation
import Numerics
import Observations
import Plotting

extension ClosureFigure {
  private static let mostTriangles = 6
  private static let mostQuadrangles = 3

  /// The triangles and quadrangles that differ most from a point source, and what an image has in their
  /// place; nil if nothing closes.
  init?(_ set: VisibilitySet, _ image: SkyImage) {
    var certain = set
    // Errors of closures follow from those of visibilities of at least three sigma.
    certain.visibilities.removeAll { $0.value.length < 3 * $0.sigma }
    let model = VisibilityOperator(
      image, at: certain.visibilities.map { SIMD2($0.u, $0.v) }
    ).visibilities(of: image.pixels)
    let entries =
      Self.entries(.phase, of: certain, model, most: Self.mostTriangles)
      + Self.entries(.logAmplitude, of: certain, model, most: Self.mostQuadrangles)
    if entries.isEmpty { return nil }
    self.init(
      entries: entries, series: set.frequencies.map { String(format: "%.1f GHz", $0 / 1e9) })
  }

  private static func entries(
    _ kind: ClosureQuantities.Kind, of set: VisibilitySet, _ model: [Complex<Double>], most: Int
  ) -> [Entry] {
    guard let closures = try? set.closures(kind, .all) else { return [] }
    let predictions = closures.values(of: model)
    let unit = kind == .phase ? 180 / Double.pi : 1
    var points: [SIMD4<Int>: (significance: Double, points: [Point])] = [:]
    for group in closures.groups {
      for k in group.elements {
        let element = closures.elements[k]
        let departure = kind == .phase ? 2 * sin(element.value / 2) : element.value
        var entry = points[element.stations] ?? (0, [])
        entry.significance += departure * departure / (element.sigma * element.sigma)
        entry.points.append(
          Point(
            time: group.time, series: group.channel, value: unit * element.value,
            sigma: unit * element.sigma, predictions: [unit * predictions[k]]))
        points[element.stations] = entry
      }
    }
    func name(_ stations: SIMD4<Int>) -> String {
      (0..<4).filter { stations[$0] >= 0 }.map { set.stations[stations[$0]].name }
        .joined(separator: "–")
    }
    return points.map { (name: name($0.key), significance: $0.value.significance, $0.value.points) }
      .sorted { ($0.significance, $1.name) > ($1.significance, $0.name) }
      .prefix(most)
      .map {
        Entry(
          name: $0.name, quantity: kind == .phase ? .phase : .logAmplitude,
          points: $0.2.sorted { $0.time < $1.time })
      }
  }
}
