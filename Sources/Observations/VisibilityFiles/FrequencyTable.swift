import ArrayFiles

/// The frequency setups of a UVFITS file, from its FQ table.
struct FrequencyTable {
  struct Setup {
    let number: Int
    /// Of each IF from the reference frequency, Hz.
    let offsets: [Double]
  }

  let setups: [Setup]

  /// Throws `FileError` for a table without numbers or frequencies.
  init(_ file: FITSFile) throws {
    guard let unit = try file.units(named: "AIPS FQ").first else {
      setups = []
      return
    }
    try file.move(to: unit)
    let numbers = try file.integers("FRQSEL")
    let offsets = try file.numbers("IF FREQ")
    setups = numbers.indices.map { row in
      Setup(number: numbers[row], offsets: (0..<offsets.width).map { offsets[row, $0] })
    }
  }
}
