/*
 * The X display as pixels: what was drawn on (DAMAGE), a copy of it (MIT-SHM), the pointer's shape
 * (XFIXES). Reads only.
 */
#ifndef HANARE_SCREEN_H
#define HANARE_SCREEN_H

#include <X11/Xlib.h>
#include <X11/extensions/XShm.h>

#include "grid.h"

struct cursor {
  uint16_t width, height, hot_x, hot_y;
  uint8_t *rgba; /* not premultiplied */
};

struct screen {
  Display *display;
  Window root;
  int width, height;
  int damage_event, cursor_event;
  XShmSegmentInfo memory;
  XImage *image;
  uint32_t *pixels;
  struct grid damaged;
  bool resized, cursor_changed;
};

bool screen_open(struct screen *screen);
int screen_socket(const struct screen *screen);
/* Takes what the display has said; `damaged`, `resized` and `cursor_changed` tell. */
void screen_hear(struct screen *screen);
/* Takes on the display's present size; everything is damaged afterwards. */
void screen_resize(struct screen *screen);
/* Copies the rows that hold damage. False when the display has another size meanwhile. */
bool screen_grab(struct screen *screen, int top, int bottom);
/* The caller frees `rgba`. A shape larger than `largest` pixels is left out. */
bool screen_cursor(struct screen *screen, int largest, struct cursor *out);

#endif
