// Vector operations that Swift's SIMD types scalarise; each inlines to one or two instructions.
#ifndef CVECTOR_H
#define CVECTOR_H

// Whether there are 32 registers of 16 floats.
#ifdef __AVX512F__
#define CVECTOR_HAS_WIDE_REGISTERS 1
#else
#define CVECTOR_HAS_WIDE_REGISTERS 0
#endif

typedef float f32x16 __attribute__((ext_vector_type(16)));

static inline f32x16 f32x16_sqrt(f32x16 x) { return __builtin_elementwise_sqrt(x); }

// The larger and the smaller; y where either is not a number, which is what x86 does in one instruction.
static inline f32x16 f32x16_max(f32x16 x, f32x16 y) { return x > y ? x : y; }
static inline f32x16 f32x16_min(f32x16 x, f32x16 y) { return x < y ? x : y; }

// 2^n from n + 127 + 1.5 * 2^23, n integral in [-126, 127]: the last bits of that sum are the exponent.
static inline f32x16 f32x16_exp2_of_sum(f32x16 sum) {
  typedef int i32x16 __attribute__((ext_vector_type(16)));
  i32x16 bits;
  __builtin_memcpy(&bits, &sum, sizeof bits);
  bits <<= 23;
  f32x16 result;
  __builtin_memcpy(&result, &bits, sizeof result);
  return result;
}

// The exponent and the mantissa, in [1/sqrt 2, sqrt 2), of positive normal numbers.
static inline f32x16 f32x16_exponent(f32x16 x) {
  typedef int i32x16 __attribute__((ext_vector_type(16)));
  i32x16 bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  return __builtin_convertvector((bits - 0x3f3504f3) >> 23, f32x16);
}

static inline f32x16 f32x16_mantissa(f32x16 x) {
  typedef int i32x16 __attribute__((ext_vector_type(16)));
  i32x16 bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  bits -= ((bits - 0x3f3504f3) >> 23) << 23;
  f32x16 result;
  __builtin_memcpy(&result, &bits, sizeof result);
  return result;
}

static inline f32x16 f32x16_abs(f32x16 x) { return __builtin_elementwise_abs(x); }

static inline float f32x16_largest(f32x16 x) { return __builtin_reduce_max(x); }

static inline f32x16 f32x16_round(f32x16 x) { return __builtin_elementwise_roundeven(x); }

// Transposes a block of at most 16 rows, zeros below, and 16 columns, of which the first are written.
//
// Four times, the rows of the upper half are interleaved with those of the lower half.
static inline void f32x16_transpose(
    const float *source, long source_stride, long rows, float *target, long target_stride,
    long columns) {
  // Unrolled, the block stays in registers.
  f32x16 block[16], mixed[16];
#pragma clang loop unroll(full)
  for (long k = 0; k < 16; k++) {
    block[k] = (f32x16)0;
    if (k < rows) __builtin_memcpy(&block[k], source + k * source_stride, sizeof block[k]);
  }
#pragma clang loop unroll(full)
  for (int round = 0; round < 4; round++) {
    for (int k = 0; k < 8; k++) {
      mixed[2 * k] = __builtin_shufflevector(
          block[k], block[k + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      mixed[2 * k + 1] = __builtin_shufflevector(
          block[k], block[k + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
    for (int k = 0; k < 16; k++) block[k] = mixed[k];
  }
#pragma clang loop unroll(full)
  for (long k = 0; k < 16; k++) {
    if (k < columns) __builtin_memcpy(target + k * target_stride, &block[k], sizeof block[k]);
  }
}

typedef double f64x8 __attribute__((ext_vector_type(8)));

typedef long long i64x8 __attribute__((ext_vector_type(8)));

// Whether all, or any, lanes of a mask (0 or -1 each) are set.
static inline int i64x8_all(i64x8 mask) { return __builtin_reduce_and(mask) != 0; }
static inline int i64x8_any(i64x8 mask) { return __builtin_reduce_or(mask) != 0; }

static inline f64x8 f64x8_sqrt(f64x8 x) { return __builtin_elementwise_sqrt(x); }

static inline f64x8 f64x8_abs(f64x8 x) { return __builtin_elementwise_abs(x); }

// The larger and the smaller; y where either is not a number.
static inline f64x8 f64x8_max(f64x8 x, f64x8 y) { return x > y ? x : y; }
static inline f64x8 f64x8_min(f64x8 x, f64x8 y) { return x < y ? x : y; }

// Logarithms of positive normal numbers and powers of two, |x| < 1000, to about 1e-6: for lengths of steps.
static inline f64x8 f64x8_rough_log2(f64x8 x) {
  i64x8 bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  i64x8 exponent = (bits - 0x3fe6a09e667f3bcd) >> 52;
  bits -= exponent << 52;
  f64x8 mantissa;
  __builtin_memcpy(&mantissa, &bits, sizeof mantissa);
  f64x8 t = (mantissa - 1) / (mantissa + 1);
  f64x8 square = t * t;
  return __builtin_convertvector(exponent, f64x8)
         + t * (2.8853900817779268 + square * (0.9617966939259756 + square * 0.5770780163555854));
}

static inline f64x8 f64x8_rough_exp2(f64x8 x) {
  f64x8 whole = __builtin_elementwise_roundeven(x);
  f64x8 t = (x - whole) * 0.6931471805599453;
  f64x8 y = 1 + t * (1 + t * (1.0 / 2 + t * (1.0 / 6 + t * (1.0 / 24 + t * (1.0 / 120)))));
  i64x8 bits;
  __builtin_memcpy(&bits, &y, sizeof bits);
  bits += __builtin_convertvector(whole, i64x8) << 52;
  __builtin_memcpy(&y, &bits, sizeof y);
  return y;
}

// The largest powers of two not above positive normal numbers.
static inline f64x8 f64x8_power_below(f64x8 x) {
  i64x8 bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  bits &= 0x7ff0000000000000;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

// Lane l is the one of those of x, followed by those of y, that is number lanes[l] in [0, 16).
static inline f64x8 f64x8_select(f64x8 x, f64x8 y, i64x8 lanes) {
#ifdef __AVX512F__
  return (f64x8)__builtin_ia32_vpermi2varpd512(x, lanes, y);
#else
  double both[16];
  f64x8 selected;
  __builtin_memcpy(both, &x, sizeof x);
  __builtin_memcpy(both + 8, &y, sizeof y);
  for (int k = 0; k < 8; k++) selected[k] = both[lanes[k] & 15];
  return selected;
#endif
}

// The nearest integers below and above.
static inline f64x8 f64x8_floor(f64x8 x) { return __builtin_elementwise_floor(x); }
static inline f64x8 f64x8_ceil(f64x8 x) { return __builtin_elementwise_ceil(x); }

// Of integral values below 2^31 in magnitude.
static inline i64x8 f64x8_integer(f64x8 x) { return __builtin_convertvector(x, i64x8); }
static inline long f64_integer(double x) { return (long)x; }

// Copies four rows of four pairs transposed; strides are from row to row.
static inline void f64_transpose_pairs(
    const double *source, long source_stride, double *target, long target_stride) {
  f64x8 a, b, c, d;
  __builtin_memcpy(&a, source, sizeof a);
  __builtin_memcpy(&b, source + source_stride, sizeof b);
  __builtin_memcpy(&c, source + 2 * source_stride, sizeof c);
  __builtin_memcpy(&d, source + 3 * source_stride, sizeof d);
  f64x8 ab_even = __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
  f64x8 cd_even = __builtin_shufflevector(c, d, 0, 1, 8, 9, 4, 5, 12, 13);
  f64x8 ab_odd = __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
  f64x8 cd_odd = __builtin_shufflevector(c, d, 2, 3, 10, 11, 6, 7, 14, 15);
  a = __builtin_shufflevector(ab_even, cd_even, 0, 1, 2, 3, 8, 9, 10, 11);
  b = __builtin_shufflevector(ab_odd, cd_odd, 0, 1, 2, 3, 8, 9, 10, 11);
  c = __builtin_shufflevector(ab_even, cd_even, 4, 5, 6, 7, 12, 13, 14, 15);
  d = __builtin_shufflevector(ab_odd, cd_odd, 4, 5, 6, 7, 12, 13, 14, 15);
  __builtin_memcpy(target, &a, sizeof a);
  __builtin_memcpy(target + target_stride, &b, sizeof b);
  __builtin_memcpy(target + 2 * target_stride, &c, sizeof c);
  __builtin_memcpy(target + 3 * target_stride, &d, sizeof d);
}

// Asks for the cache line at an address that is read soon.
static inline void prefetch(const void *address) { __builtin_prefetch(address); }

#endif
