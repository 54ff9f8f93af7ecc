/// A figure: data fields that know how to draw themselves.
public protocol Figure: Sendable {
  /// What gnuplot is told. Throws ``PlottingError/invalidData(figure:problem:)``.
  var script: GnuplotScript { get throws }
}

/// Where a figure went.
public struct FigurePaths: Sendable, Equatable {
  public let png: String
  public let svg: String
}

extension Figure {
  /// Writes `basePath`.png (192 dpi) and `basePath`.svg, and returns the two paths.
  ///
  /// - Parameter gnuplot: the program to use; the one on the search path by default.
  /// - Throws: ``PlottingError``.
  @discardableResult
  public func write(to basePath: String, using gnuplot: Gnuplot? = nil) throws -> FigurePaths {
    try (gnuplot ?? Gnuplot()).render(script, to: basePath)
  }
}

/// Commands and inline data of one figure; the commands run once for each output format.
public struct GnuplotScript: Sendable {
  /// Size in pixels of 1/96 inch.
  public let width: Int
  public let height: Int
  var data = ""
  var commands = ""
  private var blocks = 0

  public init(width: Int, height: Int) {
    precondition(width > 0 && height > 0)
    self.width = width
    self.height = height
    commands = Style.preamble
  }

  mutating func add(_ command: String) {
    commands += command + "\n"
  }

  /// Stores rows of numbers, in groups that `index` selects, and returns the block's name.
  mutating func addBlock(groups: [[[Double]]]) -> String {
    blocks += 1
    let name = "$block\(blocks)"
    data += "\(name) << EOD\n"
    data += groups.map { rows in
      rows.map { row in
        row.isEmpty ? "" : row.map(Self.number).joined(separator: " ")
      }.joined(separator: "\n")
    }.joined(separator: "\n\n\n")
    data += "\nEOD\n"
    return name
  }

  /// Stores columns of equal length as one block.
  mutating func addBlock(columns: [[Double]]) -> String {
    precondition(Set(columns.map(\.count)).count == 1)
    return addBlock(groups: [columns[0].indices.map { row in columns.map { $0[row] } }])
  }

  static func number(_ value: Double) -> String {
    value.isFinite ? value.description : "NaN"
  }
}
