import CVector

/// Reductions over eight lanes that stay in vector registers, unlike the standard library's.
extension Lanes {
  /// The least lane.
  @inline(__always) var minimum: Double {
    let four = lowHalf.replacing(with: highHalf, where: highHalf .< lowHalf)
    let two = four.lowHalf.replacing(with: four.highHalf, where: four.highHalf .< four.lowHalf)
    return two.y < two.x ? two.y : two.x
  }

  /// The least lane and which it is.
  @inline(__always) var leastLane: (value: Double, lane: Int) {
    let lanes = SIMD8<Double>(0, 1, 2, 3, 4, 5, 6, 7)
    let upper = highHalf .< lowHalf
    let four = lowHalf.replacing(with: highHalf, where: upper)
    let fourLanes = lanes.lowHalf.replacing(with: lanes.highHalf, where: upper)
    let right = four.highHalf .< four.lowHalf
    let two = four.lowHalf.replacing(with: four.highHalf, where: right)
    let twoLanes = fourLanes.lowHalf.replacing(with: fourLanes.highHalf, where: right)
    return two.y < two.x ? (two.y, Int(twoLanes.y)) : (two.x, Int(twoLanes.x))
  }

  /// Absolute values.
  @inline(__always) var magnitude: Lanes { replacing(with: -self, where: self .< 0) }
}

extension LaneMask {
  /// Whether all lanes are chosen.
  @inline(__always) var isFull: Bool { i64x8_all(unsafeBitCast(self, to: SIMD8<Int64>.self)) != 0 }
  /// Number of lanes chosen.
  @inline(__always) var count: Int {
    -Int(unsafeBitCast(self, to: SIMD8<Int64>.self).wrappedSum())
  }
  /// Whether no lane is chosen.
  @inline(__always) var isEmpty: Bool { i64x8_any(unsafeBitCast(self, to: SIMD8<Int64>.self)) == 0 }
}
