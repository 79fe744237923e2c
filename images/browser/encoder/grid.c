#include "grid.h"

#include <stdlib.h>
#include <string.h>

static int least(int a, int b) { return a < b ? a : b; }

void grid_init(struct grid *grid, int width, int height) {
  grid->width = width;
  grid->height = height;
  grid->columns = (width + tile_px - 1) / tile_px;
  grid->rows = (height + tile_px - 1) / tile_px;
  grid->marks = calloc((size_t)grid->columns * (size_t)grid->rows, 1);
  if (!grid->marks) abort();
}

void grid_free(struct grid *grid) {
  free(grid->marks);
  grid->marks = NULL;
}

static size_t size_of(const struct grid *grid) {
  return (size_t)grid->columns * (size_t)grid->rows;
}

void grid_clear(struct grid *grid) { memset(grid->marks, 0, size_of(grid)); }

void grid_fill(struct grid *grid) { memset(grid->marks, 1, size_of(grid)); }

bool grid_any(const struct grid *grid) { return memchr(grid->marks, 1, size_of(grid)) != NULL; }

void grid_mark(struct grid *grid, int x, int y, int w, int h) {
  int right = least(x + w, grid->width), bottom = least(y + h, grid->height);
  if (x < 0) x = 0;
  if (y < 0) y = 0;
  if (x >= right || y >= bottom) return;
  int first = x / tile_px, last = (right - 1) / tile_px;
  for (int row = y / tile_px; row <= (bottom - 1) / tile_px; row += 1)
    memset(&grid->marks[row * grid->columns + first], 1, (size_t)(last - first + 1));
}

struct rect grid_tile(const struct grid *grid, int column, int row) {
  int x = column * tile_px, y = row * tile_px;
  return (struct rect){(uint16_t)x, (uint16_t)y, (uint16_t)least(tile_px, grid->width - x),
                       (uint16_t)least(tile_px, grid->height - y)};
}

int grid_area(const struct grid *grid) {
  int area = 0;
  for (int row = 0; row < grid->rows; row += 1)
    for (int column = 0; column < grid->columns; column += 1)
      if (grid->marks[row * grid->columns + column]) {
        struct rect tile = grid_tile(grid, column, row);
        area += tile.w * tile.h;
      }
  return area;
}

bool grid_span(const struct grid *grid, int *top, int *bottom) {
  const uint8_t *first = memchr(grid->marks, 1, size_of(grid));
  if (!first) return false;
  int last = (int)size_of(grid) - 1;
  while (!grid->marks[last]) last -= 1;
  *top = (int)(first - grid->marks) / grid->columns * tile_px;
  *bottom = least((last / grid->columns + 1) * tile_px, grid->height);
  return true;
}

/* Runs of marks in one row of tiles, laid on to the rectangle above when that has the same ends. */
int grid_rects(const struct grid *grid, struct rect *out) {
  int count = 0, open = 0;
  for (int row = 0; row < grid->rows; row += 1) {
    const uint8_t *marks = &grid->marks[row * grid->columns];
    int first_of_row = count;
    for (int column = 0; column < grid->columns; column += 1) {
      if (!marks[column]) continue;
      int end = column;
      while (end < grid->columns && marks[end]) end += 1;
      struct rect run = grid_tile(grid, column, row);
      run.w = (uint16_t)(least(end * tile_px, grid->width) - run.x);
      bool joined = false;
      for (int at = open; at < first_of_row && !joined; at += 1)
        if (out[at].x == run.x && out[at].w == run.w && out[at].y + out[at].h == run.y) {
          out[at].h = (uint16_t)(out[at].h + run.h);
          joined = true;
        }
      if (!joined) {
        if (count == max_rects) {
          /* Too scattered to be worth a list: everything between the first and the last mark. */
          int top = 0, bottom = 0;
          grid_span(grid, &top, &bottom);
          out[0] = (struct rect){0, (uint16_t)top, (uint16_t)grid->width, (uint16_t)(bottom - top)};
          return 1;
        }
        out[count++] = run;
      }
      column = end;
    }
    /* Rectangles that ended more than a row ago cannot grow any more. */
    while (open < count && out[open].y + out[open].h < (row + 1) * tile_px) open += 1;
  }
  return count;
}
