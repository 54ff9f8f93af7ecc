#include "vector.h"
// The shims are inline functions of the header.
