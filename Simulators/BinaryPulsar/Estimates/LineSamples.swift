import CVector

/// Places of an orbit's line, their polynomials, and γ² there.
///
/// Places next to each other bound a cell. Cells that promise a larger γ² are cut, and what they are cut into goes to
/// the end.
struct LineSamples: ~Copyable {
  /// The most cells that are cut at a time, and the places that are put into each.
  static let mostCells = 8
  static let cuts = 4
  static let capacity = 640
  /// New places wait there until they are taken up.
  static let waiting = capacity - mostCells * cuts
  private static let lastBits: UInt32 = 1023
  private static var numberBits: SIMD16<UInt32> { SIMD16(repeating: lastBits) }
  private static var firstNumbers: SIMD16<UInt32> {
    SIMD16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
  }

  /// Of the way from the first place to the last, in eccentric anomaly.
  let parts: UnsafeMutablePointer<Float>
  /// Coefficients of τ, τ² and τ³, turns.
  let v: UnsafeMutablePointer<Float>
  let a: UnsafeMutablePointer<Float>
  let j: UnsafeMutablePointer<Float>
  /// γ².
  let powers: UnsafeMutablePointer<Float>
  /// 1 where the place bounds a cell with the next, 0 at an end and where the cell has been cut.
  private let open: UnsafeMutablePointer<Float>
  private let promises: UnsafeMutablePointer<Float>
  private(set) var count = 0
  /// Cells that are being cut.
  private var cells = SIMD8<Int32>.zero
  private var cellCount = 0

  init() {
    parts = .allocate(capacity: 7 * Self.capacity)
    parts.initialize(repeating: 0, count: 7 * Self.capacity)
    (v, a, j) = (parts + Self.capacity, parts + 2 * Self.capacity, parts + 3 * Self.capacity)
    (powers, open) = (parts + 4 * Self.capacity, parts + 5 * Self.capacity)
    promises = parts + 6 * Self.capacity
  }

  deinit { parts.deallocate() }

  @inline(__always)
  static func lanes(_ values: UnsafeMutablePointer<Float>) -> FloatLanes {
    UnsafeRawPointer(values).loadUnaligned(as: FloatLanes.self)
  }

  @inline(__always)
  static func set(_ lanes: FloatLanes, _ values: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(values).storeBytes(of: lanes, as: FloatLanes.self)
  }

  /// Sets sixteen places and their polynomials to those of others.
  func set(_ start: Int, _ others: borrowing LineSamples) {
    Self.set(Self.lanes(others.parts + start), parts + start)
    Self.set(Self.lanes(others.v + start), v + start)
    Self.set(Self.lanes(others.a + start), a + start)
    Self.set(Self.lanes(others.j + start), j + start)
  }

  /// Begins anew with so many places that are there already.
  mutating func begin(_ count: Int) {
    self.count = count
    for start in stride(from: 0, to: count, by: 16) {
      Self.set(FloatLanes(repeating: 1), open + start)
    }
    open[count - 1] = 0
    endGroup()
  }

  /// Fills the last group with the last place.
  private func endGroup() {
    for index in count..<(count + 15) / 16 * 16 {
      copy(count - 1, to: index)
      open[index] = 0
    }
  }

  /// Positive values of sixteen places from one on, to four digits, the last bits being the places' numbers; 0 of others.
  @inline(__always)
  private static func keys(_ values: FloatLanes, _ start: Int) -> FloatLanes {
    let numbers = firstNumbers &+ UInt32(truncatingIfNeeded: start)
    let bits = unsafeBitCast(values, to: SIMD16<UInt32>.self) & ~numberBits | numbers
    return unsafeBitCast(bits, to: FloatLanes.self).replacing(with: 0, where: values .<= 0)
  }

  /// The number of the place with the largest key; nil if all are 0.
  @inline(__always)
  private static func number(_ keys: FloatLanes) -> Int? {
    let key = f32x16_largest(keys)
    return key > 0 ? Int(key.bitPattern & lastBits) : nil
  }

  /// Cuts the cells that promise most of those so long that a parabola does not do: sets the parts of new places from
  /// `waiting` on, in groups of sixteen.
  ///
  /// - Returns: how many there are.
  mutating func cut() -> Int {
    promise()
    cellCount = 0
    while cellCount < Self.mostCells, let cell = mostPromising {
      promises[cell] = 0
      cells[cellCount] = Int32(cell)
      let step = (parts[cell + 1] - parts[cell]) / Float(Self.cuts + 1)
      for cut in 0..<Self.cuts {
        parts[Self.waiting + Self.cuts * cellCount + cut] = parts[cell] + step * Float(cut + 1)
      }
      cellCount += 1
    }
    let added = Self.cuts * cellCount
    for index in added..<(added + 15) / 16 * 16 {
      parts[Self.waiting + index] = parts[Self.waiting + added - 1]
    }
    return added
  }

  /// Takes up the new places, whose polynomials and γ² have been set: with both ends of their cells.
  mutating func insert() {
    for number in 0..<cellCount {
      let cell = Int(cells[number])
      open[cell] = 0
      copy(cell, to: count)
      for cut in 0..<Self.cuts {
        copy(Self.waiting + Self.cuts * number + cut, to: count + cut + 1)
      }
      copy(cell + 1, to: count + Self.cuts + 1)
      for cut in 0...Self.cuts { open[count + cut] = 1 }
      open[count + Self.cuts + 1] = 0
      count += Self.cuts + 2
    }
    endGroup()
  }

  private func copy(_ index: Int, to target: Int) {
    parts[target] = parts[index]
    (v[target], a[target], j[target]) = (v[index], a[index], j[index])
    powers[target] = powers[index]
  }

  /// Sets the keys of what cells promise: the larger γ² of their ends, nothing where it is small or the cell short.
  private func promise() {
    let least = FloatLanes(repeating: 0.3 * powers[best])
    for start in stride(from: 0, to: count, by: 16) {
      let larger = f32x16_max(Self.lanes(powers + start), Self.lanes(powers + start + 1))
      func difference(_ values: UnsafeMutablePointer<Float>) -> FloatLanes {
        Self.lanes(values + start + 1) - Self.lanes(values + start)
      }
      let (dv, da, dj) = (difference(v), difference(a), difference(j))
      // The square of the length, as of `PhasePolynomial` but in turns; a cell is long from 0.3 radians.
      let (x, y) = (0.5 * dv + 0.5 * da + 0.45 * dj, da * (1 / Float(6)) + 0.25 * dj)
      let square =
        x * x * (1 / Float(3)) + y * y * (1 / Float(5)) + dj * dj * (0.0025 / Float(7))
      let long = FloatLanes(repeating: (0.3 / (2 * .pi)) * (0.3 / (2 * .pi)))
      let isPromising = (larger .>= least) .& (square .> long)
      let promise = (larger * Self.lanes(open + start)).replacing(with: 0, where: .!isPromising)
      Self.set(Self.keys(promise, start), promises + start)
    }
  }

  private var mostPromising: Int? {
    var keys = FloatLanes.zero
    for start in stride(from: 0, to: count, by: 16) {
      keys = f32x16_max(keys, Self.lanes(promises + start))
    }
    return Self.number(keys)
  }

  /// Where γ² is largest.
  private var best: Int {
    var keys = FloatLanes.zero
    for start in stride(from: 0, to: count, by: 16) {
      keys = f32x16_max(keys, Self.keys(Self.lanes(powers + start), start))
    }
    return Self.number(keys) ?? 0
  }

  /// The largest γ², by a parabola through its neighbours where it has two.
  var peak: Float {
    let best = best
    let (power, part) = (powers[best], parts[best])
    // The nearest on both sides; places at both ends of cells are there twice.
    var (lower, upper) = (FloatLanes.zero, FloatLanes.zero)
    for start in stride(from: 0, to: count, by: 16) {
      let distance = part - Self.lanes(parts + start)
      let closeness = (1 / distance).replacing(with: 0, where: distance .== 0)
      lower = f32x16_max(lower, Self.keys(closeness, start))
      upper = f32x16_max(upper, Self.keys(-closeness, start))
    }
    let (left, right) = (Self.number(lower), Self.number(upper))
    guard let left, let right else { return power }
    let (before, after) = (part - parts[left], parts[right] - part)
    let (rise, fall) = ((power - powers[left]) / before, (powers[right] - power) / after)
    let bend = (fall - rise) / (before + after)
    let slope = (rise * after + fall * before) / (before + after)
    guard bend < 0 else { return power }
    // With equal steps a maximum is no further above its neighbours; with others a parabola is a guess.
    return power
      + min(-slope * slope / (4 * bend), 0.125 * (power - min(powers[left], powers[right])))
  }
}
