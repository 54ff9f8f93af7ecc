// Vector operations that Swift's SIMD types scalarise; each inlines to one or two instructions.
#ifndef CVECTOR_H
#define CVECTOR_H

typedef float f32x16 __attribute__((ext_vector_type(16)));

static inline f32x16 f32x16_sqrt(f32x16 x) { return __builtin_elementwise_sqrt(x); }
static inline f32x16 f32x16_max(f32x16 x, f32x16 y) { return __builtin_elementwise_max(x, y); }
static inline f32x16 f32x16_min(f32x16 x, f32x16 y) { return __builtin_elementwise_min(x, y); }

// 2^n for integral n in [-126, 127], through the exponent bits.
static inline f32x16 f32x16_exp2i(f32x16 n) {
  typedef int i32x16 __attribute__((ext_vector_type(16)));
  i32x16 bits = (__builtin_convertvector(n, i32x16) + 127) << 23;
  f32x16 result;
  __builtin_memcpy(&result, &bits, sizeof result);
  return result;
}

static inline f32x16 f32x16_round(f32x16 x) { return __builtin_elementwise_roundeven(x); }

typedef double f64x8 __attribute__((ext_vector_type(8)));

typedef long long i64x8 __attribute__((ext_vector_type(8)));

// Whether all, or any, lanes of a mask (0 or -1 each) are set.
static inline int i64x8_all(i64x8 mask) { return __builtin_reduce_and(mask) != 0; }
static inline int i64x8_any(i64x8 mask) { return __builtin_reduce_or(mask) != 0; }

static inline f64x8 f64x8_sqrt(f64x8 x) { return __builtin_elementwise_sqrt(x); }

#endif
