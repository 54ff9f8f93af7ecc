extension VisibilitySet {
  /// Errors that no fit can undercut: a fraction of each amplitude is added to sigma in quadrature.
  ///
  /// It stands for what thermal noise leaves out, such as polarisation leakage; the Event Horizon
  /// Telescope Collaboration (2019, ApJL 875, L4) took 0 to 5 % for M87. Average first: the fraction
  /// does not become smaller with the number of points.
  ///
  /// - Parameter fraction: at least 0.
  public func addingSystematicNoise(fraction: Double) -> VisibilitySet {
    precondition(fraction >= 0 && fraction.isFinite)
    var result = self
    for index in result.visibilities.indices {
      let floor = fraction * result.visibilities[index].value.length
      let sigma = result.visibilities[index].sigma
      result.visibilities[index].sigma = (sigma * sigma + floor * floor).squareRoot()
    }
    return result
  }
}
