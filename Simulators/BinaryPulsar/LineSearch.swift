import Foundation

/// The largest γ over polynomials whose coefficients are the orbit's own velocity, acceleration and jerk at
/// one time of the observation.
///
/// Those polynomials are a curve. Pieces of it, all in turn, are halved until each is excluded, lying within
/// half its length of its middle, or so short that γ has one maximum there, which is found by parabolas.
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
    _ = factor(0)
    _ = factor(end)
    let count = (lengths.count - 1) / 8
    var pieces = (0..<count).map { index in
      piece(end * Double(index) / Double(count), end * Double(index + 1) / Double(count))
    }
    var last: [Piece] = []
    let shortest = end / Double(count)
    while !pieces.isEmpty {
      var open: [Piece] = []
      for var piece in pieces {
        let middle = span((length(piece.from) + length(piece.to)) / 2)
        let place = point(middle)
        if piece.radius > 0.7 || landscape.isSteep(place) {
          if landscape.isExcluded(place, radius: piece.radius, degree: degree, below: best) {
            continue
          }
          if piece.radius * piece.radius > 1.6 * best {
            open.append(piece)
            continue
          }
          if landscape.isHopeless(place) { continue }
        }
        let moments = landscape.moments(place)
        best = max(best, moments.factor)
        piece.largest = moments.largest(radius: piece.radius, degree: degree)
        open.append(piece)
      }
      pieces = []
      for piece in open where piece.largest > best + Self.tolerance {
        if piece.radius <= 0.1 && piece.to - piece.from < 1.5 * shortest {
          last.append(piece)
        } else {
          let middle = span((length(piece.from) + length(piece.to)) / 2)
          pieces.append(self.piece(piece.from, middle))
          pieces.append(self.piece(middle, piece.to))
        }
      }
    }
    for piece in last.sorted(by: { $0.largest > $1.largest })
    where piece.largest > best + Self.tolerance {
      climb(piece)
    }
    return best
  }

  private func piece(_ from: Double, _ to: Double) -> Piece {
    Piece(from: from, to: to, radius: (length(to) - length(from)) / 2)
  }

  /// To the maximum in or beside a piece, by Brent's parabolas and golden sections.
  ///
  /// Reference: Brent (1973), Algorithms for Minimization without Derivatives, chapter 5.
  private mutating func climb(_ piece: Piece) {
    let width = piece.to - piece.from
    var (low, high) = (max(0, piece.from - width), min(landscape.motion.end, piece.to + width))
    let golden = 0.381_966_011_250_105_1
    var x = (piece.from + piece.to) / 2
    var value = factor(x)
    var (second, secondValue, third, thirdValue) = (x, value, x, value)
    var (step, before) = (0.0, 0.0)
    let resolution = 1e-6 * width
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if abs(x - middle) <= 2 * resolution - (high - low) / 2 { return }
      let r = (x - second) * (thirdValue - value)
      let q = (x - third) * (secondValue - value)
      let denominator = 2 * (q - r)
      let move = denominator == 0 ? .infinity : -((x - third) * q - (x - second) * r) / denominator
      if abs(move) < abs(before) / 2, x + move > low, x + move < high {
        (before, step) = (step, move)
      } else {
        before = (x < middle ? high : low) - x
        step = golden * before
      }
      let next = x + (abs(step) >= resolution ? step : (step < 0 ? -resolution : resolution))
      let found = factor(next)
      if found >= value {
        if next < x { high = x } else { low = x }
        (third, thirdValue, second, secondValue) = (second, secondValue, x, value)
        (x, value) = (next, found)
      } else {
        if next < x { low = next } else { high = next }
        if found >= secondValue || second == x {
          (third, thirdValue, second, secondValue) = (second, secondValue, next, found)
        } else if found >= thirdValue || third == x || third == second {
          (third, thirdValue) = (next, found)
        }
      }
    }
  }
}
