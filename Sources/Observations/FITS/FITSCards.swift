import Foundation

/// The header of a FITS file that is being written: one line of 80 characters for each keyword.
struct FITSCards {
  /// FITS files consist of blocks of so many bytes.
  static let blockSize = 2880

  private var text = ""

  mutating func append(_ keyword: String, _ value: Bool) {
    append(keyword, fixed: value ? "T" : "F")
  }

  mutating func append(_ keyword: String, _ value: Int) {
    append(keyword, fixed: "\(value)")
  }

  /// With as many digits as the number needs to be read back as it is.
  mutating func append(_ keyword: String, _ value: Double) {
    precondition(value.isFinite, "\(keyword): FITS headers hold finite numbers only")
    append(keyword, fixed: value.description.uppercased())
  }

  /// Cut to what fits a line; what is not ASCII is replaced by question marks.
  mutating func append(_ keyword: String, _ value: String) {
    var ascii = value.unicodeScalars.map { (32..<127).contains($0.value) ? Character($0) : "?" }
    // Quotation marks are doubled.
    while ascii.count + ascii.count(where: { $0 == "'" }) > 67 { ascii.removeLast() }
    let quoted = String(ascii).replacing("'", with: "''")
    let padded = quoted.padding(toLength: max(8, quoted.count), withPad: " ", startingAt: 0)
    append(line: "\(FITSCards.name(keyword))= '\(padded)'")
  }

  /// A line of text without a value.
  mutating func append(history: String) { append(line: "HISTORY " + history) }

  /// The header with its end, filled up to whole blocks.
  var bytes: [UInt8] {
    var bytes = Array((text + "END").utf8)
    bytes += [UInt8](repeating: 0x20, count: FITSCards.padding(after: bytes.count))
    return bytes
  }

  /// Bytes missing to whole blocks.
  static func padding(after count: Int) -> Int {
    (blockSize - count % blockSize) % blockSize
  }

  private mutating func append(_ keyword: String, fixed value: String) {
    let blanks = String(repeating: " ", count: max(0, 20 - value.count))
    append(line: "\(FITSCards.name(keyword))= \(blanks)\(value)")
  }

  private mutating func append(line: String) {
    precondition(line.utf8.count <= 80)
    text += line.padding(toLength: 80, withPad: " ", startingAt: 0)
  }

  private static func name(_ keyword: String) -> String {
    precondition(keyword.count <= 8)
    return keyword.padding(toLength: 8, withPad: " ", startingAt: 0)
  }
}
