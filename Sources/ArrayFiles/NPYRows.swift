import Foundation

/// Rows of an `.npy` file read on demand, for arrays larger than memory.
///
/// A row is all that the first dimension's index selects. Nothing is cached: memory stays the same
/// however much is read. Threads may read at the same time.
public final class NPYRows: Sendable {
  public let shape: [Int]
  /// The file, or the archive and its member.
  public let path: String
  private let file: InputFile
  private let dataOffset: Int
  private let type: ElementType
  private let swapped: Bool

  /// Opens the file and checks its header and length. Throws `FileError`, also for an array of
  /// several dimensions in Fortran order, whose rows are scattered over the file.
  public convenience init(_ path: String) throws {
    let file = try InputFile(path)
    var source = FileSource(file)
    let header = try NPYHeader.read(from: &source)
    try self.init(file, header, dataOffset: source.position, path: path)
  }

  init(_ file: InputFile, _ header: NPYHeader, dataOffset: Int, path: String) throws {
    guard case .numbers(let type, let swapped) = header.content else {
      throw FileError(path: path, problem: "holds text, expected numbers")
    }
    guard !header.fortranOrder || header.shape.count < 2 else {
      throw FileError(
        path: path, problem: "is in Fortran order; save it with numpy.ascontiguousarray")
    }
    self.shape = header.shape
    self.path = path
    self.file = file
    self.dataOffset = dataOffset
    self.type = type
    self.swapped = swapped
  }

  /// Length of the first dimension; 1 for a scalar.
  public var rowCount: Int { shape.first ?? 1 }

  /// Elements of one row: the product of the other dimensions.
  public var rowLength: Int { shape.dropFirst().reduce(1, *) }

  /// Reads `rows`, converted to `S`, to the front of `buffer` (`[rows.count, rowLength]`).
  ///
  /// The rows must exist and fit in the buffer. Throws `FileError` if the file became shorter or
  /// holds a value that `S` cannot.
  public func read<S: ArrayScalar>(
    rows: Range<Int>, into buffer: UnsafeMutableBufferPointer<S>
  ) throws {
    precondition(
      rows.lowerBound >= 0 && rows.upperBound <= rowCount,
      "rows \(rows) of an array with \(rowCount)")
    let count = rows.count * rowLength
    precondition(count <= buffer.count, "\(count) elements into a buffer of \(buffer.count)")
    let firstIndex = rows.lowerBound * rowLength
    var source = FileSource(
      file, position: dataOffset + firstIndex * type.size, path: path)
    try NPY.readElements(
      from: &source, type: type, swapped: swapped, firstIndex: firstIndex,
      into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
  }
}
