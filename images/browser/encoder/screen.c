#include "screen.h"

#include <X11/Xutil.h>
#include <X11/extensions/Xdamage.h>
#include <X11/extensions/Xfixes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/shm.h>

/* A request can cross a change of size; the next look at the display is right again. */
static bool failed;
static int on_error(Display *display, XErrorEvent *event) {
  (void)display;
  (void)event;
  failed = true;
  return 0;
}

static void share_memory(struct screen *screen) {
  int number = DefaultScreen(screen->display);
  screen->image =
      XShmCreateImage(screen->display, DefaultVisual(screen->display, number), 24, ZPixmap, NULL,
                      &screen->memory, (unsigned)screen->width, (unsigned)screen->height);
  if (!screen->image || screen->image->bits_per_pixel != 32) abort();
  screen->memory.shmid =
      shmget(IPC_PRIVATE, (size_t)screen->width * (size_t)screen->height * 4, IPC_CREAT | 0600);
  if (screen->memory.shmid < 0) abort();
  screen->memory.shmaddr = screen->image->data = shmat(screen->memory.shmid, NULL, 0);
  screen->memory.readOnly = False;
  XShmAttach(screen->display, &screen->memory);
  XSync(screen->display, False);
  /* Goes away with its last user, however that ends. */
  shmctl(screen->memory.shmid, IPC_RMID, NULL);
  screen->pixels = (uint32_t *)(void *)screen->image->data;
  grid_init(&screen->damaged, screen->width, screen->height);
  grid_fill(&screen->damaged);
}

bool screen_open(struct screen *screen) {
  *screen = (struct screen){0};
  if (!(screen->display = XOpenDisplay(NULL))) return false;
  XSetErrorHandler(on_error);
  int base, unused;
  if (!XShmQueryExtension(screen->display)) return false;
  if (!XDamageQueryExtension(screen->display, &base, &unused)) return false;
  screen->damage_event = base + XDamageNotify;
  if (!XFixesQueryExtension(screen->display, &base, &unused)) return false;
  screen->cursor_event = base + XFixesCursorNotify;
  screen->root = DefaultRootWindow(screen->display);
  screen->cursor_changed = true;
  XSelectInput(screen->display, screen->root, StructureNotifyMask);
  XFixesSelectCursorInput(screen->display, screen->root, XFixesDisplayCursorNotifyMask);
  XDamageCreate(screen->display, screen->root, XDamageReportRawRectangles);
  XWindowAttributes attributes;
  XGetWindowAttributes(screen->display, screen->root, &attributes);
  screen->width = attributes.width;
  screen->height = attributes.height;
  share_memory(screen);
  return true;
}

int screen_socket(const struct screen *screen) { return ConnectionNumber(screen->display); }

void screen_hear(struct screen *screen) {
  while (XPending(screen->display) > 0) {
    XEvent event;
    XNextEvent(screen->display, &event);
    if (event.type == screen->damage_event) {
      const XDamageNotifyEvent *damage = (const void *)&event;
      grid_mark(&screen->damaged, damage->area.x, damage->area.y, damage->area.width,
                damage->area.height);
    } else if (event.type == screen->cursor_event) {
      screen->cursor_changed = true;
    } else if (event.type == ConfigureNotify && event.xconfigure.window == screen->root) {
      screen->resized |= event.xconfigure.width != screen->width ||
                         event.xconfigure.height != screen->height;
    }
  }
}

void screen_resize(struct screen *screen) {
  XShmDetach(screen->display, &screen->memory);
  XSync(screen->display, False);
  shmdt(screen->memory.shmaddr);
  screen->image->data = NULL;
  XDestroyImage(screen->image);
  grid_free(&screen->damaged);
  XWindowAttributes attributes;
  XGetWindowAttributes(screen->display, screen->root, &attributes);
  screen->width = attributes.width;
  screen->height = attributes.height;
  screen->resized = false;
  share_memory(screen);
}

bool screen_grab(struct screen *screen, int top, int bottom) {
  failed = false;
  char *data = screen->image->data;
  int height = screen->image->height;
  screen->image->data = data + (size_t)top * (size_t)screen->image->bytes_per_line;
  screen->image->height = bottom - top;
  XShmGetImage(screen->display, screen->root, screen->image, 0, top, AllPlanes);
  screen->image->data = data;
  screen->image->height = height;
  return !failed;
}

bool screen_cursor(struct screen *screen, int largest, struct cursor *out) {
  screen->cursor_changed = false;
  XFixesCursorImage *image = XFixesGetCursorImage(screen->display);
  if (!image) return false;
  bool fits = image->width <= largest && image->height <= largest;
  if (fits) {
    int count = image->width * image->height;
    *out = (struct cursor){image->width, image->height, image->xhot, image->yhot,
                           malloc((size_t)count * 4 + 1)};
    if (!out->rgba) abort();
    for (int at = 0; at < count; at += 1) {
      uint32_t pixel = (uint32_t)image->pixels[at], alpha = pixel >> 24;
      uint8_t *to = out->rgba + 4 * at;
      for (int channel = 0; channel < 3; channel += 1) {
        uint32_t value = (pixel >> (16 - 8 * channel)) & 0xff;
        uint32_t plain = alpha == 0 ? 0 : (value * 255 + alpha / 2) / alpha;
        to[channel] = (uint8_t)(plain > 255 ? 255 : plain);
      }
      to[3] = (uint8_t)alpha;
    }
  }
  XFree(image);
  return fits;
}
