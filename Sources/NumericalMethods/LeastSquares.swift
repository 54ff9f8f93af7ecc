import CGSL

/// Why a numerical method of the GNU Scientific Library gave no answer.
public struct NumericalError: Error, CustomStringConvertible, Sendable {
  public let description: String

  init(_ method: String, status: Int32) {
    description = "\(method): \(String(cString: gsl_strerror(status)))"
  }
}

/// Nonlinear least squares by the trust-region Levenberg–Marquardt method with numerical derivatives.
///
/// Reference: Moré (1978), "The Levenberg–Marquardt algorithm", LNM 630; GSL's `multifit_nlinear`.
public enum LeastSquares {
  /// GSL's default handler aborts the process; statuses are turned into errors instead.
  private static let handlerIsOff: Void = { gsl_set_error_handler_off() }()

  private final class Problem {
    private let residuals: (UnsafeBufferPointer<Double>, UnsafeMutableBufferPointer<Double>) -> Void
    private let scratch: UnsafeMutableBufferPointer<Double>

    init(
      count: Int,
      _ residuals:
        @escaping (UnsafeBufferPointer<Double>, UnsafeMutableBufferPointer<Double>) -> Void
    ) {
      self.residuals = residuals
      scratch = .allocate(capacity: count)
      scratch.initialize(repeating: 0)
    }

    deinit { scratch.deallocate() }

    func evaluate(_ parameters: gsl_vector, into values: gsl_vector) {
      residuals(UnsafeBufferPointer(start: parameters.data, count: parameters.size), scratch)
      // For derivatives GSL passes columns of its matrix, whose elements are a stride apart.
      // Comparisons with NaN would let a step into it pass as a good one; infinity is turned down.
      for index in 0..<values.size {
        values.data[index * values.stride] = scratch[index].isNaN ? .infinity : scratch[index]
      }
    }
  }

  /// The parameters `[p]` near `start` that minimise Σ residual², and that sum.
  ///
  /// `residuals` writes `count` values for given parameters. Derivatives are forward differences with
  /// steps of `differenceStep` times the parameter, so choose parameters of order one, and the step
  /// above the noise of the residuals. It stops at relative steps of 1e-8.
  ///
  /// - Throws: `NumericalError` when the library cannot proceed at all or the residuals are not finite
  ///   at the start; a run that uses up its iterations returns the best point found.
  /// - Complexity: (p + 1) evaluations per iteration.
  public static func minimize(
    start: [Double], count: Int, maximumIterations: Int = 100, differenceStep: Double = 1.5e-8,
    residuals:
      @escaping (UnsafeBufferPointer<Double>, UnsafeMutableBufferPointer<Double>) -> Void
  ) throws -> (parameters: [Double], sum: Double) {
    precondition(count >= start.count && !start.isEmpty)
    _ = handlerIsOff
    let problem = Problem(count: count, residuals)
    return try withExtendedLifetime(problem) {
      var function = gsl_multifit_nlinear_fdf()
      function.n = count
      function.p = start.count
      function.params = Unmanaged.passUnretained(problem).toOpaque()
      function.f = { parameters, context, values in
        let problem = Unmanaged<Problem>.fromOpaque(context!).takeUnretainedValue()
        problem.evaluate(parameters!.pointee, into: values!.pointee)
        return 0
      }
      var options = gsl_multifit_nlinear_default_parameters()
      options.h_df = differenceStep
      guard
        let workspace = gsl_multifit_nlinear_alloc(
          gsl_trust_region(), &options, count, start.count),
        let initial = gsl_vector_alloc(start.count)
      else { throw NumericalError("least squares", status: Int32(GSL_ENOMEM)) }
      defer {
        gsl_multifit_nlinear_free(workspace)
        gsl_vector_free(initial)
      }
      for (index, value) in start.enumerated() { gsl_vector_set(initial, index, value) }
      var status = gsl_multifit_nlinear_init(initial, &function, workspace)
      guard status == 0 else { throw NumericalError("least squares", status: status) }
      var information: Int32 = 0
      status = gsl_multifit_nlinear_driver(
        maximumIterations, 1e-8, 1e-10, 0, nil, nil, &information, workspace)
      guard
        status == 0 || status == Int32(GSL_EMAXITER) || status == Int32(GSL_ENOPROG)
      else { throw NumericalError("least squares", status: status) }
      let position = gsl_multifit_nlinear_position(workspace)
      let residual = gsl_multifit_nlinear_residual(workspace)!
      let parameters = (0..<start.count).map { gsl_vector_get(position, $0) }
      let sum = (0..<count).reduce(0) {
        $0 + gsl_vector_get(residual, $1) * gsl_vector_get(residual, $1)
      }
      guard sum.isFinite else {
        throw NumericalError("least squares", status: Int32(GSL_EBADFUNC))
      }
      return (parameters, sum)
    }
  }
}
