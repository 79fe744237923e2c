/*
 * hanare-encoder CONTROL-SOCKET STREAM PICTURE-SOCKET: watches the X display and sends the terminal what
 * changed on it, over a connection of its own to the host; hands the person's pointer back to the display.
 * Started by the agent for one viewer, ends with that viewer's connection. Nothing is looked at, encoded or
 * sent while nothing changes, nobody watches, or two updates are under way.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "input.h"
#include "view.h"
#include "wire.h"

static const double rest_ms = 200, least_pause_ms = 4;

struct encoder {
  struct wire wire;
  struct screen screen;
  struct input input;
  struct view view;
  struct pace pace;
  bool watched;
  double looked_ms, changed_ms;
};

static double now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void start_over(struct encoder *encoder) {
  view_reset(&encoder->view, encoder->screen.width, encoder->screen.height);
  grid_fill(&encoder->screen.damaged);
  encoder->screen.cursor_changed = true;
}

static bool obey(struct encoder *encoder, const struct message *message) {
  const uint8_t *payload = message->payload;
  switch (message->type) {
    case frame_ack:
      return message->length == 4 &&
             pace_acknowledged(&encoder->pace, read_u32(payload), now_ms());
    case frame_watch:
      if (message->length != 1) return false;
      encoder->watched = payload[0] == 1;
      return true;
    case frame_pointer:
      return message->length == 5 && input_pointer(&encoder->input, read_u16(payload),
                                                   read_u16(payload + 2), payload[4]);
    case frame_refresh:
      start_over(encoder);
      return true;
    default:
      return false;
  }
}

static bool hear_host(struct encoder *encoder) {
  struct message message;
  int found;
  if (!wire_hear(&encoder->wire)) return false;
  while ((found = wire_next(&encoder->wire, &message)) == 1)
    if (!obey(encoder, &message)) return false;
  return found == 0;
}

static bool send_cursor(struct encoder *encoder) {
  struct cursor cursor;
  if (!screen_cursor(&encoder->screen, largest_cursor, &cursor)) return true;
  struct bytes out = {0};
  put_u16(&out, cursor.width);
  put_u16(&out, cursor.height);
  put_u16(&out, cursor.hot_x);
  put_u16(&out, cursor.hot_y);
  size_t size = (size_t)cursor.width * cursor.height * 4;
  uint8_t *to = bytes_grow(&out, size);
  for (size_t at = 0; at < size; at += 1) to[at] = cursor.rgba[at];
  bool sent = wire_send(&encoder->wire, frame_cursor, out.data, out.length);
  free(cursor.rgba);
  bytes_free(&out);
  return sent;
}

static bool send_update(struct encoder *encoder) {
  struct view *view = &encoder->view;
  pace_sent(&encoder->pace, view->sequence, view->update.length, now_ms());
  return wire_send(&encoder->wire, frame_update, view->update.data, view->update.length);
}

static bool look(struct encoder *encoder) {
  struct screen *screen = &encoder->screen;
  if (screen->resized) {
    screen_resize(screen);
    start_over(encoder);
  }
  int top, bottom;
  if (!grid_span(&screen->damaged, &top, &bottom)) return true;
  encoder->looked_ms = now_ms();
  if (!screen_grab(screen, top, bottom)) {
    /* The news of another size is on its way. */
    screen_hear(screen);
    return true;
  }
  if (!view_update(&encoder->view, screen, &encoder->pace, encoder->looked_ms)) return true;
  encoder->changed_ms = encoder->looked_ms;
  return send_update(encoder);
}

/* Does what may be done now; the time until there is more to do goes to `wait`, -1 for "nothing". */
static bool act(struct encoder *encoder, int *wait) {
  struct screen *screen = &encoder->screen;
  *wait = -1;
  if (!encoder->watched) return true;
  if (screen->cursor_changed && !send_cursor(encoder)) return false;
  if (!pace_free(&encoder->pace)) return true;
  double now = now_ms();
  if (grid_any(&screen->damaged) || screen->resized) {
    double pause = encoder->looked_ms + least_pause_ms - now;
    if (pause <= 0) return look(encoder);
    *wait = (int)pause + 1;
    return true;
  }
  if (!grid_any(&encoder->view.approximate)) {
    if (encoder->view.video) {
      view_rest(&encoder->view, now);
      *wait = 1000;
    }
    return true;
  }
  double rest = encoder->changed_ms + rest_ms - now;
  if (rest > 0) {
    *wait = (int)rest + 1;
    return true;
  }
  return !view_refine(&encoder->view, screen, &encoder->pace, now) || send_update(encoder);
}

/* Whether something came up while the last was done, that may be done now. */
static bool has_news(const struct encoder *encoder) {
  const struct screen *screen = &encoder->screen;
  if (!encoder->watched) return false;
  return screen->cursor_changed ||
         (pace_free(&encoder->pace) && (screen->resized || grid_any(&screen->damaged) ||
                                        grid_any(&encoder->view.approximate)));
}

static bool run(struct encoder *encoder) {
  struct pollfd from[3] = {{.fd = encoder->wire.socket, .events = POLLIN},
                           {.fd = screen_socket(&encoder->screen), .events = POLLIN},
                           {.fd = encoder->input.socket, .events = POLLIN}};
  for (;;) {
    int wait;
    /* Requests to the display read their answers, and events with them: they count as heard as well. */
    screen_hear(&encoder->screen);
    if (!act(encoder, &wait)) return false;
    screen_hear(&encoder->screen);
    if (poll(from, 3, wait == -1 && has_news(encoder) ? 0 : wait) < 0) continue;
    if ((from[0].revents & (POLLIN | POLLHUP | POLLERR)) && !hear_host(encoder)) return false;
    if ((from[2].revents & (POLLIN | POLLHUP | POLLERR)) && !input_hear(&encoder->input))
      return false;
  }
}

int main(int count, char **arguments) {
  static struct encoder encoder;
  if (count != 4) {
    fputs("hanare-encoder CONTROL-SOCKET STREAM PICTURE-SOCKET\n", stderr);
    return 64;
  }
  if (!screen_open(&encoder.screen) || !input_open(&encoder.input, arguments[3])) return 1;
  if (!wire_open(&encoder.wire, arguments[1], "screen", arguments[2])) return 1;
  encoder.watched = true;
  pace_init(&encoder.pace, now_ms());
  view_init(&encoder.view, encoder.screen.width, encoder.screen.height);
  bool well = run(&encoder);
  input_release_all(&encoder.input);
  return well ? 0 : 1;
}
