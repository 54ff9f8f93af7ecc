import Foundation

/// Arrays in NumPy's `.npy` files.
public enum NPY {
  /// Reads an array of numbers, converted to `S` and to row-major order.
  ///
  /// Reads floats of 4 and 8 bytes, integers of 1 to 8 bytes and booleans, of either byte order.
  /// Throws `FileError` for a malformed or truncated file and for a value that `S` cannot hold.
  public static func read<S: ArrayScalar>(_ path: String, as: S.Type) throws -> NDArray<S> {
    var source = FileSource(try InputFile(path))
    return try read(from: &source)
  }

  /// Writes `array` atomically, byte for byte as `numpy.save` does. Throws `FileError`.
  public static func write<S>(_ array: NDArray<S>, to path: String) throws {
    try AtomicFile.write(to: path) { sink in
      try sink.write(NPYHeader.encoded(descriptor: descriptor(of: S.self), shape: array.shape))
      try array.values.withUnsafeBytes { try sink.write($0) }
    }
  }

  static func descriptor<S: ArrayScalar>(of: S.Type) -> String {
    (S.elementType.size == 1 ? "|" : "<") + S.elementType.rawValue
  }

  /// Reads the array that is the whole of `source`.
  static func read<S: ArrayScalar>(from source: inout some ByteSource) throws -> NDArray<S> {
    let header = try NPYHeader.read(from: &source)
    guard case .numbers(let type, let swapped) = header.content else {
      throw FileError(path: source.path, problem: "holds text, expected numbers")
    }
    let values = try [S](unsafeUninitializedCapacity: header.count) { buffer, count in
      let buffer = UnsafeMutableBufferPointer(rebasing: buffer[..<header.count])
      try readElements(from: &source, type: type, swapped: swapped, firstIndex: 0, into: buffer)
      count = header.count
    }
    guard header.fortranOrder && header.shape.count > 1 else {
      return NDArray(shape: header.shape, values: values)
    }
    return NDArray(shape: header.shape, values: rowMajor(values, shape: header.shape))
  }

  /// Fills `buffer` with the next elements of `source`, through a block of bounded size where the
  /// stored type is not `S`. `firstIndex` is the index of the first one, for messages.
  static func readElements<S: ArrayScalar>(
    from source: inout some ByteSource, type: ElementType, swapped: Bool, firstIndex: Int,
    into buffer: UnsafeMutableBufferPointer<S>
  ) throws {
    guard !buffer.isEmpty else { return }
    if type == S.elementType && !swapped {
      return try source.read(into: UnsafeMutableRawBufferPointer(buffer))
    }
    let blockCount = min(buffer.count, 1 << 15)
    let block = UnsafeMutableRawBufferPointer.allocate(
      byteCount: blockCount * type.size, alignment: 16)
    defer { block.deallocate() }
    var done = 0
    while done < buffer.count {
      let count = min(blockCount, buffer.count - done)
      try source.read(into: UnsafeMutableRawBufferPointer(rebasing: block[..<(count * type.size)]))
      let misfit = convertElements(
        block.baseAddress!, type: type, swapped: swapped, count: count,
        into: buffer.baseAddress! + done)
      if let misfit {
        throw FileError(
          path: source.path,
          problem: "element \(firstIndex + done + misfit.index) is \(misfit.value), which "
            + "\(S.self) cannot hold")
      }
      done += count
    }
  }

  /// Reorders values whose first dimension runs fastest.
  private static func rowMajor<S: ArrayScalar>(_ values: [S], shape: [Int]) -> [S] {
    guard !values.isEmpty else { return values }
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in 1..<shape.count { strides[axis] = strides[axis - 1] * shape[axis - 1] }
    var index = [Int](repeating: 0, count: shape.count)
    var offset = 0
    return [S](unsafeUninitializedCapacity: values.count) { buffer, count in
      for i in 0..<values.count {
        (buffer.baseAddress! + i).initialize(to: values[offset])
        var axis = shape.count - 1
        while axis >= 0 {
          index[axis] += 1
          offset += strides[axis]
          if index[axis] < shape[axis] { break }
          offset -= strides[axis] * shape[axis]
          index[axis] = 0
          axis -= 1
        }
      }
      count = values.count
    }
  }
}
