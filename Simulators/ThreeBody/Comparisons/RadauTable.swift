/// What the eight Gauss–Radau places in a step determine.
struct RadauTable {
  /// 0 and the zeros of P₇ + P₈ other than −1, moved from −1 … 1 to 0 … 1.
  let nodes = [
    0, 0.0562625605369221464656521910318, 0.180240691736892364987579942809,
    0.352624717113169637373907770171, 0.547153626330555383001448557652,
    0.734210177215410531523210608307, 0.885320946839095768090359762932,
    0.977520613561287501891174500429,
  ]
  /// 1 / (nodes[n + 1] − nodes[k]), `[n][k]`, k ≤ n.
  let inverse: [[Double]]
  /// The coefficient of h^(k+1) in h (h − nodes[1]) … (h − nodes[n]), `[n][k]`.
  let power: [[Double]]
  /// 1 / ((k + 2)(k + 3)) and 1 / (k + 2): integrals of h^(k+1), twice and once.
  let twice = (0..<7).map { 1 / Double(($0 + 2) * ($0 + 3)) }
  let once = (0..<7).map { 1 / Double($0 + 2) }
  /// (k + 1 choose j + 1), `[j][k]`.
  let binomial: [[Double]]

  init() {
    let nodes = nodes
    inverse = (0..<7).map { n in (0...n).map { 1 / (nodes[n + 1] - nodes[$0]) } }
    var rows: [[Double]] = [[1, 0, 0, 0, 0, 0, 0]]
    for n in 1..<7 {
      rows.append(
        (0..<7).map { k in (k > 0 ? rows[n - 1][k - 1] : 0) - nodes[n] * rows[n - 1][k] })
    }
    power = rows
    var triangle: [[Double]] = [[1] + [Double](repeating: 0, count: 7)]
    for n in 1..<8 {
      triangle.append(
        (0..<8).map { (($0 > 0) ? triangle[n - 1][$0 - 1] : 0) + triangle[n - 1][$0] })
    }
    binomial = (0..<7).map { j in (0..<7).map { k in triangle[k + 1][j + 1] } }
  }
}
