import Foundation
import Plotting
import Testing

@Suite struct ReportTests {
  @Test func textIsEscaped() {
    let attack = "<script>alert('x')</script> & \"q\""
    var report = Report(title: attack, subtitle: attack)
    report.section(attack)
    report.addParagraph(attack)
    report.addWarning(attack)
    report.addKeyValues([(key: attack, value: attack)])
    report.addTable(headers: [attack], rows: [[attack]], caption: attack)
    let html = report.html
    #expect(!html.contains("<script"))
    let escaped = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;q&quot;"
    #expect(html.components(separatedBy: escaped).count - 1 == 11)
  }

  @Test func figuresAreEmbeddedWhole() throws {
    try withScratchFolder { folder in
      let base = folder.appendingPathComponent("training").path
      let paths = try TrainingFigure(training: [[3, 2, 1]]).write(to: base)
      var report = Report(title: "Run")
      try report.addFigure(pngPath: paths.png, caption: "a \"b\"")
      let path = folder.appendingPathComponent("report.html").path
      try report.write(to: path)
      let html = try String(decoding: contents(path), as: UTF8.self)
      let start = try #require(html.range(of: "data:image/png;base64,"))
      let encoded = html[start.upperBound...].prefix { $0 != "\"" }
      #expect(try Data(base64Encoded: String(encoded)) == contents(paths.png))
      #expect(!html.contains("http"))
      #expect(html.contains("alt=\"a &quot;b&quot;\""))
    }
  }

  @Test func missingOrWrongFigure() throws {
    var report = Report(title: "Run")
    #expect(throws: PlottingError.self) { try report.addFigure(pngPath: "/nowhere/a.png") }
    try withScratchFolder { folder in
      let path = folder.appendingPathComponent("a.png").path
      try Data("no image, but long enough for a header".utf8).write(to: URL(fileURLWithPath: path))
      #expect(throws: PlottingError.file(path: path, problem: "not a PNG file")) {
        try report.addFigure(pngPath: path)
      }
    }
    #expect(throws: PlottingError.self) { try report.write(to: "/nowhere/report.html") }
  }

  @Test func numbersAlignRightAndShortRowsAreFilled() {
    var report = Report(title: "Run")
    report.addTable(headers: ["name", "value"], rows: [["q_1", "−0.5 ± 0.1"], ["tE"]])
    #expect(report.html.contains("<td class=\"number\">−0.5 ± 0.1</td>"))
    #expect(report.html.contains("<tr><td>tE</td><td class=\"number\"></td></tr>"))
  }
}
