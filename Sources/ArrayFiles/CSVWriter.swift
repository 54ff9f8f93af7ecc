import Foundation

/// One column to be written: a name and numbers or text.
public struct CSVColumn: Sendable {
  public enum Values: Sendable {
    case numbers([Double])
    case integers([Int])
    case text([String])
  }

  public var name: String
  public var values: Values

  public init(_ name: String, _ numbers: [Double]) {
    self.name = name
    values = .numbers(numbers)
  }

  public init(_ name: String, _ integers: [Int]) {
    self.name = name
    values = .integers(integers)
  }

  public init(_ name: String, _ text: [String]) {
    self.name = name
    values = .text(text)
  }

  var count: Int {
    switch values {
    case .numbers(let values): values.count
    case .integers(let values): values.count
    case .text(let values): values.count
    }
  }

  /// A value as text, without quotes.
  public func text(_ row: Int) -> String {
    switch values {
    // Swift's description has the fewest digits that read back as the same number.
    case .numbers(let values): values[row].description
    case .integers(let values): values[row].description
    case .text(let values): values[row]
    }
  }

  func cell(_ row: Int) -> String {
    if case .text = values { CSVColumn.quoted(text(row)) } else { text(row) }
  }

  /// Quoted (RFC 4180) if plain text would be read as something else.
  static func quoted(_ text: String) -> String {
    let special: (UInt8) -> Bool = {
      $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D || $0 == 0x23
    }
    let isPadded = text.first?.isWhitespace == true || text.last?.isWhitespace == true
    guard text.isEmpty || isPadded || text.utf8.contains(where: special) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}

extension CSVTable {
  /// Writes columns of equal length, separated by commas, atomically. Numbers have the fewest
  /// digits that read back as the same number. Throws `FileError`.
  public static func write(columns: [CSVColumn], to path: String) throws {
    let rowCount = columns.first?.count ?? 0
    precondition(columns.allSatisfy { $0.count == rowCount }, "columns of different lengths")
    try AtomicFile.write(to: path) { sink in
      try sink.write(
        columns.map { CSVColumn.quoted($0.name) }.joined(separator: ",") + "\n")
      for row in 0..<rowCount {
        try sink.write(columns.map { $0.cell(row) }.joined(separator: ",") + "\n")
      }
    }
  }

  /// Writes columns of numbers, see `write(columns:to:)` of `CSVColumn`.
  public static func write(
    columns: [(name: String, values: [Double])], to path: String
  ) throws {
    try write(columns: columns.map { CSVColumn($0.name, $0.values) }, to: path)
  }
}
