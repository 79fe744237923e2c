#include "still.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

enum { palette_slots = 1024, deflate_level = 3, rgb_mask = 0xffffff };

void bytes_free(struct bytes *bytes) {
  free(bytes->data);
  *bytes = (struct bytes){0};
}

uint8_t *bytes_grow(struct bytes *bytes, size_t more) {
  if (bytes->length + more > bytes->capacity) {
    bytes->capacity = (bytes->length + more) * 2 + 4096;
    bytes->data = realloc(bytes->data, bytes->capacity);
    if (!bytes->data) abort();
  }
  uint8_t *at = bytes->data + bytes->length;
  bytes->length += more;
  return at;
}

void put_u8(struct bytes *out, uint8_t value) { *bytes_grow(out, 1) = value; }

void put_u16(struct bytes *out, uint16_t value) {
  uint8_t *at = bytes_grow(out, 2);
  at[0] = (uint8_t)(value >> 8);
  at[1] = (uint8_t)value;
}

void put_u32(struct bytes *out, uint32_t value) {
  put_u16(out, (uint16_t)(value >> 16));
  put_u16(out, (uint16_t)value);
}

size_t estimate_lossless(const struct grid *grid, const uint32_t *pixels) {
  size_t edges = 0, tiles = 0;
  for (int row = 0; row < grid->rows; row += 1)
    for (int column = 0; column < grid->columns; column += 1) {
      if (!grid->marks[row * grid->columns + column]) continue;
      tiles += 1;
      struct rect tile = grid_tile(grid, column, row);
      for (int y = 0; y < tile.h; y += 1) {
        const uint32_t *line = pixels + (size_t)(tile.y + y) * (size_t)grid->width + tile.x;
        for (int x = 1; x < tile.w; x += 1) edges += line[x] != line[x - 1];
      }
    }
  return tiles * 2 + edges * 3 / 2;
}

struct palette {
  int count;
  uint32_t colours[256];
  uint32_t keys[palette_slots]; /* colour + 1; 0 is free */
  uint8_t index[palette_slots];
};

static int find_slot(const struct palette *palette, uint32_t colour) {
  uint32_t slot = (colour * 0x9e3779b1u) >> 22;
  while (palette->keys[slot] != 0 && palette->keys[slot] != colour + 1)
    slot = (slot + 1) % palette_slots;
  return (int)slot;
}

static bool make_palette(struct palette *palette, const uint32_t *pixels, int stride,
                         const struct rect *parts, int count) {
  memset(palette, 0, sizeof *palette);
  uint32_t last = 0xffffffff;
  for (int at = 0; at < count; at += 1)
    for (int y = 0; y < parts[at].h; y += 1) {
      const uint32_t *line = pixels + (size_t)(parts[at].y + y) * (size_t)stride + parts[at].x;
      for (int x = 0; x < parts[at].w; x += 1) {
        uint32_t colour = line[x] & rgb_mask;
        if (colour == last) continue;
        last = colour;
        int slot = find_slot(palette, colour);
        if (palette->keys[slot] != 0) continue;
        if (palette->count == 256) return false;
        palette->keys[slot] = colour + 1;
        palette->index[slot] = (uint8_t)palette->count;
        palette->colours[palette->count++] = colour;
      }
    }
  return true;
}

static void chunk(struct bytes *out, const char *type, const uint8_t *data, size_t length) {
  put_u32(out, (uint32_t)length);
  size_t start = out->length;
  memcpy(bytes_grow(out, 4), type, 4);
  if (length > 0) memcpy(bytes_grow(out, length), data, length);
  put_u32(out, libdeflate_crc32(0, out->data + start, length + 4));
}

static void write_rgb(uint8_t *to, uint32_t colour) {
  to[0] = (uint8_t)(colour >> 16);
  to[1] = (uint8_t)(colour >> 8);
  to[2] = (uint8_t)colour;
}

/* Filter "sub": the difference to the pixel on the left; photographs shrink by it. */
static void filter_row(uint8_t *to, const uint32_t *line, int w) {
  uint32_t left = 0;
  for (int x = 0; x < w; x += 1) {
    uint32_t pixel = line[x];
    to[3 * x] = (uint8_t)((pixel >> 16) - (left >> 16));
    to[3 * x + 1] = (uint8_t)((pixel >> 8) - (left >> 8));
    to[3 * x + 2] = (uint8_t)(pixel - left);
    left = pixel;
  }
}

static void fill_rows(uint8_t *raw, size_t row_bytes, const struct palette *palette,
                      const uint32_t *pixels, int stride, const struct rect *parts, int count) {
  uint8_t *to = raw;
  for (int at = 0; at < count; at += 1)
    for (int y = 0; y < parts[at].h; y += 1, to += row_bytes) {
      const uint32_t *line = pixels + (size_t)(parts[at].y + y) * (size_t)stride + parts[at].x;
      if (!palette) {
        to[0] = 1;
        filter_row(to + 1, line, parts[at].w);
        continue;
      }
      uint32_t last = line[0] & rgb_mask;
      uint8_t index = palette->index[find_slot(palette, last)];
      for (int x = 0; x < parts[at].w; x += 1) {
        uint32_t colour = line[x] & rgb_mask;
        if (colour != last) index = palette->index[find_slot(palette, last = colour)];
        to[1 + x] = index;
      }
    }
}

void encode_png(struct bytes *out, const uint32_t *pixels, int stride, const struct rect *parts,
                int count) {
  static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  static struct libdeflate_compressor *compressor;
  if (!compressor && !(compressor = libdeflate_alloc_compressor(deflate_level))) abort();
  uint32_t w = 0, h = 0;
  for (int at = 0; at < count; at += 1) {
    if (parts[at].w > w) w = parts[at].w;
    h += parts[at].h;
  }
  struct palette palette;
  bool paletted = make_palette(&palette, pixels, stride, parts, count);
  size_t row_bytes = 1 + (size_t)w * (paletted ? 1 : 3);
  uint8_t *raw = calloc(row_bytes, h);
  if (!raw) abort();
  fill_rows(raw, row_bytes, paletted ? &palette : NULL, pixels, stride, parts, count);

  memcpy(bytes_grow(out, sizeof signature), signature, sizeof signature);
  uint8_t header[13] = {(uint8_t)(w >> 24), (uint8_t)(w >> 16), (uint8_t)(w >> 8), (uint8_t)w,
                        (uint8_t)(h >> 24), (uint8_t)(h >> 16), (uint8_t)(h >> 8), (uint8_t)h,
                        8, paletted ? 3 : 2, 0, 0, 0};
  chunk(out, "IHDR", header, sizeof header);
  if (paletted) {
    uint8_t colours[3 * 256];
    for (int at = 0; at < palette.count; at += 1) write_rgb(&colours[3 * at], palette.colours[at]);
    chunk(out, "PLTE", colours, 3 * (size_t)palette.count);
  }
  size_t bound = libdeflate_zlib_compress_bound(compressor, row_bytes * h);
  uint8_t *packed = malloc(bound);
  if (!packed) abort();
  chunk(out, "IDAT", packed,
        libdeflate_zlib_compress(compressor, raw, row_bytes * h, packed, bound));
  chunk(out, "IEND", NULL, 0);
  free(packed);
  free(raw);
}

static void put_run(struct bytes *out, int length, uint32_t colour) {
  uint8_t *at = bytes_grow(out, 4);
  at[0] = (uint8_t)length;
  write_rgb(at + 1, colour);
}

void encode_runs(struct bytes *out, const uint32_t *pixels, int stride, const struct rect *parts,
                 int count) {
  int length = 0;
  uint32_t current = 0;
  for (int at = 0; at < count; at += 1)
    for (int y = 0; y < parts[at].h; y += 1) {
      const uint32_t *line = pixels + (size_t)(parts[at].y + y) * (size_t)stride + parts[at].x;
      for (int x = 0; x < parts[at].w; x += 1) {
        uint32_t colour = line[x] & rgb_mask;
        if (length > 0 && (colour != current || length == 255)) {
          put_run(out, length, current);
          length = 0;
        }
        current = colour;
        length += 1;
      }
    }
  if (length > 0) put_run(out, length, current);
}
