#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <gsl/gsl_multimin.h>

// GSL exposes its methods as mutable globals, which Swift 6 does not let in.
static inline const gsl_multifit_nlinear_type *gsl_trust_region(void) {
  return gsl_multifit_nlinear_trust;
}

static inline const gsl_multimin_fminimizer_type *gsl_simplex(void) {
  return gsl_multimin_fminimizer_nmsimplex2;
}
