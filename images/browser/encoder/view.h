/*
 * What the terminal shows, as far as it is known here, and the updates that bring it up to date: what
 * moved, lossless parts, and video where lossless would be too many bytes. Remembers which tiles are
 * shown approximately; at rest they are sent again, pixel for pixel.
 */
#ifndef HANARE_VIEW_H
#define HANARE_VIEW_H

#include "pace.h"
#include "screen.h"
#include "still.h"
#include "video.h"

struct view {
  uint32_t *shown; /* the pixels that the terminal has been told, exact or approximated */
  struct grid changed, approximate, scratch;
  struct video *video;
  bool fresh; /* the terminal has nothing yet */
  bool key_wanted;
  double video_used_ms;
  uint32_t kbit;
  uint32_t sequence;
  struct bytes update;
};

void view_init(struct view *view, int width, int height);
/* The terminal has lost its picture, or the display its size. */
void view_reset(struct view *view, int width, int height);
void view_free(struct view *view);
/* Makes an update of what is damaged; false when nothing differs. The damage is taken. */
bool view_update(struct view *view, struct screen *screen, struct pace *pace, double now_ms);
/* Makes an update that shows some of the approximate tiles exactly. */
bool view_refine(struct view *view, const struct screen *screen, struct pace *pace, double now_ms);
/* Gives up what only moving pictures need. */
void view_rest(struct view *view, double now_ms);

#endif
