import Foundation

/// JSON with snake_case keys, written whole and with sorted keys.
public enum JSONFile {
  private static let infinity = "inf"
  private static let notANumber = "nan"

  /// - Throws: `FileError` when the file is missing or does not hold a `Value`.
  public static func read<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw FileError(path: path, problem: "cannot be read; is it there?")
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: infinity, negativeInfinity: "-" + infinity, nan: notANumber)
    do {
      return try decoder.decode(Value.self, from: data)
    } catch let DecodingError.keyNotFound(key, _) {
      throw FileError(path: path, column: key.stringValue, problem: "is missing")
    } catch let DecodingError.typeMismatch(_, context), let DecodingError.valueNotFound(_, context),
      let DecodingError.dataCorrupted(context)
    {
      let key = context.codingPath.map(\.stringValue).joined(separator: ".")
      throw FileError(
        path: path, column: key.isEmpty ? nil : key, problem: context.debugDescription)
    } catch {
      // What a type's own reading found, such as a prior without a valid range.
      throw FileError(path: path, problem: "\(error)")
    }
  }

  public static func write(_ value: some Encodable, to path: String) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // JSON has no infinity; a diagnostic that is not finite is written as a word, never lost.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: infinity, negativeInfinity: "-" + infinity, nan: notANumber)
    try AtomicFile.write(encoder.encode(value), to: path)
  }
}
