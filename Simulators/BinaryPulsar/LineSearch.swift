import Foundation

/// The largest γ over polynomials whose coefficients are the orbit's own velocity, acceleration and jerk at
/// one time of the observation.
///
/// Those polynomials are a curve. Pieces of it, all in turn, are halved until each is excluded, lying within
/// half its length of its middle, or so short that γ has one maximum there, which is found by false position.
///
/// What excludes pieces are bounds, but for steep polynomials, which near periastron may be most of the curve:
/// quadratures that resolve them would take a hundred times as long as all others. There γ is below the largest for
/// certain with ``StationaryPhaseBound``; where the parts of z about the places of stationary phase, added up as
/// moduli with a tenth to spare, stay below it at both ends and in the middle of a piece short enough for those
/// parts to be alike; or by a ``LineSeries`` to the accuracy of ``FilonNodes``. The maximum itself is always by
/// quadrature that resolves it.
struct LineSearch {
  private var landscape: PhaseLandscape
  private let degree: Int
  /// Length of the curve up to places equally spaced in eccentric anomaly.
  private var lengths: [Double] = [0]
  private var best = 0.0

  private struct Piece {
    var from: Double
    var to: Double
    var radius: Double
    var largest = 1.0
    /// Of a steep piece, which way γ goes at the middle: a number of that sign, and whether that is sure.
    var slope: Double?
    var isFlat = false
  }

  /// Values closer than this to the largest are as good.
  static let tolerance = 1e-9

  init(_ landscape: PhaseLandscape, degree: Int) {
    self.landscape = landscape
    self.degree = degree
    let count = Self.places(landscape.motion)
    var before = point(0)
    for index in 1...count {
      let next = point(landscape.motion.end * Double(index) / Double(count))
      lengths.append(lengths[index - 1] + 1.02 * (next - before).length)
      before = next
    }
  }

  /// Eight to each of at least eight first pieces, and a hundred to a turn.
  private static func places(_ motion: LineOfSightMotion) -> Int {
    max(64, 8 * Int((24 * motion.end / (2 * .pi)).rounded(.up)))
  }

  /// The polynomial at δ.
  private func point(_ span: Double) -> PhasePolynomial {
    let (velocity, acceleration, jerk) = landscape.motion.derivatives(span)
    return PhasePolynomial(
      velocity, degree > 1 ? acceleration / 2 : 0, degree > 2 ? jerk / 6 : 0)
      - landscape.reference
  }

  /// Length of the curve up to δ.
  private func length(_ span: Double) -> Double {
    let place = span / landscape.motion.end * Double(lengths.count - 1)
    let index = min(Int(place), lengths.count - 2)
    return lengths[index] + (place - Double(index)) * (lengths[index + 1] - lengths[index])
  }

  /// δ at a length.
  private func span(_ length: Double) -> Double {
    var (low, high) = (0, lengths.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lengths[middle] <= length { low = middle } else { high = middle }
    }
    let step = lengths[high] - lengths[low]
    let part = step > 0 ? min(1, (length - lengths[low]) / step) : 0.5
    return landscape.motion.end * (Double(low) + part) / Double(lengths.count - 1)
  }

  private mutating func factor(_ span: Double) -> Double {
    let value = landscape.moments(point(span)).factor
    best = max(best, value)
    return value
  }

  mutating func largest() -> Double {
    let end = landscape.motion.end
    let count = (lengths.count - 1) / 8
    seed((0...count).map { end * Double($0) / Double(count) })
    var pieces = (0..<count).map { index in
      piece(end * Double(index) / Double(count), end * Double(index + 1) / Double(count))
    }
    var last: [Piece] = []
    let shortest = end / Double(count)
    while !pieces.isEmpty {
      var open: [Piece] = []
      for var piece in pieces where !isExcluded(&piece) { open.append(piece) }
      pieces = []
      for piece in open where piece.largest > best + Self.tolerance {
        if piece.radius <= 0.1 && piece.to - piece.from < 1.5 * shortest {
          last.append(piece)
        } else {
          let middle = middle(piece)
          pieces.append(self.piece(piece.from, middle))
          pieces.append(self.piece(middle, piece.to))
        }
      }
    }
    last.sort { $0.largest > $1.largest }
    for index in last.indices where last[index].isFlat {
      if last[index].largest > best { last[index].slope = slope(middle(last[index])) }
    }
    for piece in summits(last.filter { $0.largest > best + Self.tolerance })
    where piece.largest > best + Self.tolerance {
      climb(piece)
    }
    return best
  }

  /// A first value of ``best``, so that bounds have something to exclude.
  private mutating func seed(_ spans: [Double]) {
    for span in spans where !landscape.isSteep(point(span)) { _ = factor(span) }
    if best > 0 { return }
    let largest = spans.max { landscape.sumOfParts(point($0)) < landscape.sumOfParts(point($1)) }!
    _ = factor(largest)
  }

  /// Whether γ is below the best all over a piece; if not, says what it may be.
  private mutating func isExcluded(_ piece: inout Piece) -> Bool {
    let place = point(middle(piece))
    let isSteep = landscape.isSteep(place)
    if isSteep { return isExcludedSteep(&piece, place) }
    if piece.radius > 0.7 {
      if landscape.isExcluded(place, radius: piece.radius, degree: degree, below: best) {
        return true
      }
      if piece.radius * piece.radius > 1.6 * best { return false }
    }
    let moments = landscape.moments(place)
    best = max(best, moments.factor)
    piece.largest = moments.largest(radius: piece.radius, degree: degree)
    return false
  }

  /// The same of a steep piece.
  private mutating func isExcludedSteep(_ piece: inout Piece, _ place: PhasePolynomial) -> Bool {
    let similarity = landscape.similarity(place)
    if piece.radius > similarity {
      return landscape.isExcluded(place, radius: piece.radius, degree: degree, below: best)
    }
    let (from, to) = (point(piece.from), point(piece.to))
    if piece.radius > similarity / 2 {
      return [place, from, to].allSatisfy { 1.1 * landscape.sumOfParts($0) < best }
    }
    // A series of the third power leaves too much.
    if pow(piece.radius, 4) > 0.25 * best { return false }
    let chord = to - from
    let series = landscape.series(place, along: chord * (1 / chord.length))
    if series.factor > best + FilonNodes.error {
      best = max(best, landscape.moments(place).factor)
    }
    // The curve is this far from the chord.
    let bow = (place - (from + to) * 0.5).length
    piece.largest = series.largest(radius: piece.radius) + 1.2 * bow + FilonNodes.error
    piece.slope = series.slope
    piece.isFlat = abs(series.slope) < 2 * series.factor * FilonNodes.slopeError
    return false
  }

  /// Of pieces so short that γ has one maximum there, those that hold it, as far as slopes are known: from the middle
  /// of one to that of the next γ rises, and then falls.
  private func summits(_ pieces: [Piece]) -> [Piece] {
    let pieces = pieces.sorted { $0.from < $1.from }
    return pieces.indices.filter { index in
      let piece = pieces[index]
      guard let slope = piece.slope else { return true }
      if slope > 0 {
        guard index + 1 < pieces.count, pieces[index + 1].from == piece.to,
          let next = pieces[index + 1].slope
        else { return true }
        return next <= 0
      }
      return index == 0 || pieces[index - 1].to != piece.from || pieces[index - 1].slope == nil
    }.map { pieces[$0] }
  }

  private func middle(_ piece: Piece) -> Double {
    span((length(piece.from) + length(piece.to)) / 2)
  }

  private func piece(_ from: Double, _ to: Double) -> Piece {
    Piece(from: from, to: to, radius: (length(to) - length(from)) / 2)
  }

  /// To the maximum in or beside a piece: uphill until γ falls, and from there by false position of its slope.
  ///
  /// Reference: Dowell & Jarratt (1971), BIT 11, 168, for the Illinois variant.
  private mutating func climb(_ piece: Piece) {
    let end = landscape.motion.end
    var low = (piece.from + piece.to) / 2
    var lowSlope = slope(low)
    if lowSlope == 0 { return }
    var step = (piece.to - piece.from) / 2 * (lowSlope > 0 ? 1 : -1)
    let resolution = 1e-5 * abs(step)
    var (high, highSlope) = (low, lowSlope)
    while highSlope * lowSlope > 0 {
      if high == 0 && step < 0 || high == end && step > 0 { return }
      (low, lowSlope) = (high, highSlope)
      high = min(end, max(0, low + step))
      highSlope = slope(high)
      step *= 2
    }
    for _ in 0..<40 where abs(high - low) > resolution && highSlope != 0 {
      let next = (low * highSlope - high * lowSlope) / (highSlope - lowSlope)
      let nextSlope = slope(next)
      if nextSlope * highSlope < 0 {
        (low, lowSlope) = (high, highSlope)
      } else {
        lowSlope /= 2
      }
      let isClose = abs(next - high) <= resolution
      (high, highSlope) = (next, nextSlope)
      if isClose { return }
    }
  }

  /// The derivative of γ²/2 by δ.
  private mutating func slope(_ span: Double) -> Double {
    let moments = landscape.moments(point(span))
    best = max(best, moments.factor)
    let step = 1e-6 * landscape.motion.end
    return moments.ascent.dot(point(span + step) - point(span - step)) / (2 * step)
  }
}
