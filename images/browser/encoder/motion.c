#include "motion.h"

#include <stdlib.h>
#include <string.h>

enum { block_px = 64, table_size = 4096, min_rows = 64, min_votes = 24 };

static uint32_t hash_row(const uint32_t *pixels, int count) {
  uint32_t a = 0x9e3779b9u, b = 0x85ebca6bu;
  int at = 0;
  for (; at + 1 < count; at += 2) {
    a = (a ^ pixels[at]) * 0x01000193u;
    b = (b ^ pixels[at + 1]) * 0x01000193u;
  }
  if (at < count) a = (a ^ pixels[at]) * 0x01000193u;
  return (a ^ (b * 31u)) ^ (a >> 15);
}

struct area {
  int left, right, top, bottom;
};

static bool bounds_of(const struct grid *grid, struct area *out) {
  if (!grid_span(grid, &out->top, &out->bottom)) return false;
  int left = grid->columns, right = 0;
  for (int row = 0; row < grid->rows; row += 1)
    for (int column = 0; column < grid->columns; column += 1)
      if (grid->marks[row * grid->columns + column]) {
        if (column < left) left = column;
        if (column >= right) right = column + 1;
      }
  out->left = left * tile_px;
  out->right = right * tile_px < grid->width ? right * tile_px : grid->width;
  return true;
}

struct hashes {
  int rows, blocks;
  uint32_t *old, *now;
};

static void hash_all(const struct grid *grid, const struct area *area, const uint32_t *old,
                     const uint32_t *now, struct hashes *out) {
  for (int block = 0; block < out->blocks; block += 1) {
    int x = area->left + block * block_px;
    int count = area->right - x < block_px ? area->right - x : block_px;
    for (int row = 0; row < out->rows; row += 1) {
      size_t at = (size_t)(area->top + row) * (size_t)grid->width + (size_t)x;
      out->old[block * out->rows + row] = hash_row(old + at, count);
      out->now[block * out->rows + row] = hash_row(now + at, count);
    }
  }
}

/* Each row that looks like exactly one row of before says how far it moved; the most frequent wins. */
static int vote(const struct hashes *hashes) {
  int span = 2 * hashes->rows + 1, best = 0, best_votes = 0;
  int *votes = calloc((size_t)span, sizeof *votes);
  int *first = malloc(table_size * sizeof *first);
  if (!votes || !first) abort();
  for (int block = 0; block < hashes->blocks; block += 1) {
    const uint32_t *old = &hashes->old[block * hashes->rows];
    const uint32_t *now = &hashes->now[block * hashes->rows];
    memset(first, 0xff, table_size * sizeof *first);
    for (int row = 0; row < hashes->rows; row += 1) {
      int *slot = &first[old[row] % table_size];
      *slot = *slot == -1 ? row : -2; /* -2: not distinct */
    }
    for (int row = 0; row < hashes->rows; row += 1) {
      int source = first[now[row] % table_size];
      if (source < 0 || old[source] != now[row]) continue;
      votes[source - row + hashes->rows] += 1;
    }
  }
  for (int at = 0; at < span; at += 1)
    if (at != hashes->rows && votes[at] > best_votes) {
      best = at - hashes->rows;
      best_votes = votes[at];
    }
  int still = votes[hashes->rows];
  free(votes);
  free(first);
  return best_votes >= min_votes && best_votes > still / 4 ? best : 0;
}

/* The rows of one block that came from `by` rows below: from the first to the last that match. */
static bool moved_rows(const struct hashes *hashes, int block, int by, int *from, int *to) {
  const uint32_t *old = &hashes->old[block * hashes->rows];
  const uint32_t *now = &hashes->now[block * hashes->rows];
  int low = by < 0 ? -by : 0, high = by < 0 ? hashes->rows : hashes->rows - by;
  int matches = 0, first = -1, last = -1, changed = 0;
  for (int row = low; row < high; row += 1) {
    if (now[row] != old[row]) changed += 1;
    if (now[row] != old[row + by]) continue;
    matches += 1;
    if (first < 0) first = row;
    last = row;
  }
  if (first < 0 || matches * 4 < (last - first + 1) * 3 || changed * 8 < matches) return false;
  *from = first;
  *to = last + 1;
  return true;
}

int find_moves(const struct grid *changed, const uint32_t *old, const uint32_t *now,
               struct move *out) {
  struct area area;
  if (!bounds_of(changed, &area)) return 0;
  struct hashes hashes = {.rows = area.bottom - area.top,
                          .blocks = (area.right - area.left + block_px - 1) / block_px};
  if (hashes.rows < min_rows) return 0;
  size_t size = (size_t)hashes.rows * (size_t)hashes.blocks * sizeof(uint32_t);
  hashes.old = malloc(size);
  hashes.now = malloc(size);
  if (!hashes.old || !hashes.now) abort();
  hash_all(changed, &area, old, now, &hashes);
  int by = vote(&hashes), count = 0;
  for (int block = 0; by != 0 && block < hashes.blocks; block += 1) {
    int from, to;
    if (!moved_rows(&hashes, block, by, &from, &to)) continue;
    int x = area.left + block * block_px;
    int w = area.right - x < block_px ? area.right - x : block_px;
    struct move move = {{(uint16_t)x, (uint16_t)(area.top + from), (uint16_t)w, (uint16_t)(to - from)},
                        (uint16_t)(area.top + from + by)};
    struct move *last = count > 0 ? &out[count - 1] : NULL;
    /* Neighbours with nearly the same rows are one move: the few rows between are sent anyway. */
    if (last && last->to.x + last->to.w == x && abs(last->to.y - move.to.y) <= tile_px &&
        abs(last->to.y + last->to.h - move.to.y - move.to.h) <= tile_px) {
      last->to.w = (uint16_t)(last->to.w + w);
      int top = last->to.y > move.to.y ? last->to.y : move.to.y;
      int end = last->to.y + last->to.h, other = move.to.y + move.to.h;
      if (other < end) end = other;
      last->to.h = (uint16_t)(end - top);
      last->to.y = (uint16_t)top;
      last->from_y = (uint16_t)(top + by);
    } else if (count < max_moves) {
      out[count++] = move;
    }
  }
  free(hashes.old);
  free(hashes.now);
  return count;
}
