#pragma once
#include <string.h>
#include <zlib.h>

// inflateInit2 is a macro, which Swift does not import. 15 window bits, negative: no zlib header,
// as zip members are stored.
static inline int sibyl_inflate_init_raw(z_stream *stream) {
  memset(stream, 0, sizeof *stream);
  return inflateInit2(stream, -15);
}
