#include "view.h"

#include <stdlib.h>
#include <string.h>

#include "motion.h"
#include "wire.h"

enum {
  runs_below_px = 6000,
  moves_above_px = 16384,
  video_given_up_ms = 10000,
  refine_bytes = 48 * 1024,
};

void view_init(struct view *view, int width, int height) {
  view->shown = calloc((size_t)width * (size_t)height, sizeof *view->shown);
  if (!view->shown) abort();
  grid_init(&view->changed, width, height);
  grid_init(&view->approximate, width, height);
  grid_init(&view->scratch, width, height);
  view->video = NULL;
  view->key_wanted = true;
  view->fresh = true;
}

void view_free(struct view *view) {
  free(view->shown);
  grid_free(&view->changed);
  grid_free(&view->approximate);
  grid_free(&view->scratch);
  video_close(view->video);
  view->video = NULL;
}

void view_reset(struct view *view, int width, int height) {
  view_free(view);
  view_init(view, width, height);
}

void view_rest(struct view *view, double now_ms) {
  if (!view->video || now_ms - view->video_used_ms < video_given_up_ms) return;
  video_close(view->video);
  view->video = NULL;
  view->key_wanted = true;
}

static void begin_update(struct view *view, double now_ms) {
  view->update.length = 0;
  put_u32(&view->update, ++view->sequence);
  put_u32(&view->update, (uint32_t)(uint64_t)now_ms);
  put_u16(&view->update, (uint16_t)view->changed.width);
  put_u16(&view->update, (uint16_t)view->changed.height);
}

/* Marks, of the tiles marked in `among`, those whose pixels differ from what is shown. */
static void compare(struct view *view, const struct grid *among, const uint32_t *now) {
  struct grid *changed = &view->changed;
  for (int row = 0; row < changed->rows; row += 1)
    for (int column = 0; column < changed->columns; column += 1) {
      int tile_at = row * changed->columns + column;
      bool differs = false;
      if (among->marks[tile_at]) {
        struct rect tile = grid_tile(changed, column, row);
        for (int y = tile.y; y < tile.y + tile.h && !differs; y += 1) {
          size_t at = (size_t)y * (size_t)changed->width + tile.x;
          differs = memcmp(now + at, view->shown + at, (size_t)tile.w * 4) != 0;
        }
      }
      changed->marks[tile_at] = differs;
    }
}

static void take_over(struct view *view, const struct grid *tiles, const uint32_t *now) {
  for (int row = 0; row < tiles->rows; row += 1)
    for (int column = 0; column < tiles->columns; column += 1) {
      if (!tiles->marks[row * tiles->columns + column]) continue;
      struct rect tile = grid_tile(tiles, column, row);
      for (int y = tile.y; y < tile.y + tile.h; y += 1) {
        size_t at = (size_t)y * (size_t)tiles->width + tile.x;
        memcpy(view->shown + at, now + at, (size_t)tile.w * 4);
      }
    }
}

/* What is approximate moves along, and touches one tile more where the move is no whole tiles. */
static void move_approximate(struct view *view, const struct move *move) {
  struct grid *old = &view->scratch, *grid = &view->approximate;
  memcpy(old->marks, grid->marks, (size_t)grid->columns * (size_t)grid->rows);
  int by = move->from_y - move->to.y;
  for (int row = move->to.y / tile_px; row * tile_px < move->to.y + move->to.h; row += 1)
    for (int column = move->to.x / tile_px; column * tile_px < move->to.x + move->to.w; column += 1) {
      int top = row * tile_px + by, bottom = top + tile_px - 1;
      int low = (top < 0 ? 0 : top) / tile_px;
      int high = bottom / tile_px < grid->rows - 1 ? bottom / tile_px : grid->rows - 1;
      for (int source = low; source <= high; source += 1)
        if (old->marks[source * grid->columns + column])
          grid->marks[row * grid->columns + column] = 1;
    }
}

static void apply_move(struct view *view, const struct move *move) {
  int width = view->changed.width, h = move->to.h;
  bool up = move->from_y > move->to.y;
  for (int n = 0; n < h; n += 1) {
    int row = up ? n : h - 1 - n;
    memcpy(view->shown + (size_t)(move->to.y + row) * (size_t)width + move->to.x,
           view->shown + (size_t)(move->from_y + row) * (size_t)width + move->to.x,
           (size_t)move->to.w * 4);
  }
  move_approximate(view, move);
}

static void put_moves(struct view *view, struct grid *damaged, const uint32_t *now) {
  struct move moves[max_moves];
  int count = find_moves(&view->changed, view->shown, now, moves);
  for (int at = 0; at < count; at += 1) {
    const struct move *move = &moves[at];
    apply_move(view, move);
    struct bytes *out = &view->update;
    put_u8(out, part_move);
    put_u16(out, move->to.x);
    put_u16(out, move->to.y);
    put_u16(out, move->to.w);
    put_u16(out, move->to.h);
    put_u16(out, move->from_y);
    grid_mark(damaged, move->to.x, move->to.y, move->to.w, move->to.h);
  }
  if (count > 0) compare(view, damaged, now);
}

static void put_rects(struct bytes *out, const struct rect *parts, int count) {
  put_u16(out, (uint16_t)count);
  for (int at = 0; at < count; at += 1) {
    put_u16(out, parts[at].x);
    put_u16(out, parts[at].y);
    put_u16(out, parts[at].w);
    put_u16(out, parts[at].h);
  }
}

/* Appends what `encode` makes, with its length before it. */
static void put_length(struct bytes *out, size_t at) {
  uint32_t length = (uint32_t)(out->length - at - 4);
  for (int byte = 0; byte < 4; byte += 1) out->data[at + (size_t)byte] = (uint8_t)(length >> (24 - 8 * byte));
}

/* Parts of about one width share a picture: as wide as the widest, it wastes little on the others. */
static int by_width(const void *a, const void *b) {
  return ((const struct rect *)b)->w - ((const struct rect *)a)->w;
}

static void put_lossless(struct view *view, const struct grid *tiles, const uint32_t *now) {
  static struct rect parts[max_rects];
  int count = grid_rects(tiles, parts);
  struct bytes *out = &view->update;
  bool runs = grid_area(tiles) < runs_below_px;
  if (!runs) qsort(parts, (size_t)count, sizeof *parts, by_width);
  for (int first = 0; first < count;) {
    int end = runs ? count : first;
    while (end < count && parts[end].w * 2 > parts[first].w) end += 1;
    put_u8(out, runs ? part_runs : part_png);
    put_rects(out, parts + first, end - first);
    size_t at = out->length;
    put_u32(out, 0);
    (runs ? encode_runs : encode_png)(out, now, tiles->width, parts + first, end - first);
    put_length(out, at);
    first = end;
  }
}

static void put_video(struct view *view, const struct grid *tiles, const uint32_t *now,
                      const struct pace *pace, double now_ms) {
  static struct rect parts[max_rects];
  if (!view->video) {
    view->video = video_open(tiles->width, tiles->height);
    view->kbit = 0;
  }
  uint32_t kbit = pace_kbit(pace);
  if (kbit * 4 < view->kbit * 3 || kbit * 3 > view->kbit * 4) video_limit(view->video, view->kbit = kbit);
  struct bytes *out = &view->update;
  put_u8(out, part_video);
  size_t key_at = out->length;
  put_u8(out, 0);
  put_rects(out, parts, grid_rects(tiles, parts));
  size_t at = out->length;
  put_u32(out, 0);
  out->data[key_at] = video_encode(view->video, now, view->key_wanted, out);
  put_length(out, at);
  view->key_wanted = false;
  view->video_used_ms = now_ms;
}

static void mark_approximate(struct view *view, const struct grid *tiles, uint8_t mark) {
  for (int at = 0; at < tiles->columns * tiles->rows; at += 1)
    if (tiles->marks[at]) view->approximate.marks[at] = mark;
}

bool view_update(struct view *view, struct screen *screen, struct pace *pace, double now_ms) {
  const uint32_t *now = screen->pixels;
  compare(view, &screen->damaged, now);
  if (view->fresh) grid_fill(&view->changed);
  view->fresh = false;
  bool differs = grid_any(&view->changed);
  if (differs) {
    begin_update(view, now_ms);
    if (view->video) video_changed(view->video, &view->changed);
    if (grid_area(&view->changed) > moves_above_px) put_moves(view, &screen->damaged, now);
    if (grid_any(&view->changed)) {
      size_t cost = estimate_lossless(&view->changed, now);
      bool lossless = cost <= pace_lossless(pace, now_ms);
      size_t before = view->update.length;
      if (lossless) put_lossless(view, &view->changed, now);
      else put_video(view, &view->changed, now, pace, now_ms);
      if (lossless) pace_spend(pace, view->update.length - before);
      mark_approximate(view, &view->changed, !lossless);
      take_over(view, &view->changed, now);
    }
  }
  grid_clear(&screen->damaged);
  return differs;
}

bool view_refine(struct view *view, const struct screen *screen, struct pace *pace,
                 double now_ms) {
  struct grid *some = &view->scratch, *approximate = &view->approximate;
  if (!grid_any(approximate)) return false;
  size_t allowed = pace_lossless(pace, now_ms), cost = 0;
  if (allowed > refine_bytes) allowed = refine_bytes;
  grid_clear(some);
  /* Row by row of tiles, at least one. */
  for (int row = 0; row < some->rows && (cost == 0 || cost < allowed); row += 1) {
    size_t start = (size_t)row * (size_t)some->columns;
    memcpy(some->marks + start, approximate->marks + start, (size_t)some->columns);
    cost = estimate_lossless(some, screen->pixels);
  }
  begin_update(view, now_ms);
  size_t before = view->update.length;
  put_lossless(view, some, screen->pixels);
  pace_spend(pace, view->update.length - before);
  mark_approximate(view, some, 0);
  return true;
}
