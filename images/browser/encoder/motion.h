/*
 * Finds what merely moved up or down: a scrolled page is the old picture somewhere else, and saying so
 * costs twelve bytes. A wrong guess costs bytes, never truth: what differs afterwards is sent. Pure.
 */
#ifndef HANARE_MOTION_H
#define HANARE_MOTION_H

#include "grid.h"

struct move {
  struct rect to;
  uint16_t from_y;
};

enum { max_moves = 8 };

/* `old` and `now` are pictures of the grid's size, 32 bits a pixel, rows packed. Returns how many. */
int find_moves(const struct grid *changed, const uint32_t *old, const uint32_t *now,
               struct move *out);

#endif
