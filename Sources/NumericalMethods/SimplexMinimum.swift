import CGSL

/// Minimisation without derivatives by a simplex of points.
///
/// Reference: Nelder & Mead (1965), The Computer Journal 7, 308; GSL's `nmsimplex2`.
public enum SimplexMinimum {
  private final class Problem {
    let function: ([Double]) -> Double
    init(_ function: @escaping ([Double]) -> Double) { self.function = function }
  }

  /// The point `[p]` near `start` where `function` is smallest, and its value there.
  ///
  /// The function must be finite at the start; elsewhere what is not a number counts as infinite. The
  /// search stops when the simplex is smaller than `tolerance`, or after the iterations allowed.
  ///
  /// - Throws: `NumericalError` when the function is not finite at the start.
  /// - Complexity: one or two evaluations per iteration.
  public static func find(
    start: [Double], step: Double, tolerance: Double, maximumIterations: Int,
    _ function: @escaping ([Double]) -> Double
  ) throws -> (point: [Double], value: Double) {
    precondition(!start.isEmpty && step > 0 && tolerance > 0)
    gsl_set_error_handler_off()
    let count = start.count
    guard function(start).isFinite else {
      throw NumericalError("simplex minimum", status: Int32(GSL_EBADFUNC))
    }
    let problem = Problem(function)
    return try withExtendedLifetime(problem) {
      guard let minimizer = gsl_multimin_fminimizer_alloc(gsl_simplex(), count),
        let initial = gsl_vector_alloc(count), let steps = gsl_vector_alloc(count)
      else { throw NumericalError("simplex minimum", status: Int32(GSL_ENOMEM)) }
      defer {
        gsl_multimin_fminimizer_free(minimizer)
        gsl_vector_free(initial)
        gsl_vector_free(steps)
      }
      for (index, value) in start.enumerated() { gsl_vector_set(initial, index, value) }
      gsl_vector_set_all(steps, step)
      var target = gsl_multimin_function()
      target.n = count
      target.params = Unmanaged.passUnretained(problem).toOpaque()
      target.f = { point, context in
        let problem = Unmanaged<Problem>.fromOpaque(context!).takeUnretainedValue()
        let value = problem.function((0..<point!.pointee.size).map { gsl_vector_get(point, $0) })
        // GSL refuses infinities; nothing is as large as this.
        return value.isFinite ? value : .greatestFiniteMagnitude.squareRoot()
      }
      var status = gsl_multimin_fminimizer_set(minimizer, &target, initial, steps)
      guard status == 0 else { throw NumericalError("simplex minimum", status: status) }
      for _ in 0..<maximumIterations {
        status = gsl_multimin_fminimizer_iterate(minimizer)
        if status != 0 || gsl_multimin_fminimizer_size(minimizer) < tolerance { break }
      }
      return (
        (0..<count).map { gsl_vector_get(minimizer.pointee.x, $0) }, minimizer.pointee.fval
      )
    }
  }
}
