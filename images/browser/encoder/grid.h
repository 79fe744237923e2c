/*
 * The display as a grid of 16×16 tiles: which of them something is true of (drawn on, changed, shown
 * approximately), and the few rectangles that cover those. Pure.
 */
#ifndef HANARE_GRID_H
#define HANARE_GRID_H

#include <stdbool.h>
#include <stdint.h>

enum { tile_px = 16, max_rects = 512 };

struct rect {
  uint16_t x, y, w, h;
};

struct grid {
  int width, height; /* pixels */
  int columns, rows; /* tiles */
  uint8_t *marks;
};

void grid_init(struct grid *grid, int width, int height);
void grid_free(struct grid *grid);
void grid_clear(struct grid *grid);
void grid_fill(struct grid *grid);
bool grid_any(const struct grid *grid);
/* Marks every tile that the area touches; what lies outside the display is cut off. */
void grid_mark(struct grid *grid, int x, int y, int w, int h);
/* Pixels in marked tiles. */
int grid_area(const struct grid *grid);
/* Rows of pixels between the first and the last mark; false when there is none. */
bool grid_span(const struct grid *grid, int *top, int *bottom);
/* Covers the marks with at most max_rects rectangles, in pixels; returns how many. */
int grid_rects(const struct grid *grid, struct rect *out);
/* The rectangle of one tile, cut at the display's edge. */
struct rect grid_tile(const struct grid *grid, int column, int row);

#endif
