/*
 * Lossless pictures of parts of the display: very small ones as runs of colours, which a page decodes at
 * once; all others as PNG (ISO/IEC 15948), with a palette where 256 colours are enough. Pure.
 */
#ifndef HANARE_STILL_H
#define HANARE_STILL_H

#include <stddef.h>
#include <stdint.h>

#include "grid.h"

struct bytes {
  uint8_t *data;
  size_t length, capacity;
};

void bytes_free(struct bytes *bytes);
/* Makes room for `more` and returns where they go; the length grows by that much. */
uint8_t *bytes_grow(struct bytes *bytes, size_t more);
void put_u8(struct bytes *out, uint8_t value);
void put_u16(struct bytes *out, uint16_t value);
void put_u32(struct bytes *out, uint32_t value);

/* Bytes that a lossless picture of the marked tiles will take, roughly. */
size_t estimate_lossless(const struct grid *grid, const uint32_t *pixels);

/* The parts one below the other, in one PNG as wide as the widest. */
void encode_png(struct bytes *out, const uint32_t *pixels, int stride, const struct rect *parts,
                int count);
/* The parts one after the other as (length 1..255, red, green, blue). */
void encode_runs(struct bytes *out, const uint32_t *pixels, int stride, const struct rect *parts,
                 int count);

#endif
