import Foundation
import Plotting
import Testing

/// What gnuplot drew.
struct DrawnSVG {
  let text: String

  init(figure: some Figure) throws {
    text = try withScratchFolder { folder in
      let paths = try figure.write(to: folder.appendingPathComponent("figure").path)
      return String(decoding: try contents(paths.svg), as: UTF8.self)
    }
  }

  /// How many texts begin so.
  func count(ofText beginning: String) -> Int {
    text.components(separatedBy: ">" + beginning).count - 1
  }

  /// Places in pixels, of a plot of the first panel.
  func lines(ofPlot number: Int) -> [[SIMD2<Double>]] {
    shapes(ofPlot: number).flatMap { shape in
      shape.split(separator: "M").map { line in
        line.split(separator: "L").compactMap { pair in
          let numbers = pair.split { $0 == "," || $0.isWhitespace }.compactMap { Double($0) }
          return numbers.count == 2 ? SIMD2(numbers[0], numbers[1]) : nil
        }
      }
    }
  }

  /// Width and height of what a plot's lines cover, in pixels.
  func extent(ofPlot number: Int) throws -> SIMD2<Double> {
    let points = Array(lines(ofPlot: number).joined())
    let first = try #require(points.first)
    let low = points.reduce(first) { pointwiseMin($0, $1) }
    return points.reduce(first) { pointwiseMax($0, $1) } - low
  }

  /// Places of symbols.
  func points(ofPlot number: Int) -> [SIMD2<Double>] {
    group(number).matches(of: #/<use [^>]*translate\(([-0-9.]+),([-0-9.]+)\)/#).map {
      SIMD2(Double($0.1)!, Double($0.2)!)
    }
  }

  private func shapes(ofPlot number: Int) -> [Substring] {
    group(number).matches(of: #/ d='([^']*)'/#).map { $0.1 }
  }

  /// gnuplot adds an a to the numbers of the first of several panels.
  private func group(_ number: Int) -> Substring {
    let names = ["a", ""].map { "id=\"gnuplot_plot_\(number)\($0)\"" }
    guard let start = names.lazy.compactMap({ text.range(of: $0) }).first else { return "" }
    let rest = text[start.upperBound...]
    return rest[..<(rest.range(of: "id=\"gnuplot_plot_")?.lowerBound ?? rest.endIndex)]
  }
}
