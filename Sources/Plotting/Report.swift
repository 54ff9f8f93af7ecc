import Foundation

/// A self-contained web page of a run: text, tables and figures in one file, nothing loaded from
/// elsewhere. All text is escaped.
public struct Report: Sendable {
  private let title: String
  private let subtitle: String
  private var body = ""
  private var figures = 0
  private var tables = 0

  public init(title: String, subtitle: String = "") {
    (self.title, self.subtitle) = (title, subtitle)
  }

  public mutating func section(_ title: String) {
    body += "<h2>\(Self.escaped(title))</h2>\n"
  }

  public mutating func addParagraph(_ text: String) {
    body += "<p>\(Self.escaped(text))</p>\n"
  }

  /// Something the reader must not miss.
  public mutating func addWarning(_ text: String) {
    body += "<p class=\"warning\"><strong>Warning.</strong> \(Self.escaped(text))</p>\n"
  }

  /// Names and values in two columns, e.g. settings.
  public mutating func addKeyValues(_ pairs: [(key: String, value: String)]) {
    let items = pairs.map {
      "<dt>\(Self.escaped($0.key))</dt><dd>\(Self.escaped($0.value))</dd>"
    }
    body += "<dl>\n\(items.joined(separator: "\n"))\n</dl>\n"
  }

  /// Columns whose cells are all numbers are aligned to the right. Short rows are filled with blanks.
  public mutating func addTable(headers: [String], rows: [[String]], caption: String = "") {
    tables += 1
    let width = max(headers.count, rows.map(\.count).max() ?? 0)
    func cell(_ row: [String], _ column: Int) -> String { column < row.count ? row[column] : "" }
    let isNumeric = (0..<width).map { column in
      !rows.isEmpty && rows.allSatisfy { Self.looksNumeric(cell($0, column)) }
    }
    func line(_ row: [String], _ tag: String) -> String {
      let cells = (0..<width).map { column in
        let style = isNumeric[column] ? " class=\"number\"" : ""
        let scope = tag == "th" ? " scope=\"col\"" : ""
        return "<\(tag)\(scope)\(style)>\(Self.escaped(cell(row, column)))</\(tag)>"
      }
      return "<tr>\(cells.joined())</tr>"
    }
    let heading =
      caption.isEmpty
      ? "" : "<caption><b>Table \(tables).</b> \(Self.escaped(caption))</caption>\n"
    body += """
      <div class="table"><table>
      \(heading)<thead>\(line(headers, "th"))</thead>
      <tbody>
      \(rows.map { line($0, "td") }.joined(separator: "\n"))
      </tbody>
      </table></div>

      """
  }

  /// Embeds a PNG file, drawn at 192 dpi.
  ///
  /// - Throws: ``PlottingError/file(path:problem:)`` if it cannot be read or is not a PNG.
  public mutating func addFigure(pngPath: String, caption: String = "") throws {
    let data = try onFile(pngPath) { try Data(contentsOf: URL(fileURLWithPath: pngPath)) }
    let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    guard data.count >= 24, data.prefix(8).elementsEqual(signature) else {
      throw PlottingError.file(path: pngPath, problem: "not a PNG file")
    }
    figures += 1
    // The header holds the width as four bytes, the highest first.
    let pixels = data.dropFirst(16).prefix(4).reduce(0) { $0 << 8 | Int($1) }
    let alternative = caption.isEmpty ? "Figure \(figures)" : caption
    let text = caption.isEmpty ? "" : " \(Self.escaped(caption))"
    body += """
      <figure><img width="\(pixels / Gnuplot.pixelRatio)" alt="\(Self.escaped(alternative))" \
      src="data:image/png;base64,\(data.base64EncodedString())">
      <figcaption><b>Figure \(figures).</b>\(text)</figcaption></figure>

      """
  }

  /// The whole page.
  public var html: String {
    let lead =
      subtitle.isEmpty ? "" : "<p class=\"subtitle\">\(Self.escaped(subtitle))</p>\n"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(Self.escaped(title))</title>
      <style>
      \(Self.style)
      </style>
      </head>
      <body>
      <main>
      <header><h1>\(Self.escaped(title))</h1>
      \(lead)</header>
      \(body)</main>
      </body>
      </html>

      """
  }

  /// Writes the page whole, under a temporary name, and renames it.
  ///
  /// - Throws: ``PlottingError/file(path:problem:)``.
  public func write(to path: String) throws {
    try onFile(path) {
      try Data(html.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
  }

  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func looksNumeric(_ cell: String) -> Bool {
    let text = cell.replacing("\u{2212}", with: "-").trimmingCharacters(in: .whitespaces)
    let allowed = CharacterSet(charactersIn: "0123456789.+-eE±%()/×^ ,")
    return text.isEmpty || text == "–"
      || (text.contains { $0.isNumber } && text.unicodeScalars.allSatisfy(allowed.contains))
  }
}
