import ArrayFiles
import Foundation

/// What a file of visibilities is, told from its contents, whatever its name.
enum FileKind {
  case uvfits
  case oifits
  case text

  /// Throws `FileError` for everything that holds no visibilities Sibyl can read, saying what it is
  /// and, where there is a way, how to convert it.
  init(_ path: String) throws {
    if FileKind.isFolder(path) { throw FileKind.folderError(path) }
    let head = try FileKind.head(of: path)
    guard !head.isEmpty else {
      throw FileError(
        path: path, problem: "is empty, expected visibilities (UVFITS, OIFITS or CSV)")
    }
    if head.starts(with: Array("SIMPLE  =".utf8)) {
      self = try FileKind.fits(path)
    } else if let kind = FileKind.foreign(head) {
      throw FileError(path: path, problem: "\(kind), expected visibilities (UVFITS, OIFITS or CSV)")
    } else {
      self = .text
    }
  }

  private static func fits(_ path: String) throws -> FileKind {
    let file = try FITSFile(path)
    let axes = try file.axes
    if file.flag("GROUPS"), axes.first == 0 { return .uvfits }
    if axes == [777_777_701, 0] {
      throw FileError(
        path: path,
        problem: "is an AIPS table of uv data; write it as UVFITS random groups with AIPS FITTP")
    }
    var names: [String] = []
    for unit in stride(from: 2, through: file.unitCount, by: 1) {
      try file.move(to: unit)
      names.append(file.name)
    }
    if names.contains(where: { ["OI_VIS", "OI_VIS2", "OI_T3"].contains($0) }) { return .oifits }
    if names.contains("UV_DATA") {
      throw FileError(
        path: path,
        problem: "is a FITS-IDI file; convert it with CASA: importfitsidi(fitsidifile="
          + "'\(baseName(path))', vis='data.ms'), then exportuvfits(vis='data.ms', "
          + "fitsfile='data.uvfits')")
    }
    let image = axes.filter { $0 > 1 }
    if image.count >= 2 {
      throw FileError(
        path: path,
        problem: "is an image (\(image.map(String.init).joined(separator: " × "))), "
          + "expected visibilities")
    }
    let tables = names.map { $0.isEmpty ? "one without a name" : $0 }.joined(separator: ", ")
    throw FileError(
      path: path,
      problem: names.isEmpty
        ? "is a FITS file without visibilities"
        : "is no visibility file: it holds the FITS extensions \(tables.prefix(200)), "
          + "expected UVFITS random groups or OIFITS tables")
  }

  private static func foreign(_ head: [UInt8]) -> String? {
    if head.starts(with: [0x1F, 0x8B]) { return "is compressed with gzip: unpack it with gunzip" }
    if head.starts(with: [0x89, 0x48, 0x44, 0x46]) { return "is an HDF5 file" }
    if head.starts(with: [0x50, 0x4B, 3, 4]) { return "is a zip or npz archive" }
    return head.contains(0) ? "is a binary file of unknown kind" : nil
  }

  private static func folderError(_ path: String) -> FileError {
    guard FileManager.default.fileExists(atPath: path + "/table.dat") else {
      return FileError(path: path, problem: "is a folder, expected a file of visibilities")
    }
    let name = baseName(path)
    let stem = name.split(separator: ".").first.map(String.init) ?? "data"
    return FileError(
      path: path,
      problem: "is a CASA Measurement Set; export it with CASA: exportuvfits(vis='\(name)', "
        + "fitsfile='\(stem).uvfits', datacolumn='data', multisource=False, combinespw=True, "
        + "writestation=True)")
  }

  private static func baseName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  static func isFolder(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
      && isDirectory.boolValue
  }

  private static func head(of path: String) throws -> [UInt8] {
    let file = try InputFile(path)
    return try file.bytes(at: 0, count: min(file.size, 4096))
  }
}
