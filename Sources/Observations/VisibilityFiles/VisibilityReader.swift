import ArrayFiles

/// Reads visibilities by blocks, so that memory does not grow with the file.
///
/// The kind of the file is told from its contents: UVFITS, OIFITS, or a text table.
public struct VisibilityReader {
  private var source: any VisibilitySource

  /// Opens a file and reads its header.
  ///
  /// `target` is the name of the one to read in an OIFITS file of several; nil takes the first.
  /// Throws `FileError` for what is no file of visibilities.
  public init(_ path: String, target: String? = nil) throws {
    source =
      switch try FileKind(path) {
      case .uvfits: try UVFITSReader(path)
      case .text: try VisibilityText(path)
      case .oifits: try OIFITSReader(path, target: target)
      }
  }

  /// All but the visibilities, which come by blocks. What texts and rows tell, their stations and
  /// what was left out of them (`warnings`), is complete after the last block. Times count from the
  /// day of the first visibility.
  public var header: VisibilitySet { source.header }

  /// Rows in the file, those that are left out included; nil where it does not say.
  public var rowCount: Int? { source.rowCount }

  /// The next visibilities in the file's order, some 65,536 rows of it; nil at its end. A block can be
  /// empty, where a whole one is flagged.
  ///
  /// Throws `FileError` for bad values, and at the end if there was no visibility at all.
  public mutating func next() throws -> [Visibility]? { try source.next() }
}

/// What files of one kind give a `VisibilityReader`.
protocol VisibilitySource {
  var header: VisibilitySet { get }
  var rowCount: Int? { get }
  mutating func next() throws -> [Visibility]?
}

extension VisibilitySet {
  /// Reads a file of visibilities: UVFITS, OIFITS, or a text table, told from its contents.
  ///
  /// `target` is the name of the one to read in an OIFITS file of several; nil takes the first.
  /// Throws `FileError` for what is no such file, is damaged, or holds nothing usable.
  /// - Complexity: O(rows) time and memory; `VisibilityReader` needs no memory for the rows.
  public static func read(_ path: String, target: String? = nil) throws -> VisibilitySet {
    var reader = try VisibilityReader(path, target: target)
    var visibilities: [Visibility] = []
    while let block = try reader.next() {
      if visibilities.isEmpty { visibilities.reserveCapacity(reader.rowCount ?? block.count) }
      visibilities += block
    }
    var set = reader.header
    set.visibilities = visibilities
    set.countFromFirstDay()
    return set
  }

  /// Makes the day of the earliest measurement that from which times count.
  private mutating func countFromFirstDay() {
    let times = [
      visibilities.lazy.map(\.time).min(), squaredVisibilities.lazy.map(\.time).min(),
      bispectra.lazy.map(\.time).min(),
    ]
    guard mjd != 0, let first = times.compactMap({ $0 }).min() else { return }
    let days = (first / 24).rounded(.down)
    guard days != 0, abs(days) < 1e7 else { return }
    mjd += Int(days)
    for index in visibilities.indices { visibilities[index].time -= days * 24 }
    for index in squaredVisibilities.indices { squaredVisibilities[index].time -= days * 24 }
    for index in bispectra.indices { bispectra[index].time -= days * 24 }
  }
}
